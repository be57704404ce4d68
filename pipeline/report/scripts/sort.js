// Small tables are sorted by a heading's button: upward, downward, as it came.
for (const table of document.querySelectorAll(".panel table[data-sort]")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en", { numeric: true });
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const key = cell.dataset.key ?? cell.textContent;
    if (key === "") return null;
    return Number.isFinite(Number(key)) ? Number(key) : key;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(String(a), String(b)));
  const sort = (column, way) => {
    const sorted = [...rows];
    if (way !== "none") {
      const sign = way === "ascending" ? 1 : -1;
      sorted.sort((one, other) => {
        const [a, b] = [keyOf(one, column), keyOf(other, column)];
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * compare(a, b);
      });
    }
    body.replaceChildren(...sorted);
    heads.forEach((head, k) => {
      if (k === column && way !== "none") head.setAttribute("aria-sort", way);
      else head.removeAttribute("aria-sort");
    });
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(column, now === first ? second : now === second ? "none" : first);
    });
  });
}
