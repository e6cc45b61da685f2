// How many alerts began in each ten minutes: one too many for people is a flood.

import { make } from "./settings.js";

const BARS = 18;
const SPAN_S = 600;
const FLOOD = 10;
const list = document.getElementById("rates");

/** Bars for the last three hours, from the log; the last one is not over. */
export function drawRates(log, now) {
  if (!list) return;
  const counts = new Array(BARS).fill(0);
  for (const line of log) {
    const age = Math.floor((now - line.at) / SPAN_S);
    if (line.change === "fired" && age >= 0 && age < BARS) counts[BARS - 1 - age] += 1;
  }
  const most = Math.max(FLOOD, ...counts);
  list.replaceChildren(...counts.map((count, index) => {
    const bar = make("li", count > FLOOD ? "flood" : index === BARS - 1 ? "now" : "");
    bar.style.height = `${Math.max(2, (100 * count) / most)}%`;
    bar.title = String(count);
    return bar;
  }));
  list.setAttribute("aria-label", String(counts.at(-1)));
}
