// One key, one act: an element with data-key="z" is pressed by z.  Off with <body data-keys="off"> (WCAG 2.1.4).

const typing = (target) => target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Enter" && event.target === document.body) press("[data-enter]", event);
  if (document.body.dataset.keys !== "on" || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key.length === 1) press(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`, event);
});

function press(selector, event) {
  const found = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
  if (!found) return;
  event.preventDefault();
  found.matches("input, textarea") ? found.focus() : found.click();
}
