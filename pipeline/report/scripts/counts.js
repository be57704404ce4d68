// The counts of the data block: chosen by product, action and year, and gathered as the patterns gather them.
const counts = (() => {
  const block = document.getElementById("counts");
  if (!block) return null;
  const data = JSON.parse(block.textContent);
  const QUANTILES = [0.2, 0.4, 0.6, 0.8, 0.95];

  const weekdayOf = (day) => (((data.first + day + 3) % 7) + 7) % 7;
  const dateOf = (day) => new Date((data.first + day) * 86400000);
  const yearOf = (day) => dateOf(day).getUTCFullYear();
  const dayOf = (year, month, date) => Date.UTC(year, month, date) / 86400000 - data.first;

  const fits = (pair, chosen) =>
    (chosen.product === null || pair[0] === chosen.product) && (chosen.action === null || pair[1] === chosen.action);

  const isDefault = (chosen) => chosen.product === data.subject[0] && chosen.action === data.subject[1];

  /** The counts of all hours and which days are covered: by every product that has such an action. */
  const choose = (chosen) => {
    const cells = new Uint32Array(data.days * 24);
    const covered = new Uint8Array(data.days).fill(1);
    const products = new Set();
    let nouns = null;
    for (const pair of data.pairs) {
      if (!fits(pair, chosen)) continue;
      products.add(pair[0]);
      nouns = nouns === null || nouns[1] === pair[3] ? [pair[2], pair[3]] : ["entry", "entries"];
      let place = -1;
      for (const value of pair[5]) {
        if (value > 0) {
          place += value;
          cells[place] += 1;
        } else {
          cells[place] -= value + 1; // minus the count, of which one is there already
        }
      }
    }
    if (products.size === 0) covered.fill(0);
    for (const product of products) {
      const own = new Uint8Array(data.days);
      for (const [first, last] of data.covered[product]) own.fill(1, first, last + 1);
      own.forEach((is, day) => { if (!is) covered[day] = 0; });
    }
    if (isDefault(chosen)) nouns = data.nouns;
    return { cells, covered, nouns: nouns || ["entry", "entries"] };
  };

  /** By weekday and clock hour, over whole covered weeks at the edges. */
  const countWeek = ({ cells, covered }, year) => {
    let days = [];
    for (let day = 0; day < data.days; day += 1) if (covered[day] && (!year || yearOf(day) === year)) days.push(day);
    const weekOf = (day) => Math.floor((data.first + day + 3) / 7);
    for (const edge of days.length ? [weekOf(days[0]), weekOf(days[days.length - 1])] : []) {
      if (days.filter((day) => weekOf(day) === edge).length < 7) days = days.filter((day) => weekOf(day) !== edge);
    }
    const sums = Array.from({ length: 7 }, () => new Array(24).fill(0));
    const weeks = new Array(7).fill(0);
    for (const day of days) {
      const weekday = weekdayOf(day);
      weeks[weekday] += 1;
      for (let hour = 0; hour < 24; hour += 1) sums[weekday][hour] += cells[day * 24 + hour];
    }
    return { sums, weeks };
  };

  /** By day: how many (null where the archive does not hold the day) and the class among the owner's own days. */
  const countDays = ({ cells, covered }) => {
    const totals = new Array(data.days).fill(0);
    for (let place = 0; place < cells.length; place += 1) totals[Math.floor(place / 24)] += cells[place];
    const held = totals.map((n, day) => n > 0 || covered[day] === 1);
    let active = totals.filter((n, day) => n > 0 && covered[day]);
    if (!active.length) active = totals.filter((n) => n > 0);
    active.sort((a, b) => a - b);
    const edges = active.length
      ? QUANTILES.map((share) => active[Math.max(0, Math.ceil(share * active.length - 1e-9) - 1)])
      : [];
    const classOf = (n) => (n === 0 ? 0 : 1 + edges.filter((edge) => edge < n).length);
    const highest = Math.max(0, ...active, ...totals);
    const limits = [[0, 0, 0]];
    edges.forEach((edge, k) => limits.push([k + 1, k ? edges[k - 1] + 1 : 1, edge]));
    if (edges.length) limits.push([6, edges[4] + 1, Math.max(highest, edges[4])]);
    const span = [held.indexOf(true), held.lastIndexOf(true)];
    return { totals, held, span, classOf, limits: limits.filter(([, low, high]) => low <= high) };
  };

  return { data, choose, countWeek, countDays, isDefault, fits, weekdayOf, dateOf, yearOf, dayOf };
})();
