// The week and the calendar as tables, in place of their pictures.
const maps = (() => {
  if (!counts) return null;
  const { data } = counts;
  const { make, walk, frame } = grids;
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
  const RAMP = [1, 2, 3, 4, 6, 7, 9];
  const phone = matchMedia("(max-width: 639px)");

  const sayCount = (n) => n.toLocaleString("en-GB");
  const sayRate = (rate) => {
    const digits = rate >= 9.95 || rate === 0 ? 0 : rate >= 0.0995 ? 1 : 2;
    return rate.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  const clock = (hour) => `${String(hour % 24).padStart(2, "0")}:00`;
  const name = (n, [noun, nouns]) => `${sayCount(n)} ${n === 1 ? noun : nouns}`;
  const swatch = (classes, text) => {
    const entry = make("li");
    entry.append(make("i", `swatch ${classes}`), text);
    return entry;
  };
  const header = (scope, text, classes, abbreviation) => {
    const cell = make("th", classes, text);
    cell.scope = scope;
    if (abbreviation) cell.abbr = abbreviation;
    return cell;
  };

  /** Colour along the nine steps: the lower one with so much of the upper. */
  const paint = (cell, rate, full) => {
    const step = full > 0 ? Math.min(8, (8 * rate) / full) : 0;
    const low = Math.floor(step);
    const share = Math.round((step - low) * 4) * 25;
    cell.style.background = share
      ? `color-mix(in srgb, var(--sequential-${low + 1}), var(--sequential-${Math.min(low + 2, 9)}) ${share}%)`
      : `var(--sequential-${low + 1})`;
  };

  const sayHour = (weekday, hour, n, weeks, nouns) => {
    const day = WEEKDAYS[weekday];
    const when = `${day}s ${clock(hour)} – ${String(hour + 1).padStart(2, "0")}:00`;
    if (!weeks) return `Not in the archive, ${when}`;
    const rate = sayRate(n / weeks);
    return `${rate} ${rate === "1" ? nouns[0] : nouns[1]}, ${when}\n${sayCount(n)} in ${sayCount(weeks)} ${day}${weeks === 1 ? "" : "s"}`;
  };

  const quantile = (values, share) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = share * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  };

  const drawWeek = (holder, chosen, selection) => {
    const { sums, weeks } = counts.countWeek(selection, chosen.year);
    const least = Math.min(...weeks);
    holder.replaceChildren();
    if (least < data.weeks) {
      holder.append(make("p", "missing", `The hours of the week appear here after ${data.weeks} covered weeks; there are ${least}.`));
      return;
    }
    const cellOf = (row, column) => {
      const hour = (data.hour + column) % 24;
      const weekday = (data.weekday + row + (hour < data.hour ? 1 : 0)) % 7;
      return { hour, weekday, n: sums[weekday][hour], weeks: weeks[weekday] };
    };
    const rates = sums.flatMap((line, weekday) => line.map((n) => n / weeks[weekday]));
    const full = quantile(rates, 0.995);
    const upright = phone.matches;
    const [nDown, nAcross] = upright ? [24, 7] : [7, 24];
    const table = make("table", `cells week ${upright ? "upright" : "across"}`);
    table.setAttribute("role", "grid");
    table.setAttribute("aria-labelledby", "week-head");
    const head = table.createTHead().insertRow();
    head.append(make("td"));
    const run = counts.isDefault(chosen) && !chosen.year && data.run.length === 3 ? data.run : null;
    const nameDay = (row) => WEEKDAYS[(data.weekday + row) % 7];
    const framedRow = run ? (run[0] - data.weekday + 7) % 7 : -1;
    const nameHour = (column, scope) => {
      const hour = (data.hour + column) % 24;
      const shown = column % (upright ? 4 : 2) === 0;
      const special = { 12: "noon", 0: upright ? "midn." : "midnight" }[hour];
      const text = (!upright && special) || (hour === 0 && special) || (upright ? clock(hour) : String(hour).padStart(2, "0"));
      return header(scope, text, `${shown ? "" : "vh"} ${special && !upright ? "named" : ""}`, clock(hour));
    };
    for (let k = 0; k < nAcross; k += 1) {
      head.append(upright ? header("col", nameDay(k).slice(0, 3), "named", nameDay(k)) : nameHour(k, "col"));
    }
    const body = table.createTBody();
    const cells = [];
    for (let down = 0; down < nDown; down += 1) {
      const line = body.insertRow();
      line.append(
        upright ? nameHour(down, "row") : header("row", nameDay(down).slice(0, 3), framedRow === down ? "named" : "", nameDay(down))
      );
      for (let across = 0; across < nAcross; across += 1) {
        const [row, column] = upright ? [across, down] : [down, across];
        const { hour, weekday, n, weeks: held } = cellOf(row, column);
        const cell = line.insertCell();
        cell.append(make("span", "vh", sayHour(weekday, hour, n, held, selection.nouns)));
        paint(cell, n / held, full);
        if (hour === 0) cell.classList.add("midnight");
        if (run && row === framedRow) {
          const start = (run[1] - data.hour + 24) % 24;
          const end = start + ((run[2] - run[1] + 24) % 24);
          if (column >= start && column < end) {
            const [before, after, one, other] = upright ? ["ft", "fb", "fl", "fr"] : ["fl", "fr", "ft", "fb"];
            const sides = [one, other];
            if (column === start) sides.push(before);
            if (column === end - 1) sides.push(after);
            frame(cell, sides);
          }
        }
        cells.push(cell);
      }
    }
    holder.append(table);
    const key = make("ul", "key ramp");
    const last = full < 0.995 ? full.toFixed(2) : full < 99.5 ? full.toFixed(1) : sayCount(Math.round(full));
    key.append(make("li", "", "0"));
    const steps = make("li", "steps");
    for (let step = 1; step <= 9; step += 1) {
      const one = make("i", "swatch");
      one.style.background = `var(--sequential-${step})`;
      steps.append(one);
    }
    key.append(steps, make("li", "", `${last} ${upright ? "" : `${selection.nouns[1]} an hour `}or more`));
    holder.append(key);
    walk(holder, cells, (place, key_) => {
      const column = place % nAcross;
      const moves = {
        ArrowLeft: column ? -1 : 0, ArrowRight: column < nAcross - 1 ? 1 : 0,
        ArrowUp: place >= nAcross ? -nAcross : 0, ArrowDown: place + nAcross < cells.length ? nAcross : 0,
        Home: -column, End: nAcross - 1 - column,
      };
      return key_ in moves ? place + moves[key_] : null;
    });
  };

  const sayDay = (day) => {
    const date = counts.dateOf(day);
    return `${WEEKDAYS[counts.weekdayOf(day)]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  };

  const nameClass = ([, low, high], last, nouns) => {
    if (last && low > 1) return `over ${sayCount(low - 1)} ${nouns}`;
    if (last) return low ? `${sayCount(low)} or more ${nouns}` : "none";
    if (low === 0) return "none";
    return high <= low ? sayCount(low) : `${sayCount(low)}–${sayCount(high)}`;
  };

  const drawCalendar = (holder, chosen, selection) => {
    const { totals, held, span, classOf, limits } = counts.countDays(selection);
    holder.replaceChildren();
    if (span[0] < 0) {
      holder.append(make("p", "missing", "No day holds any."));
      return;
    }
    const plain = counts.isDefault(chosen);
    const years = [];
    for (let year = counts.yearOf(span[0]); year <= counts.yearOf(span[1]); year += 1) {
      const days = held.slice(Math.max(0, counts.dayOf(year, 0, 1)), counts.dayOf(year + 1, 0, 1));
      if ((!chosen.year || chosen.year === year) && days.includes(true)) years.push(year);
    }
    const halves = phone.matches ? [[0, 6], [6, 12]] : [[0, 12]];
    const column = (day, start) => {
      const lead = (counts.weekdayOf(start) - data.weekday + 7) % 7;
      return { across: Math.floor((day - start + lead) / 7), down: (day - start + lead) % 7 };
    };
    const rows = years.flatMap((year) =>
      halves.map(([from, to]) => ({ year, from, to, start: counts.dayOf(year, from, 1), end: counts.dayOf(year, to, 1) - 1 })));
    rows.forEach((row) => { row.width = column(row.end, row.start).across + 1; });
    const left = phone.matches ? 0 : 64;
    const widest = Math.max(...rows.map((row) => row.width));
    const pitch = Math.min(14, (holder.clientWidth - left + 2) / widest);
    holder.style.setProperty("--pitch", `${pitch}px`);
    const stretch = plain ? data.stretch : [];
    const marked = (day) => stretch.length === 2 && day + data.first >= stretch[0] && day + data.first <= stretch[1];
    const free = (day) => data.free.some(([first, last]) => day + data.first >= first && day + data.first <= last);
    const sidesOf = (inside, day, down, row) => {
      const sides = [];
      if (!inside(day - 7) || day - 7 < row.start) sides.push("fl");
      if (!inside(day + 7) || day + 7 > row.end) sides.push("fr");
      if (down === 0 || !inside(day - 1) || day === row.start) sides.push("ft");
      if (down === 6 || !inside(day + 1) || day === row.end) sides.push("fb");
      return sides;
    };
    const cells = [];
    const places = [];
    let beyond = false;
    let freed = false;
    for (const row of rows) {
      const section = make("div", "row");
      if (row.from === 0) {
        const title = make("p", "name");
        let sum = 0;
        for (let day = counts.dayOf(row.year, 0, 1); day < counts.dayOf(row.year + 1, 0, 1); day += 1) sum += totals[day] || 0;
        title.append(make("b", "", String(row.year)), make("small", "", sayCount(sum)));
        section.append(title);
      }
      const table = make("table", "cells days");
      table.setAttribute("role", "grid");
      table.setAttribute("aria-label", `${row.year}, ${MONTHS[row.from]} to ${MONTHS[row.to - 1]}`);
      table.style.width = `${row.width * pitch}px`;
      const head = table.createTHead().insertRow();
      head.append(make("td"));
      const begins = new Map();
      for (let month = row.from; month < row.to; month += 1) {
        begins.set(column(counts.dayOf(row.year, month, 1), row.start).across, MONTHS[month]);
      }
      for (let across = 0; across < row.width; across += 1) {
        const month = begins.get(across);
        head.append(header("col", month ? month.slice(0, 3) : `week ${across + 1}`, month ? "" : "vh", month));
      }
      const body = table.createTBody();
      const lines = Array.from({ length: 7 }, (_, k) => {
        const line = body.insertRow();
        line.append(header("row", WEEKDAYS[(data.weekday + k) % 7], "vh"));
        return line;
      });
      const empty = (line) => line.append(make("td", "none"));
      const lead = column(row.start, row.start).down;
      for (let k = 0; k < lead; k += 1) empty(lines[k]);
      for (let day = row.start; day <= row.end; day += 1) {
        const { across, down } = column(day, row.start);
        const cell = make("td");
        lines[down].append(cell);
        const date = counts.dateOf(day).getUTCDate();
        if (day >= span[0] && day <= span[1]) {
          cell.className = held[day] ? `s${classOf(totals[day])}` : "gap";
          cell.append(make("span", "vh", held[day] ? `${name(totals[day], selection.nouns)}, ${sayDay(day)}${free(day) ? ", free day" : ""}` : `Not in the archive, ${sayDay(day)}`));
          cells.push(cell);
          places.push(day);
        } else {
          cell.className = "out";
          beyond = true;
        }
        if (date <= 7 && across > 0 && day - 7 >= row.start) cell.classList.add("month");
        if (date === 1 && down > 0 && day > row.start) cell.classList.add("turn");
        if (free(day) && !cell.classList.contains("out")) {
          freed = true;
          frame(cell, sidesOf(free, day, down, row), "free");
        }
        if (marked(day)) frame(cell, sidesOf(marked, day, down, row));
      }
      for (let k = column(row.end, row.start).down + 1; k < 7; k += 1) empty(lines[k]);
      section.append(table);
      if (plain) {
        for (const [first, last, text] of data.notes) {
          const from = first - data.first;
          if (from < row.start || from > row.end) continue;
          const red = stretch.length === 2 && first <= stretch[1] && last >= stretch[0];
          const note = make("p", red ? "said red" : "said", text);
          section.append(note);
          section.classList.add("noted");
          note.dataset.at = String(left + column(from, row.start).across * pitch);
        }
      }
      holder.append(section);
    }
    for (const note of holder.querySelectorAll(".said")) {
      const room = holder.clientWidth - note.offsetWidth;
      note.style.left = `${Math.max(0, Math.min(Number(note.dataset.at), room))}px`;
    }
    const key = make("ul", "key");
    const listed = limits.map((limit, k) => swatch(`s${limit[0]}`, nameClass(limit, k === limits.length - 1, selection.nouns[1])));
    if (held.slice(span[0], span[1] + 1).includes(false)) listed.push(swatch("gap", "not in the archive"));
    if (beyond) listed.push(swatch("out", "before or after the archive"));
    if (freed) listed.push(swatch("free", "free days"));
    key.append(...listed);
    holder.append(key);
    walk(holder, cells, (place, pressed) => {
      const day = places[place];
      const moves = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 };
      if (pressed in moves) {
        const next = places.indexOf(day + moves[pressed]);
        return next < 0 ? place : next;
      }
      const year = counts.yearOf(day);
      if (pressed === "Home") return places.findIndex((one) => counts.yearOf(one) === year);
      if (pressed === "End") return places.length - 1 - [...places].reverse().findIndex((one) => counts.yearOf(one) === year);
      return null;
    }, cells.length - 1);
  };

  const DRAWN = { week: drawWeek, calendar: drawCalendar };
  const places = Object.keys(DRAWN)
    .map((pattern) => [pattern, document.querySelector(`#${pattern} figure`)])
    .filter(([pattern, figure]) => figure && !(pattern === "calendar" && data.short)); // drawn by months
  for (const [, figure] of places) {
    figure.classList.add("live");
    figure.append(make("div", "map"));
  }

  const draw = (chosen) => {
    const selection = counts.choose(chosen);
    for (const [pattern, figure] of places) DRAWN[pattern](figure.querySelector(".map"), chosen, selection);
    return selection;
  };

  return { draw, phone, names: places.map(([pattern]) => pattern), sayCount };
})();
