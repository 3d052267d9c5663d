// Keys of undo, and fields that nobody may change while another tab has the work.

/** @param {EventTarget | null} target */
const isTextField = (target) => target instanceof HTMLTextAreaElement
  || (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "file"].includes(target.type));

/**
 * Undo by keys. In a field that somebody types in the browser's own undo comes first.
 * @param {{undo: () => void, redo: () => void}} store @param {Document} page
 */
export function listenForUndo(store, page) {
  let entered = "";
  page.addEventListener("focusin", ({ target }) => {
    entered = isTextField(target) ? /** @type {HTMLInputElement} */ (target).value : "";
  });
  page.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    const field = isTextField(event.target) ? /** @type {HTMLInputElement} */ (event.target) : null;
    if (field && field.value !== entered) return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) store.undo();
    else store.redo();
    if (field) entered = field.value;
  });
}

/**
 * Hold back what would change a field while `isHeld` says so; reading and scrolling go on.
 * @param {HTMLElement} root @param {() => boolean} isHeld
 */
export function holdChanges(root, isHeld) {
  const hold = (/** @type {Event} */ event) => {
    const { target, type } = event;
    const isChoice = target instanceof HTMLSelectElement
      || (target instanceof HTMLInputElement && ["checkbox", "radio", "file", "date"].includes(target.type));
    const isMoving = event instanceof KeyboardEvent && ["Tab", "Shift", "Escape"].includes(event.key);
    if (isHeld() && !isMoving && (type === "beforeinput" || type === "drop" || isChoice)) event.preventDefault();
  };
  for (const type of ["beforeinput", "drop", "click", "mousedown", "keydown"]) root.addEventListener(type, hold, true);
}
