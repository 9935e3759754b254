// Ctrl-Enter in a text sends its form.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (!event.target.matches("textarea[data-ctrl-enter]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
