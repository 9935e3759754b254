// Type some letters of a name: the list shrinks, the first match is chosen, Enter sends.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const matches = (name, typed) => plain(typed).split(/\s+/).filter(Boolean)
  .every((part) => plain(name).split(/[\s-]+/).some((word) => word.startsWith(part)));

const entries = (box) => [...box.closest("[data-who]").querySelectorAll("[data-name]")];

document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.matches("[data-filter]")) return;
  for (const entry of entries(box)) entry.hidden = !matches(entry.dataset.name, box.value);
  choose(entries(box).find((entry) => !entry.hidden));
  box.closest("[data-who]").querySelector("[data-nobody]").hidden = entries(box).some((entry) => !entry.hidden);
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches("[data-filter]")) return;
  event.preventDefault();
  const shown = entries(event.target).filter((entry) => !entry.hidden);
  const now = shown.findIndex((entry) => entry.querySelector("input").checked);
  choose(shown[Math.min(Math.max(now + step, 0), shown.length - 1)]);
});

function choose(entry) {
  document.querySelectorAll("[data-who] [data-name] input:checked").forEach((input) => { input.checked = false; });
  if (!entry) return;
  entry.querySelector("input").checked = true;
  entry.scrollIntoView({ block: "nearest" });
}

const wake = () => document.querySelectorAll("[data-typed][hidden]").forEach((typed) => {
  typed.hidden = false;
  if (!document.activeElement || document.activeElement === document.body || typed.closest("dialog")) typed.querySelector("input").focus();
});
document.addEventListener("htmx:afterSwap", wake);
wake();
