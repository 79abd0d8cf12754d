"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const W = 620, H = 320, LEFT = 58, RIGHT = 14, TOP = data.marks.length > 0 ? 26 : 12, BOTTOM = 40;
  const axes = { tokens: "tokens", seconds: "time", steps: "steps" };
  const state = { axis: "tokens", log: false, hidden: new Set() };
  const make = (name, attributes, parent, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  };
  const colour = run => `var(--run${run % 8})`;

  // 1, 2 or 5 times a power of ten: at most `most` steps from low to high.
  function ticks(low, high, most) {
    const raw = (high - low) / most || 1;
    const power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw * 0.999);
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
    return found;
  }
  function logTicks(low, high) {
    const found = [];
    for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
      for (const f of [1, 2, 5]) if (f * 10 ** p >= low * 0.999 && f * 10 ** p <= high * 1.001) found.push(f * 10 ** p);
    return found.length > 8 ? found.filter(v => Math.abs(Math.log10(v) % 1) < 1e-9) : found.length > 1 ? found : ticks(low, high, 6);
  }
  const trim = (value, digits) => String(parseFloat(value.toPrecision(digits)));
  function short(value) {
    const size = Math.abs(value);
    if (size >= 1e9) return trim(value / 1e9, 4) + " G";
    if (size >= 1e6) return trim(value / 1e6, 4) + " M";
    if (size >= 1e3) return trim(value / 1e3, 4) + " K";
    return trim(value, 4);
  }
  // Seconds are shown in the unit that suits the longest run.
  function unitOf(most) {
    if (state.axis !== "seconds") return { size: 1, name: axes[state.axis] };
    return most > 2 * 3600 ? { size: 3600, name: "hours" } : most > 180 ? { size: 60, name: "minutes" } : { size: 1, name: "seconds" };
  }

  function draw(chart, figure) {
    const svg = figure.querySelector("svg");
    svg.replaceChildren();
    const curves = chart.curves.filter(c => !state.hidden.has(c.run) && c.values.length > 0);
    const read = figure.querySelector(".read");
    read.textContent = "";
    if (curves.length === 0) {
      make("text", { x: W / 2, y: H / 2, "text-anchor": "middle" }, svg, "nothing yet");
      return;
    }
    const log = state.log && chart.log && curves.every(c => c.values.every(v => v > 0));
    let low = Infinity, high = -Infinity, end = 0;
    for (const c of curves) {
      for (const v of c.values) { low = Math.min(low, v); high = Math.max(high, v); }
      end = Math.max(end, c[state.axis][c[state.axis].length - 1]);
    }
    if (chart.fromZero && !log) low = Math.min(0, low);
    const room = (high - low || Math.abs(high) * 0.1 || 1) * 0.05;
    if (!log) { high += room; if (low < 0 || !chart.fromZero) low = low >= 0 ? Math.max(0, low - room) : low - room; }
    else { low /= 1.05; high *= 1.05; }
    if (!(high > low)) high = low + 1;
    const unit = unitOf(end);
    end = end / unit.size || 1;
    const f = log ? Math.log : v => v;
    const px = x => LEFT + (x / unit.size / end) * (W - LEFT - RIGHT);
    const py = v => TOP + (1 - (f(v) - f(low)) / (f(high) - f(low))) * (H - TOP - BOTTOM);

    for (const v of log ? logTicks(low, high) : ticks(low, high, 8)) {
      make("line", { class: "grid", x1: LEFT, x2: W - RIGHT, y1: py(v), y2: py(v) }, svg);
      make("text", { x: LEFT - 8, y: py(v) + 4, "text-anchor": "end" }, svg, short(v));
    }
    for (const v of ticks(0, end, 7)) {
      const x = px(v * unit.size);
      make("line", { class: "grid", x1: x, x2: x, y1: H - BOTTOM, y2: H - BOTTOM + 5 }, svg);
      make("text", { x: Math.min(x, W - 16), y: H - BOTTOM + 18, "text-anchor": "middle" }, svg, short(v));
    }
    make("text", { x: W - RIGHT, y: H - 5, "text-anchor": "end" }, svg, unit.name);
    // The stages of runs that are compared often begin at one place: one label will do.
    const labels = [];
    for (const mark of data.marks.filter(m => !state.hidden.has(m.run))) {
      const x = px(mark[state.axis]);
      make("line", { class: "mark", x1: x, x2: x, y1: TOP - 6, y2: H - BOTTOM }, svg);
      if (labels.some(l => l.name === mark.name && Math.abs(l.x - x) < 60)) continue;
      labels.push({ name: mark.name, x });
      const right = x < W - 110;
      make("text", { x: right ? x - 2 : x + 2, y: TOP - 11, "text-anchor": right ? "start" : "end" }, svg, mark.name);
    }
    for (const c of curves) {
      let path = "";
      c.values.forEach((v, i) => {
        path += (i > 0 && c.stages[i] === c.stages[i - 1] ? "L" : "M") + px(c[state.axis][i]).toFixed(1) + " " + py(v).toFixed(1);
      });
      make("path", { class: c.style, d: path, style: `stroke:${colour(c.run)}` }, svg);
      if (c.values.length <= 60)
        c.values.forEach((v, i) => make("circle", { cx: px(c[state.axis][i]), cy: py(v), r: { raw: 1.2, solid: 2.6, dashed: 4.6 }[c.style],
          style: c.style === "dashed" ? `fill:none;stroke:${colour(c.run)}` : `fill:${colour(c.run)}` }, svg));
    }
    const cross = make("line", { class: "cross", y1: TOP, y2: H - BOTTOM, x1: 0, x2: 0, visibility: "hidden" }, svg);
    svg.onmousemove = event => {
      const box = svg.getBoundingClientRect();
      const x = (((event.clientX - box.left) / box.width) * W - LEFT) / (W - LEFT - RIGHT) * end * unit.size;
      if (x < 0 || x > end * unit.size) return svg.onmouseleave();
      cross.setAttribute("x1", px(x));
      cross.setAttribute("x2", px(x));
      cross.setAttribute("visibility", "visible");
      read.replaceChildren(short(x / unit.size) + " " + unit.name);
      for (const c of curves.filter(c => c.style !== "raw")) {
        const value = document.createElement("span");
        value.style.color = colour(c.run);
        value.textContent = "  " + (c.label ? c.label + " " : "") + trim(c.values[nearest(c[state.axis], x)], 4);
        read.append(" ", value);
      }
    };
    svg.onmouseleave = () => { cross.setAttribute("visibility", "hidden"); read.textContent = ""; };
  }
  function nearest(sorted, x) {
    let from = 0, to = sorted.length - 1;
    while (to - from > 1) { const middle = (from + to) >> 1; if (sorted[middle] <= x) from = middle; else to = middle; }
    return Math.abs(sorted[from] - x) <= Math.abs(sorted[to] - x) ? from : to;
  }

  const place = document.getElementById("charts");
  const figures = data.charts.map(chart => {
    const figure = document.createElement("figure");
    const caption = figure.appendChild(document.createElement("figcaption"));
    const title = caption.appendChild(document.createElement("span"));
    title.append(chart.title + " ");
    const unit = title.appendChild(document.createElement("span"));
    unit.className = "dim";
    unit.textContent = chart.unit;
    caption.appendChild(document.createElement("span")).className = "read";
    make("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${chart.title}, ${chart.unit}` }, figure);
    place.appendChild(figure);
    return figure;
  });
  const redraw = () => data.charts.forEach((chart, i) => draw(chart, figures[i]));
  for (const radio of document.querySelectorAll("input[name=axis]"))
    radio.onchange = () => { state.axis = radio.value; redraw(); };
  document.getElementById("log").onchange = event => { state.log = event.target.checked; redraw(); };
  const legend = document.getElementById("legend");
  data.runs.forEach((name, run) => {
    const button = legend.appendChild(document.createElement("button"));
    const swatch = button.appendChild(document.createElement("span"));
    swatch.className = "swatch";
    swatch.style.background = colour(run);
    button.append(name);
    button.setAttribute("aria-pressed", "true");
    button.title = "click to hide or show";
    button.onclick = () => {
      const hidden = state.hidden.has(run);
      if (hidden) state.hidden.delete(run); else state.hidden.add(run);
      button.setAttribute("aria-pressed", String(hidden));
      redraw();
    };
  });
  redraw();
})();
