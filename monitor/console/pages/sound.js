// Sound for what nobody has looked at: tones, no files, and always a word on whether it works.
//
// A browser keeps sound back until somebody has clicked; the chip says so. First priority:
// three pulses every ten seconds until it is acknowledged; second: one pulse, once.

import { word } from "./words.js";

const AGAIN_S = 10;
const HUSH_S = 60;
const button = document.getElementById("sound");

export class Sound {
  constructor() {
    this.context = null;
    this.off = localStorage.getItem("sound") === "off";
    this.hushedUntil = 0;
    this.heardAt = -Infinity; // steady seconds
    this.critical = 0;
    this.known = null; // alerts that were there when we began make no pulse
    button?.addEventListener("click", () => this.toggle());
    // A kiosk's browser is started with leave to make sounds; others wait for somebody.
    if (!this.off && new URLSearchParams(location.search).has("kiosk")) this.wake();
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this.off || this.wake(), { once: true });
  }

  wake() {
    if (!button) return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume().catch(() => null);
  }

  toggle() {
    this.hushedUntil = 0;
    this.off = !this.off && this.asked === true;
    this.asked = true;
    localStorage.setItem("sound", this.off ? "off" : "on");
    if (!this.off) {
      this.wake();
      this.pulse(1); // a test tone
    }
    this.draw();
  }

  /** A tone now, so that somebody hears whether there is any. */
  test() {
    this.off = false;
    this.hushedUntil = 0;
    this.asked = true;
    localStorage.setItem("sound", "on");
    this.wake();
    // resuming takes a moment; without leave it never ends, and the chip says so
    this.context?.resume().then(() => this.pulse(1), () => null);
    this.draw();
  }

  /** Stop the sound for a minute; the alerts stay as they are. */
  hush() {
    this.hushedUntil = performance.now() / 1000 + HUSH_S;
    this.draw();
  }

  /** What is open now. */
  hear(alerts) {
    const loud = alerts.filter((alert) => !alert.acked_at && !alert.quiet);
    this.critical = loud.filter((alert) => alert.severity === "critical").length;
    const second = loud.filter((alert) => alert.severity === "warning").map((alert) => `${alert.key}|${alert.episode}`);
    if (this.known !== null && second.some((key) => !this.known.has(key))) this.pulse(1);
    this.known = new Set(second);
    this.tick();
  }

  tick() {
    const now = performance.now() / 1000;
    if (this.critical && now - this.heardAt >= AGAIN_S && this.pulse(3)) this.heardAt = now;
    if (!this.critical) this.heardAt = -Infinity;
    this.draw();
  }

  get state() {
    if (this.off) return "off";
    if (performance.now() / 1000 < this.hushedUntil) return "hushed";
    return this.context?.state === "running" ? "on" : "asleep";
  }

  pulse(times) {
    if (this.state !== "on") return false;
    for (let index = 0; index < times; index += 1) {
      const at = this.context.currentTime + 0.28 * index;
      const tone = new OscillatorNode(this.context, { frequency: 880, type: "square" });
      const gain = new GainNode(this.context, { gain: 0.08 });
      tone.connect(gain).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 0.16);
    }
    return true;
  }

  draw() {
    if (!button) return;
    const state = this.state;
    const left = Math.ceil(this.hushedUntil - performance.now() / 1000);
    const text = word(`sound_${state}`, left);
    if (button.textContent !== text) button.textContent = text;
    if (button.dataset.state !== state) button.dataset.state = state;
  }
}
