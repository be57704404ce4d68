"use strict";
// Marks the section being read in the list of contents, closes the list of the bar once it has served, and
// says what is in a cell of the week's map when it is pointed at, tapped or reached by the arrow keys.
(() => {
  const links = [...document.querySelectorAll(".contents a")];
  const targets = links.map((link) => document.querySelector(link.getAttribute("href")));
  const mark = () => {
    const line = innerHeight * 0.35;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    let current = 0;
    targets.forEach((target, index) => {
      if (target && target.getBoundingClientRect().top <= line) current = index;
    });
    if (atEnd && scrollY > 0) current = links.length - 1;
    links.forEach((link, index) => {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  mark();

  const menu = document.querySelector("details.sections");
  const close = (event) => {
    if (!menu.open) return;
    const inside = menu.contains(event.target);
    if (event.type === "keydown" && event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.type === "click" && (!inside || event.target.closest("a"))) {
      menu.open = false;
    }
  };
  document.addEventListener("click", close);
  document.addEventListener("keydown", close);

  for (const group of document.querySelectorAll("g.cells")) {
    const svg = group.ownerSVGElement;
    const holder = svg.parentElement;
    const cells = [...group.children];
    const columns = Number(group.dataset.columns);
    const tip = document.createElement("p");
    tip.className = "tip";
    tip.setAttribute("role", "status");
    holder.classList.add("pointed");
    holder.append(tip);
    svg.setAttribute("tabindex", "0");
    let at = -1;

    const show = (index) => {
      if (at >= 0) cells[at].classList.remove("on");
      at = index;
      if (at < 0) {
        tip.textContent = "";
        return;
      }
      const cell = cells[at];
      cell.classList.add("on");
      const [figure, ...rest] = cell.dataset.says.split(" ");
      const strong = document.createElement("b");
      strong.textContent = figure;
      tip.replaceChildren(strong, ` ${rest.join(" ")}`);
      const box = cell.getBoundingClientRect();
      const frame = holder.getBoundingClientRect();
      const middle = box.left + box.width / 2 - frame.left;
      const most = Math.max(0, frame.width - tip.offsetWidth);
      tip.style.left = `${Math.min(Math.max(0, middle - tip.offsetWidth / 2), most)}px`;
      tip.style.top = `${box.top - frame.top - tip.offsetHeight - 8}px`;
    };
    const nearest = (event) => {
      let best = -1;
      let least = 24;
      cells.forEach((cell, index) => {
        const box = cell.getBoundingClientRect();
        const x = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
        const y = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
        if (Math.hypot(x, y) < least) [best, least] = [index, Math.hypot(x, y)];
      });
      return best;
    };
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") show(nearest(event));
    });
    svg.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") show(-1);
    });
    svg.addEventListener("click", (event) => show(nearest(event)));
    svg.addEventListener("blur", () => show(-1));
    svg.addEventListener("keydown", (event) => {
      const row = Math.floor(Math.max(at, 0) / columns);
      let next = -1;
      if (event.key in steps) {
        next = at < 0 ? 0 : at + steps[event.key];
        const sideways = Math.abs(steps[event.key]) === 1;
        if (sideways && at >= 0 && Math.floor(next / columns) !== row) next = at;
        if (next < 0 || next >= cells.length) next = at;
      } else if (event.key === "Home") next = row * columns;
      else if (event.key === "End") next = row * columns + columns - 1;
      else if (event.key !== "Escape") return;
      event.preventDefault();
      show(next);
    });
  }
})();
