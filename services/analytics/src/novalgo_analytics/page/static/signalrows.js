// A list of signals that follows what happens. One row a signal, whatever comes twice.
import { ending, time, words } from "./format.js";

export const COLUMNS = [
  { name: "Time", of: (signal) => time(signal.seen_at) },
  { name: "Signal", of: (signal) => signal.action, class: "side" },
  { name: "Symbol", of: (signal) => signal.symbol },
  { name: "Timeframe", of: (signal) => signal.timeframe },
  { name: "Ending", of: ending },
  { name: "Why", of: (signal) => signal.detail || words(signal.reason), class: "why far" },
];

// Returns the list with what happened in it, or null where that is about no signal of it.
export function follow(signals, event, matches, most) {
  const id = event.correlation_id;
  const known = signals.find((signal) => signal.signal_id === id);
  const basis = known ?? { signal_id: id, ending: null, reason: null, detail: "", seen_at: event.occurred_at };
  const { action, symbol, timeframe } = event;
  let changed;
  if (event.type === "signal.received.v1") {
    changed = { ...basis, action, symbol, timeframe, seen_at: event.occurred_at };
  } else if (event.type === "signal.ended.v1") {
    changed = { ...basis, action, symbol, timeframe, ending: event.ending, reason: event.reason, detail: event.detail, ended_at: event.occurred_at };
  } else {
    return null;
  }
  const others = signals.filter((signal) => signal.signal_id !== id);
  if (!matches(changed)) return known ? others : null;
  const list = [...others, changed];
  list.sort((one, other) => (one.seen_at < other.seen_at ? 1 : one.seen_at > other.seen_at ? -1 : one.signal_id < other.signal_id ? 1 : -1));
  return list.slice(0, most);
}
