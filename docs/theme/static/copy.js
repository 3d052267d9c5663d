// A button that copies a block: of a session only what is typed, without prompt and output.
"use strict";

const WORDS = document.documentElement.lang === "en" ? ["Copy", "Copied"] : ["Chép", "Đã chép"];

function typed(text) {
  const lines = text.trimEnd().split("\n");
  const commands = lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  return (commands.length ? commands : lines).join("\n");
}

document.addEventListener("DOMContentLoaded", () => {
  for (const block of document.querySelectorAll("div.highlight")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.type = "button";
    button.textContent = WORDS[0];
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(typed(block.querySelector("pre").textContent));
      button.textContent = WORDS[1];
    });
    block.prepend(button);
  }
});
