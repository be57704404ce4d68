// A table whose cells are read one by one: one tab stop, arrows, Home and End; a tip by hover, focus and tap.
const grids = (() => {
  const make = (tag, classes, text) => {
    const element = document.createElement(tag);
    if (classes) element.className = classes;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  /** Let `holder` be walked: `cells` in reading order; `step(place, key)` says where a key leads. */
  const walk = (holder, cells, step, start = 0) => {
    const tip = make("p", "tip");
    tip.setAttribute("aria-hidden", "true");
    holder.append(tip);
    const places = new Map(cells.map((cell, place) => [cell, place]));
    let stop = Math.min(start, cells.length - 1);
    let shown = null;
    cells.forEach((cell, place) => { cell.tabIndex = place === stop ? 0 : -1; });

    const hide = () => {
      if (shown) shown.classList.remove("on");
      shown = null;
      tip.textContent = "";
    };
    const show = (cell) => {
      if (cell === shown) return;
      hide();
      shown = cell;
      cell.classList.add("on");
      const text = cell.textContent;
      const cut = text.indexOf(",");
      tip.replaceChildren(make("b", "", cut < 0 ? text : text.slice(0, cut)), cut < 0 ? "" : text.slice(cut));
      const box = cell.getBoundingClientRect();
      const frame = holder.getBoundingClientRect();
      const most = Math.max(0, frame.width - tip.offsetWidth);
      const left = box.left + box.width / 2 - frame.left - tip.offsetWidth / 2;
      const above = box.top - frame.top - tip.offsetHeight - 8;
      tip.style.left = `${Math.min(Math.max(0, left), most)}px`;
      tip.style.top = `${box.top - tip.offsetHeight < 64 ? box.bottom - frame.top + 8 : above}px`;
    };
    const settle = (place) => {
      cells[stop].tabIndex = -1;
      stop = place;
      cells[stop].tabIndex = 0;
      cells[stop].focus({ preventScroll: false });
      show(cells[stop]);
    };
    const nearest = (x, y) => {
      let best = -1;
      let least = 28;
      cells.forEach((cell, place) => {
        const box = cell.getBoundingClientRect();
        const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
        if (away < least) [best, least] = [place, away];
      });
      return best;
    };
    holder.onpointermove = (event) => {
      if (event.pointerType !== "mouse") return;
      const cell = event.target.closest("td");
      if (places.has(cell)) show(cell);
    };
    holder.onpointerleave = (event) => {
      if (event.pointerType === "mouse") hide();
    };
    holder.onclick = (event) => {
      const place = nearest(event.clientX, event.clientY);
      if (place < 0) hide();
      else settle(place);
    };
    holder.onfocusin = (event) => {
      if (places.has(event.target)) show(event.target);
    };
    holder.onfocusout = (event) => {
      if (!holder.contains(event.relatedTarget)) hide();
    };
    holder.onkeydown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !places.has(event.target)) return;
      if (event.key === "Escape") {
        hide();
        return;
      }
      const next = step(places.get(event.target), event.key);
      if (next === null) return;
      event.preventDefault();
      settle(Math.min(Math.max(0, next), cells.length - 1));
    };
  };

  /** Paint the sides of a cell that are the outer edge of what the headline speaks of. */
  const frame = (cell, sides, kind = "") => {
    const edge = make("i", `edge ${kind} ${sides.join(" ")}`);
    edge.setAttribute("aria-hidden", "true");
    cell.append(edge);
  };

  return { make, walk, frame };
})();
