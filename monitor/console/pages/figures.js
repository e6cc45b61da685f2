// How numbers, money, shares and times are written. What is unknown is "—", never 0.

import { language } from "./words.js";

export const UNKNOWN = "—";
const digits = new Map();
const SIGNS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", JPY: "JP¥" };

/** 9,326 · 12.3万 · 3,184万 · 1.2亿, or 12.3k · 31.8M. */
export function count(value) {
  if (value === null || value === undefined) return UNKNOWN;
  const size = Math.abs(value);
  if (Math.round(size) < 10_000) return Math.round(value).toLocaleString("en");
  if (language === "zh") {
    if (size < 999_500) return `${(value / 10_000).toFixed(1)}万`;
    if (size < 99_995_000) return `${Math.round(value / 10_000).toLocaleString("en")}万`;
    return `${(value / 100_000_000).toFixed(1)}亿`;
  }
  if (size < 999_950) return `${(value / 1_000).toFixed(1)}k`;
  if (size < 999_950_000) return `${(value / 1_000_000).toFixed(1)}M`;
  return `${(value / 1_000_000_000).toFixed(1)}B`;
}

/** Whole units of a currency from its minor ones, by ISO 4217. */
export function units(minor, currency) {
  if (minor === null || minor === undefined) return null;
  if (!digits.has(currency)) {
    let places = 2;
    try {
      places = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
    } catch {
      // No such currency: minor units are hundredths, as nearly everywhere.
    }
    digits.set(currency, places);
  }
  return minor / 10 ** digits.get(currency);
}

/** ¥12.3万. */
export function money(minor, currency) {
  const value = units(minor, currency);
  return value === null ? UNKNOWN : `${SIGNS[currency] ?? `${currency} `}${count(value)}`;
}

/** ≥ 3.1%: what platforms cap is at least that, or a rate of more people at most. */
export function bounded(sign, text) {
  return sign && text !== UNKNOWN ? `${sign} ${text}` : text;
}

/** 4.4 %, from a share of 0 to 1. */
export function percent(share, places = 1) {
  return share === null || share === undefined ? UNKNOWN : `${(100 * share).toFixed(places)}%`;
}

/** 01:46, or 1:02:03. */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const below = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3600 ? below : `${Math.floor(whole / 3600)}:${below}`;
}

/** 6 分 22 秒 · 2 时 18 分 · > 6 时. */
export function span(seconds) {
  const [hour, minute, second] = language === "zh" ? [" 时", " 分", " 秒"] : [" h", " min", " s"];
  const whole = Math.max(0, Math.round(seconds));
  if (whole > 6 * 3600) return `> 6${hour}`;
  if (whole >= 3600) return `${Math.floor(whole / 3600)}${hour} ${Math.floor(whole / 60) % 60}${minute}`;
  if (whole >= 600 || (whole >= 60 && whole % 60 === 0)) return `${Math.floor(whole / 60)}${minute}`;
  return whole < 60 ? `${whole}${second}` : `${Math.floor(whole / 60)}${minute} ${whole % 60}${second}`;
}

let zone; // of the rooms, as the server tells; until then this machine's

/** Times are told in this zone from now on. */
export function tellTimesIn(timezone) {
  zone = timezone;
}

/** 21:30, with the day in front where it is not today. */
export function dayTime(at, now) {
  const day = (instant) => new Date(instant * 1000).toLocaleDateString("en-CA", { timeZone: zone });
  return `${day(at) === day(now) ? "" : `${day(at).slice(5)} `}${clockTime(at, false)}`;
}

/** 2026-11-22 of an instant in epoch seconds, where the rooms are. */
export function dayOf(at) {
  return new Date(at * 1000).toLocaleDateString("en-CA", { timeZone: zone });
}

/** 20:47:16 of an instant in epoch seconds, where the rooms are. */
export function clockTime(at, withSeconds = true) {
  const text = new Date(at * 1000).toLocaleTimeString("en-GB", { timeZone: zone });
  return withSeconds ? text : text.slice(0, 5);
}
