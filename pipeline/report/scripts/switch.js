// The year switch and the filter: both redraw the week and the calendar, and say what is shown.
(() => {
  const controls = document.querySelector(".controls");
  const announce = document.querySelector(".announce");
  const yearOf = () => {
    const chosen = document.querySelector(".switch input:checked, .switch option:checked");
    return chosen && chosen.value ? Number(chosen.value) : 0;
  };
  const pages = [...document.querySelectorAll(".sheet > .year")];
  const plain = document.querySelector(".showing.plain");
  const everything = plain ? plain.querySelector("b").textContent : "";
  const filter = counts && maps && maps.names.length && counts.data.pairs.length > 1 ? document.querySelector("details.filter") : null;
  const [product, action] = filter ? filter.querySelectorAll("select") : [];
  const ALL = "*";
  const chosen = () => ({
    year: yearOf(),
    product: product ? (product.value === ALL ? null : product.value) : counts && counts.data.subject[0],
    action: action ? (action.value === ALL ? null : action.value) : counts && counts.data.subject[1],
  });

  const say = (now) => {
    let kind = everything;
    if (counts && !counts.isDefault(now)) {
      const names = counts.data.names;
      kind = `${now.product === null ? "all products" : names[now.product]}, ${now.action === null ? "all actions" : now.action}`;
    }
    return now.year ? `${now.year}, ${kind}` : kind;
  };

  const isolate = (said) => said.replace(/“[^”]*”/g, "\u2068$&\u2069"); // keeps its direction to itself
  const notes = (maps ? maps.names : []).map((pattern) => {
    const note = grids.make("p", "filtered");
    note.hidden = true;
    document.querySelector(`#${pattern} figure`).before(note);
    return note;
  });

  const update = (moved) => {
    const now = chosen();
    const text = say(now);
    const changed = text !== everything;
    const selection = maps ? maps.draw(now) : null;
    for (const bold of document.querySelectorAll(".showing b")) bold.textContent = isolate(text);
    for (const note of notes) {
      note.hidden = !changed;
      note.textContent = changed ? `Shown: ${isolate(text)}. The sentence above speaks of ${everything}, in all years.` : "";
    }
    if (!moved) return;
    if (announce) {
      let sum = 0;
      if (selection) {
        selection.cells.forEach((n, place) => { if (n && (!now.year || counts.yearOf(Math.floor(place / 24)) === now.year)) sum += n; });
      }
      const size = selection ? `, ${maps.sayCount(sum)} ${selection.nouns[sum === 1 ? 0 : 1]}` : "";
      announce.textContent = `Showing ${isolate(text)}${size}.`;
    }
    const page = pages.find((one) => one.id === `year-${now.year}`);
    if (moved === "year" && page) page.scrollIntoView({ block: "start" });
  };

  const fill = (select, values, all, now) => {
    const options = [[ALL, all], ...values].map(([value, text]) => new Option(text, value, false, value === now));
    for (const option of options) {
      if (counts.data.quoted.includes(option.value)) [option.lang, option.dir] = ["", "auto"]; // the archive's words
    }
    select.replaceChildren(...options);
  };
  const sum = (packed) => packed.reduce((total, value) => total + (value > 0 ? 1 : -value - 1), 0);

  if (filter) {
    const { pairs, names, subject } = counts.data;
    const sizes = new Map();
    for (const pair of pairs) sizes.set(pair[0], (sizes.get(pair[0]) || 0) + sum(pair[5]));
    const products = [...sizes].sort((a, b) => b[1] - a[1]).map(([one]) => [one, names[one]]);
    const fillActions = () => {
      const fitting = pairs.filter((pair) => product.value === ALL || pair[0] === product.value).map((pair) => pair[1]);
      const kept = fitting.includes(action.value) ? action.value : ALL;
      fill(action, [...new Set(fitting)].map((one) => [one, one]), "all actions", kept);
    };
    fill(product, products, "all products", subject[0] === null ? ALL : subject[0]);
    fill(action, pairs.map((pair) => [pair[1], pair[1]]), "all actions", subject[1] === null ? ALL : subject[1]);
    fillActions();
    product.addEventListener("change", () => { fillActions(); update("filter"); });
    action.addEventListener("change", () => update("filter"));
    filter.hidden = false;
    plain.hidden = true;
    filter.querySelector("button").addEventListener("click", () => {
      product.value = subject[0] === null ? ALL : subject[0];
      fillActions();
      action.value = subject[1] === null ? ALL : subject[1];
      update("filter");
    });
  }
  if (controls) controls.addEventListener("change", (event) => {
    if (event.target.closest(".switch")) update("year");
  });
  if (maps) {
    maps.phone.addEventListener("change", () => update(""));
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth !== width && innerWidth < 800) update("");
      width = innerWidth;
    });
  }
  update("");
})();
