// Walk the week board with the arrow keys: a cell at a time, Enter opens the first visit in it.

const grid = document.querySelector("[data-grid]");
if (grid) {
  const rows = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const at = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row]?.indexOf(cell) ?? -1];
  };
  const go = (row, column) => {
    const cell = rows[Math.max(0, Math.min(row, rows.length - 1))]?.[Math.max(0, Math.min(column, 6))];
    if (!cell) return;
    for (const one of grid.querySelectorAll("td[tabindex='0']")) one.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  rows.flat().forEach((cell) => { cell.tabIndex = -1; });
  if (rows[0]?.[0]) rows[0][0].tabIndex = 0;
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!cell) return;
    if (event.key === "Enter" && event.target === cell) {
      event.preventDefault();
      cell.querySelector("a")?.click();
    }
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [row, column] = at(cell);
    go(row + step[0], column + step[1]);
  });
}
