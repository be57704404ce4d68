"use strict";
// Marks the section being read in the list of contents, and closes what the bar opens once it has served.
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

  const menus = [...document.querySelectorAll(".bar details")];
  const close = (event) => {
    for (const menu of menus) {
      if (!menu.open) continue;
      const inside = menu.contains(event.target);
      if (event.type === "keydown" && event.key === "Escape") {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (event.type === "click" && (!inside || event.target.closest("a"))) {
        menu.open = false;
      }
    }
  };
  document.addEventListener("click", close);
  document.addEventListener("keydown", close);
})();
