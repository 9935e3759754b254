// Move a visit on the week board: choose it (click, m, or drag) and the cells that fit light up; then choose a cell.
// Everything it does can also be said in the form above the board.

const board = document.querySelector("[data-moves]");
const panel = () => document.getElementById("moving");
const moving = () => panel()?.dataset.moving;
let chosen; // the cell that was chosen last: where the keyboard goes on

function start(slot) {
  const from = `${slot.getAttribute("href")}plek/${location.search}`;
  htmx.ajax("GET", from, { target: "#moving", swap: "outerHTML" });
}

function light() {
  for (const one of board.querySelectorAll(".fits, .lifted")) one.classList.remove("fits", "lifted");
  if (!moving()) return;
  board.querySelector(`[href="${CSS.escape(moving())}"]`)?.classList.add("lifted");
  for (const part of (panel().dataset.fits ?? "").split(" ").filter(Boolean)) {
    const [key, days] = part.split(":");
    const row = document.getElementById(`row-${key}`);
    for (const day of days.split(",")) row?.cells[Number(day) + 1]?.classList.add("fits");
  }
}

function stop() {
  panel().replaceWith(Object.assign(document.createElement("div"), { id: "moving" }));
  light();
}

function choose(cell) {
  const form = panel().querySelector("form");
  if (!form) return;
  chosen = { row: cell.parentElement.id, column: cell.cellIndex };
  form.elements.helper.value = chosen.row.replace(/^row-(helper-|nobody)/, "");
  form.elements.day.value = board.tHead.rows[0].cells[cell.cellIndex].dataset.date;
  form.requestSubmit();
}

function follow() {
  light();
  const row = chosen && !moving() && document.getElementById(chosen.row);
  const detail = { row: row?.sectionRowIndex, column: chosen?.column };
  if (row) board.dispatchEvent(new CustomEvent("samen:go", { detail }));
  if (!moving()) chosen = undefined;
}

if (board) {
  board.addEventListener("click", (event) => {
    const slot = event.target.closest("a.slot");
    const cell = event.target.closest("td");
    // A key pressed on a link clicks it too, with no button of the mouse: that opens it.
    if (!event.detail || event.ctrlKey || event.metaKey || event.shiftKey || !cell) return;
    if (!moving() && !slot) return;
    event.preventDefault();
    moving() ? choose(cell) : start(slot);
  });
  board.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    const slot = event.target.closest("a.slot") ?? cell?.querySelector("a.slot");
    if (event.key === "m" && slot && document.body.dataset.keys === "on") start(slot);
    else if (event.key === "Enter" && moving() && event.target === cell) choose(cell);
    else if (event.key === "Escape" && moving()) stop();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  board.addEventListener("dragstart", (event) => event.target.closest("a.slot") && start(event.target.closest("a.slot")));
  board.addEventListener("dragover", (event) => moving() && event.target.closest("td") && event.preventDefault());
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    const cell = event.target.closest("td");
    if (cell && moving()) choose(cell);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "moving" || detail.xhr.status !== 422) return;
    Object.assign(detail, { shouldSwap: true, isError: false }); // a refusal in words is an answer
  });
  document.addEventListener("htmx:afterSettle", follow);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-stop]")) return;
    event.preventDefault();
    stop();
  });
}
