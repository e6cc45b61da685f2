// Which rooms a wall shows: by platform, tier, name, or only abnormal ones. The address holds
// the choice, so a wall is a bookmark; walls that were given a name are offered here.

import { make } from "./settings.js";
import { word } from "./words.js";

export const DENSITIES = [4, 12, 24, 40, 60, 100, 200]; // places on one page
const CHOSEN_ONLY = 60; // above, tiles say little: only where somebody asks for it
const KEPT = "walls";
const KEPT_TOO = ["replay", "kiosk", "rotate", "lang", "delta", "theme", "critical"]; // of the address, as they are
const box = document.getElementById("walls");

/** The saved walls: a name each, and the address it stands for. */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

export class Filter {
  constructor(changed) {
    this.changed = changed;
    this.read(location.search);
    this.offered = "";
    this.state = null;
  }

  read(search) {
    const asked = new URLSearchParams(search);
    this.platform = asked.get("platform") ?? "";
    this.tier = asked.get("tier") ?? "";
    this.text = asked.get("q") ?? "";
    this.density = DENSITIES.includes(Number(asked.get("density"))) ? Number(asked.get("density")) : 0;
    this.abnormal = asked.has("abnormal");
  }

  get on() {
    return Boolean(this.platform || this.tier || this.text || this.abnormal);
  }

  shows(state, id) {
    const room = state.rooms.get(id);
    if (this.platform && room.platform !== this.platform) return false;
    if (this.tier && room.tier !== this.tier) return false;
    if (this.abnormal && !state.abnormal(id)) return false;
    const text = this.text.toLowerCase();
    return !text || room.name.toLowerCase().includes(text) || id.toLowerCase().includes(text);
  }

  toggleAbnormal() {
    this.abnormal = !this.abnormal;
    this.move();
    this.draw();
  }

  /** Places on a page for so many rooms, or as chosen. */
  places(rooms) {
    return this.density || (DENSITIES.find((places) => places >= rooms && places <= CHOSEN_ONLY) ?? CHOSEN_ONLY);
  }

  /** Another choice: the address says it, the wall shows it. */
  move() {
    const given = new URLSearchParams();
    if (this.platform) given.set("platform", this.platform);
    if (this.tier) given.set("tier", this.tier);
    if (this.text) given.set("q", this.text);
    if (this.abnormal) given.set("abnormal", "");
    if (this.density) given.set("density", this.density);
    const now = new URLSearchParams(location.search);
    for (const name of KEPT_TOO) if (now.has(name)) given.set(name, now.get(name));
    history.replaceState(null, "", given.size ? `/?${given}` : "/");
    this.changed();
  }

  /** Offer what the rooms have. */
  offer(state) {
    this.state = state;
    const has = (name) => [...new Set([...state.rooms.values()].map((room) => room[name]).filter(Boolean))].sort();
    const offered = JSON.stringify([has("platform"), has("tier")]);
    if (offered === this.offered) return;
    this.offered = offered;
    this.draw();
  }

  draw() {
    if (!this.offered) return;
    const [platforms, tiers] = JSON.parse(this.offered);
    const search = make("input");
    Object.assign(search, { id: "search", type: "search", value: this.text, placeholder: word("search"), maxLength: 60 });
    search.setAttribute("aria-label", word("search"));
    search.addEventListener("input", () => {
      this.text = search.value.trim();
      this.move();
    });
    search.addEventListener("keydown", (event) => event.key === "Escape" && search.blur());
    const abnormal = make("button", "button", word("onlyAbnormalButton"));
    Object.assign(abnormal, { id: "abnormal", type: "button" });
    abnormal.setAttribute("aria-pressed", String(this.abnormal));
    abnormal.addEventListener("click", () => this.toggleAbnormal());
    box.replaceChildren(
      abnormal, this.choice("platform", platforms), this.choice("tier", tiers), this.dense(), search,
      this.saved(), this.keep(), this.drop(),
    );
  }

  choice(name, values) {
    const select = make("select");
    select.id = `filter-${name}`;
    select.setAttribute("aria-label", word(name));
    select.append(new Option(word(`all_${name}`), ""), ...values.map((value) => new Option(word(value), value)));
    select.value = this[name];
    select.hidden = values.length < 2 && !this[name];
    select.addEventListener("change", () => {
      this[name] = select.value;
      this.move();
    });
    return select;
  }

  dense() {
    const select = make("select");
    select.id = "density";
    select.setAttribute("aria-label", word("density"));
    select.append(new Option(word("density_auto"), "0"), ...DENSITIES.slice(1).map((places) => new Option(word("density_of", places), places)));
    select.value = String(this.density);
    select.addEventListener("change", () => {
      this.density = Number(select.value);
      this.move();
    });
    return select;
  }

  /** Remove the saved wall that is shown. */
  drop() {
    const walls = kept();
    const name = Object.keys(walls).find((each) => walls[each] === location.search);
    const button = make("button", "button", "×");
    Object.assign(button, { id: "drop-wall", type: "button", hidden: !name, title: word("dropWall") });
    button.setAttribute("aria-label", word("dropWall"));
    button.addEventListener("click", () => {
      delete walls[name];
      localStorage.setItem(KEPT, JSON.stringify(walls));
      this.draw();
    });
    return button;
  }

  saved() {
    const walls = kept();
    const select = make("select");
    select.id = "saved-walls";
    select.setAttribute("aria-label", word("walls"));
    select.append(new Option(word("walls"), ""), ...Object.keys(walls).map((name) => new Option(name, name)));
    select.hidden = !Object.keys(walls).length;
    select.addEventListener("change", () => {
      this.read(walls[select.value] ?? "");
      this.move();
      this.draw();
    });
    return select;
  }

  keep() {
    const button = make("button", "button", word("keepWall"));
    button.id = "keep-wall";
    button.type = "button";
    button.addEventListener("click", () => {
      const name = [word(this.platform || "all_platform"), this.tier && word(this.tier), this.text, this.abnormal && word("hintFilter"), this.density && word("density_of", this.density)].filter(Boolean).join(" · ");
      localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [name]: location.search }));
      this.draw();
    });
    return button;
  }
}
