// What the host sees: the segment, its countdown, what comes next, and one thing to do.

import { Page } from "./page.js";
import { toRoom } from "./places.js";
import { RoomState } from "./room_state.js";
import { countdown, lasts, next, progress } from "./script.js";
import { span, tellTimesIn } from "./figures.js";
import { PRIORITY } from "./state.js";
import { say, wear } from "./tile.js";
import { word } from "./words.js";

const HOST = /主播|host|anchor/i; // alerts whose role is the host's
const by = (id) => document.getElementById(id);
const room = decodeURIComponent(location.pathname.split("/")[2]);
const state = new RoomState(room);
const stage = by("stage");

function take(frame) {
  state.apply(frame);
  tellTimesIn(state.head.timezone || page.link.hello?.timezone);
  stage.classList.remove("waiting");
  draw(page.link.now);
}

/** The worst alert that the host can do something about. */
function urgent() {
  return state.active.find((alert) => HOST.test(alert.role) && alert.action && !alert.quiet && ["p1", "p2", "p3"].includes(PRIORITY[alert.severity]));
}

function draw(now) {
  const tile = state.tile;
  say(by("name"), tile?.name ?? room);
  document.title = `${tile?.name ?? room} · ${word("prompter")}`;
  const passing = progress(tile, now);
  const over = Boolean(passing) && passing.left !== null && passing.left <= 0;
  stage.classList.toggle("over", over);
  const lost = Boolean(tile?.stalled) && tile.live !== false;
  by("state").hidden = !lost;
  if (lost) say(by("state"), word("noData", tile.quiet_since === null ? "" : span(now - tile.quiet_since)).trim());
  say(by("part"), tile?.live === false ? word("notLive") : tile?.segment ? word(tile.segment) : word("prompterNothing"));
  say(by("countdown"), passing ? countdown(passing.left) : "");
  const part = passing?.limit ? Math.min(1, passing.passed / passing.limit) : 0;
  by("bar").firstElementChild.style.transform = `scaleX(${part.toFixed(3)})`;
  const alert = urgent();
  wear(by("say"), alert ? PRIORITY[alert.severity] : "");
  const coming = next(tile?.segment);
  say(by("say"), alert ? alert.action : !tile?.segment ? "" : over ? word("say_over", word(coming)) : word(`say_${tile.segment}`));
  say(by("coming"), tile?.segment ? word("nextUp", word(coming), lasts(state, coming)).trim() : "");
}

const page = new Page({
  sub: { view: "room", room },
  take,
  draw: () => draw(page.link.now),
  tick: draw,
  keys: { Escape: () => location.assign(toRoom(room)) },
});

page.begin();
