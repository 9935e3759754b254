// A link that fills a dialog opens it at once, and falls back to being a plain link when the answer fails.

const dialogOf = (event) => event.detail.target?.closest("dialog");

document.addEventListener("htmx:beforeRequest", (event) => {
  const dialog = dialogOf(event);
  if (!dialog || dialog.open) return;
  dialog.dataset.from = event.detail.elt.getAttribute("href") ?? "";
  dialog.showModal();
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const dialog = dialogOf(event);
    if (dialog?.dataset.from) location.assign(dialog.dataset.from);
  });
}

// A whole page where a part was asked for: somebody signed out meanwhile.  Go there, do not squeeze it in.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!/^\s*<!doctype/i.test(event.detail.serverResponse ?? "")) return;
  event.detail.shouldSwap = false;
  const from = dialogOf(event)?.dataset.from;
  if (from) location.assign(from);
  else location.reload();
});

document.addEventListener("htmx:afterSwap", (event) => {
  dialogOf(event)?.querySelector("[autofocus]")?.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]")) event.target.close();
  event.target.closest("[data-shut]")?.closest("[data-toast], dialog")?.remove();
});

// A button that was pressed says that it works on it; coming back with the back key, it rests again.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "dialog") event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  document.querySelectorAll("[aria-busy=true]").forEach((one) => one.removeAttribute("aria-busy"));
});

document.querySelector("[data-take-focus]")?.focus();
