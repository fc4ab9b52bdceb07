// How numbers and times read. Amounts come as exact texts and are rounded half up, to the cent, without floats.
import { h } from "./dom.js";

const MINUS = "−";
const PACIFIC = "America/Los_Angeles";
const clock = new Intl.DateTimeFormat("en-US", { timeZone: PACIFIC, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en-US", { timeZone: PACIFIC, month: "short", day: "numeric" });
const whole = new Intl.DateTimeFormat("en-CA", { timeZone: PACIFIC, year: "numeric", month: "2-digit", day: "2-digit" });

// Returns an amount's cents as a BigInt.
export function cents(text) {
  const [, sign, units, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const digits = (part + "000").slice(0, 3);
  const rounded = BigInt(units) * 100n + BigInt(digits.slice(0, 2)) + (digits[2] >= "5" ? 1n : 0n);
  return sign ? -rounded : rounded;
}

export function dollars(text) {
  if (text === null || text === undefined) return "–";
  const amount = cents(text);
  const size = amount < 0n ? -amount : amount;
  const units = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? MINUS : ""}$${units}.${(size % 100n).toString().padStart(2, "0")}`;
}

// Dollars with their sign, so that a gain does not hang on its colour alone.
export function gain(text) {
  if (text === null || text === undefined) return "–";
  const amount = cents(text);
  const tone = amount > 0n ? "up" : amount < 0n ? "down" : "flat";
  return h("span", { class: tone }, (amount > 0n ? "+" : "") + dollars(text));
}

export function shares(text) {
  const [, sign, units, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const cut = part.slice(0, 6).replace(/0+$/, "");
  return `${sign ? MINUS : ""}${units.replace(/\B(?=(\d{3})+$)/g, ",")}${cut ? `.${cut}` : ""}`;
}

export function percent(part, digits = 1) {
  if (part === null || part === undefined) return "–";
  const text = `${(Math.abs(part) * 100).toFixed(digits)} %`;
  return part < 0 && Number.parseFloat(text) !== 0 ? MINUS + text : text;
}

export function toned(value, text) {
  return h("span", { class: value > 0 ? "up" : value < 0 ? "down" : "flat" }, (value > 0 ? "+" : "") + text);
}

export function number(value, digits = 2) {
  if (value === null || value === undefined) return "–";
  return (value < 0 ? MINUS : "") + Math.abs(value).toFixed(digits);
}

export function seconds(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size < 1) return `${Math.round(value * 1000)} ms`;
  return size < 120 ? `${value.toFixed(size < 10 ? 2 : 1)} s` : `${Math.round(value / 60)} min`;
}

// Pacific time, with UTC on hover; the day too where it is not today.
export function time(iso, { always = false } = {}) {
  if (!iso) return "–";
  const at = new Date(iso);
  const isToday = whole.format(at) === whole.format(new Date());
  const text = isToday && !always ? clock.format(at) : `${date.format(at)} ${clock.format(at)}`;
  return h("time", { datetime: iso, title: `${at.toISOString().replace("T", " ").slice(0, 23)} UTC` }, text);
}

export function day(at) {
  return whole.format(at);
}

export function ago(iso) {
  if (!iso) return "never";
  const past = Math.max(0, (Date.now() - new Date(iso)) / 1000);
  if (past < 90) return `${Math.round(past)} s ago`;
  if (past < 5400) return `${Math.round(past / 60)} min ago`;
  return past < 129600 ? `${Math.round(past / 3600)} h ago` : `${Math.round(past / 86400)} days ago`;
}

export function words(code) {
  return code ? code.replaceAll("_", " ") : "";
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const TONES = { filled: "up", failed: "down", dead: "down", declined: "warn" };

export function ending(signal) {
  const name = signal.ending ?? "under way";
  return h("span", { class: `badge ${TONES[signal.ending] ?? ""}` }, name);
}

// JSON as people read it; any other text as it is.
export function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
