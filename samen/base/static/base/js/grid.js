// Walk the week board with the arrow keys: a cell at a time, Enter opens the first visit in it.

const grid = document.querySelector("[data-grid]");
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The rows of the moment: a move puts new ones in their place.
const rows = () => [...grid.tBodies[0].rows];

function go(row, column) {
  const all = rows();
  const cell = all[Math.max(0, Math.min(row, all.length - 1))]?.cells[Math.max(1, Math.min(column, 7))];
  if (!cell) return;
  for (const one of grid.querySelectorAll("td[tabindex='0']")) one.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

if (grid) {
  grid.addEventListener("samen:go", ({ detail }) => go(detail.row, detail.column));
  const first = grid.tBodies[0].querySelector("td");
  if (first) first.tabIndex = 0;
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target === cell) {
      event.preventDefault();
      cell.querySelector("a")?.click();
    }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    go(rows().indexOf(cell.parentElement) + step[0], cell.cellIndex + step[1]);
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
