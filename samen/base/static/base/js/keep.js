// What somebody ticked or opened stays, when the page refreshes itself.

const nameOf = (one) => `${one.tagName}|${one.name ?? ""}|${one.value ?? ""}|${one.id}`;
const touched = new Map();

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keep] input")) return;
  touched.set(nameOf(event.target), event.target.checked);
  relabel(event.target.form);
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches("[data-keep] details[id]")) touched.set(nameOf(event.target), event.target.open);
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  for (const one of document.querySelectorAll("[data-keep] input, [data-keep] details[id]")) {
    const kept = touched.get(nameOf(one));
    if (kept !== undefined) one[one.matches("details") ? "open" : "checked"] = kept;
  }
  document.querySelectorAll("[data-keep] form").forEach(relabel);
});

// What is fetched when a fold opens is fetched again for a fold that stays open.
document.addEventListener("htmx:afterSettle", () => {
  for (const one of document.querySelectorAll("[data-keep] details[open] > [hx-get]")) one.dispatchEvent(new Event("samen:opened"));
});

// The button promises what it sends: after other ticks its own count no longer holds.
function relabel(form) {
  const label = form?.querySelector("[data-changed-label]");
  if (!label) return;
  const ticks = [...form.querySelectorAll("[name=ask]")];
  label.dataset.firstLabel ??= label.textContent;
  const same = ticks.every((tick) => tick.checked === tick.defaultChecked);
  label.textContent = same ? label.dataset.firstLabel : `${label.dataset.changedLabel} (${ticks.filter((tick) => tick.checked).length})`;
}
