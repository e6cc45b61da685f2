// Lines over time. Without the charts' library pages show figures and say so.

import { clockTime } from "./figures.js";

const HERE = import.meta.url.slice(0, import.meta.url.lastIndexOf("/"));
export const installed = document.documentElement.dataset.charts === "yes";
const Plot = installed ? (await import(`${HERE}/uPlot.esm.js`)).default : null;

const TOKENS = {
  line: "curve", main: "main", bar: "bar", band: "band", chartBand: "chart-band", grid: "grid", text: "t3", mark: "t2",
  hook: "shade-hook", push: "shade-push", benefit: "shade-benefit", other: "bg1", p1: "p1", p2: "p2", p3: "p3-line", p4: "p4", lost: "lost",
};
const COLOURS = {};
let theme; // whose colours these are

/** The colours of the styles, read anew where another theme was chosen. */
function colours() {
  const now = document.documentElement.dataset.theme;
  if (now === theme) return COLOURS;
  theme = now;
  const style = getComputedStyle(document.documentElement);
  for (const [name, token] of Object.entries(TOKENS)) COLOURS[name] = style.getPropertyValue(`--${token}`).trim();
  return COLOURS;
}
const FONT = '12px Inter, "Noto Sans CJK SC", sans-serif';

if (installed) {
  const style = document.head.appendChild(document.createElement("link"));
  style.rel = "stylesheet";
  style.href = `${HERE}/uPlot.min.css`;
}

const HIDDEN = { stroke: "transparent", points: { show: false } }; // an edge of the band, drawn before the line
const blank = (length) => new Array(length).fill(null);

/** Ten minutes in a tile: a line, what is expected of it behind, a dot at its end. */
// Sizes are told, not asked for: to ask after each text of sixty tiles lays the page out sixty times.
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) sparks.get(target).fit(contentRect.width, contentRect.height);
});
const sparks = new WeakMap();

export class Spark {
  constructor(node) {
    this.node = node;
    this.plot = null;
    this.wide = this.high = 0;
    this.last = null;
    sparks.set(node, this);
    sizes.observe(node);
  }

  fit(width, height) {
    [this.wide, this.high] = [Math.round(width), Math.round(height)];
    if (this.last) this.draw(...this.last);
  }

  /** `name` is what its colour is called: a priority, or "line". */
  draw(values, band, name = "line") {
    this.last = [values, band, name];
    if (!Plot || !this.wide) return;
    const colour = colours()[name];
    const said = JSON.stringify([values, band, colour, this.wide, this.high]);
    if (said === this.said) return;
    this.said = said;
    const x = values.map((_, index) => index);
    const data = [x, band ? x.map(() => band[0]) : blank(x.length), band ? x.map(() => band[1]) : blank(x.length), values];
    if (this.plot && this.colour === colour && this.width === this.wide && this.height === this.high) {
      this.plot.setData(data);
      return;
    }
    this.plot?.destroy();
    this.colour = colour;
    this.width = this.wide;
    this.height = this.high;
    this.plot = new Plot({
      width: this.width,
      height: this.height || 40,
      padding: [3, 4, 3, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false }, y: { range: (_, low, high) => (low === null ? [0, 1] : [low - (high - low || 1) * 0.05, high + (high - low || 1) * 0.05]) } },
      series: [{}, { ...HIDDEN }, { ...HIDDEN }, { stroke: colour, width: 1.4, points: { show: true, filter: lastOf, size: 5, fill: colour } }],
      bands: [{ series: [2, 1], fill: COLOURS.band }],
    }, data, this.node);
  }
}

/** Only the last known reading has a dot. */
function lastOf(plot, series) {
  const last = plot.data[series].findLastIndex((value) => value !== null);
  return last < 0 ? [] : [last];
}

/** Whether a chart is there, of the size of its place and in the colours chosen; else it is drawn anew. */
function fits(chart) {
  const look = [colours().main, chart.node.clientWidth, chart.node.clientHeight].join();
  if (chart.plot && chart.look === look) return true;
  chart.plot?.destroy();
  chart.look = look;
  return false;
}

/** Options every larger chart has. */
function usual(node, written) {
  const axis = { stroke: colours().text, font: FONT, grid: { stroke: COLOURS.grid, width: 1 }, ticks: { show: false } };
  return {
    width: node.clientWidth,
    height: node.clientHeight,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    axes: [
      { ...axis, space: 110, size: 26, incrs: [60, 120, 300, 600, 1800], values: (_, ticks) => ticks.map((at) => clockTime(at, false)) },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(written) },
    ],
  };
}

