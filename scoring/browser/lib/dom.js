/* Elements of a page. Text of others becomes text, never markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element. Names with a hyphen (`data-…`, `aria-…`), `role` and `for` in `props` become
 * attributes, left out where undefined; a function under `onclick` listens; others are properties.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} kind
 * @param {Record<string, unknown>} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(kind, props = {}, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(props)) put(made, name, value);
  made.append(...inside(children));
  return made;
}

/**
 * Puts `children` in the place of all that stands in an element.
 *
 * @param {Element} parent
 * @param {...Child} children
 */
export function refill(parent, ...children) {
  parent.replaceChildren(...inside(children));
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function inside(children) {
  const there = children.filter((child) => child !== null && child !== undefined && child !== false);
  return there.map((child) => (typeof child === "number" ? String(child) : /** @type {Node | string} */ (child)));
}

/**
 * @param {HTMLElement} made
 * @param {string} name
 * @param {unknown} value
 */
function put(made, name, value) {
  if (value === undefined || value === null) return;
  if (typeof value === "function" && name.startsWith("on")) {
    made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name.includes("-") || name === "role" || name === "for") {
    made.setAttribute(name, String(value));
  } else {
    Object.assign(made, { [name]: value });
  }
}

/**
 * The element with an id; one that is missing is a fault of ours and is named.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * The first element below `root` that fits a selector; one that is missing is named.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * Offers a text or file of ours for download.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  // Firefox reads the address a moment after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
