// How many alerts began in each ten minutes: one too many for people is a flood.

import { make } from "./settings.js";
import { word } from "./words.js";

const BARS = 18;
const SPAN_S = 600;
const FLOOD = 10; // more than so many in ten minutes are a flood,
const OVER = 5; // which is over when there are fewer than so many
const list = document.getElementById("rates");
const banner = document.getElementById("flood");
let flooded = false;

/** Bars for the last three hours, from when alerts began; the last one is not over. Whether it is a flood. */
export function drawRates(fired, now) {
  const counts = new Array(BARS).fill(0);
  for (const at of fired) {
    const age = Math.max(0, Math.floor((now - at) / SPAN_S));
    if (age < BARS) counts[BARS - 1 - age] += 1;
  }
  const most = Math.max(FLOOD, ...counts);
  list.replaceChildren(...counts.map((count, index) => {
    const bar = make("li", count > FLOOD ? "flood" : index === BARS - 1 ? "now" : "");
    bar.style.height = `${Math.max(2, (100 * count) / most)}%`;
    bar.title = String(count);
    return bar;
  }));
  const lately = counts.at(-1);
  list.setAttribute("aria-label", String(lately));
  flooded = lately > FLOOD || (flooded && lately >= OVER);
  banner.hidden = !flooded;
  banner.textContent = flooded ? word("flood", lately) : "";
  return flooded;
}