/** Half an hour of people online: the band expected, phases behind, marks across. */
export class OnlineChart {
  constructor(node) {
    this.node = node;
    this.shown = { phases: [], marks: [], fault: null };
  }

  draw({ times, values, low, high, phases, marks, fault, written }) {
    if (!Plot || !this.node.clientWidth) return;
    this.shown = { phases, marks, fault };
    const data = [times, low, high, values];
    if (fits(this)) {
      this.plot.setData(data);
      return;
    }
    const options = usual(this.node, written);
    this.plot = new Plot({
      ...options,
      scales: { y: { range: (_, least, most) => (least === null ? [0, 1] : [Math.max(0, least - (most - least || 10) * 0.15), most + (most - least || 10) * 0.25]) } },
      series: [{}, { ...HIDDEN }, { ...HIDDEN }, { stroke: COLOURS.main, width: 1.6, points: { show: false } }],
      bands: [{ series: [2, 1], fill: COLOURS.chartBand }],
      hooks: { drawClear: [(plot) => this.behind(plot)], draw: [(plot) => this.before(plot)] },
    }, data, this.node);
  }

  behind(plot) {
    const { ctx, bbox } = plot;
    const x = (at) => Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(at, "x", true)));
    ctx.save();
    ctx.font = `${12 * devicePixelRatio}px sans-serif`;
    ctx.textAlign = "left";
    for (const { at, until, name, segment } of this.shown.phases) {
      const [from, to] = [x(at), x(until)];
      if (to <= from) continue;
      ctx.fillStyle = COLOURS[segment] ?? COLOURS.other;
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
      ctx.fillStyle = COLOURS.text;
      if (to - from > 40) ctx.fillText(name, from + 6, bbox.top + 14 * devicePixelRatio);
    }
    ctx.restore();
  }

  before(plot) {
    const { ctx, bbox } = plot;
    const [times, low, , values] = plot.data;
    ctx.save();
    if (this.shown.fault) {
      ctx.strokeStyle = COLOURS[this.shown.fault];
      ctx.lineWidth = 3 * devicePixelRatio;
      ctx.beginPath();
      for (let index = 1; index < times.length; index += 1) {
        if (values[index] === null || values[index - 1] === null || low[index] === null || values[index] >= low[index]) continue;
        ctx.moveTo(plot.valToPos(times[index - 1], "x", true), plot.valToPos(values[index - 1], "y", true));
        ctx.lineTo(plot.valToPos(times[index], "x", true), plot.valToPos(values[index], "y", true));
      }
      ctx.stroke();
    }
    ctx.font = `${12 * devicePixelRatio}px "Noto Sans CJK SC", sans-serif`;
    ctx.textAlign = "left";
    let free = -Infinity;
    for (const { at, text, colour } of this.shown.marks) {
      const x = plot.valToPos(at, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = COLOURS[colour ?? "mark"];
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.setLineDash([4, 4]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const said = text.length > 14 ? `${text.slice(0, 13)}…` : text;
      const wide = ctx.measureText(said).width;
      const right = x + wide + 8 < bbox.left + bbox.width; // else it stands before its line
      const from = right ? x + 4 : x - wide - 4;
      if (from < free) continue; // its line is enough
      ctx.fillText(said, from, bbox.top + bbox.height - 6);
      free = from + wide + 8;
    }
    ctx.restore();
  }
}

/** GMV a minute as bars, conversion as a line with its own axis. */
export class SalesChart {
  constructor(node) {
    this.node = node;
  }

  draw({ times, gmv, conversion, written }) {
    if (!Plot || !this.node.clientWidth) return;
    const data = [times, gmv, conversion];
    if (fits(this)) {
      this.plot.setData(data);
      return;
    }
    const options = usual(this.node, written);
    const share = { ...options.axes[1], scale: "%", side: 1, grid: { show: false }, values: (_, ticks) => ticks.map((value) => `${(100 * value).toFixed(0)}%`) };
    this.plot = new Plot({
      ...options,
      axes: [...options.axes, share],
      scales: { y: { range: (_, least, most) => [0, (most || 1) * 1.15] }, "%": { range: (_, least, most) => [0, (most || 0.01) * 1.3] } },
      series: [{}, { fill: COLOURS.bar, stroke: COLOURS.bar, width: 0, paths: Plot.paths.bars({ size: [0.7, 60] }), points: { show: false } }, { scale: "%", stroke: COLOURS.main, width: 1.6, points: { show: false }, spanGaps: true }],
    }, data, this.node);
  }
}
