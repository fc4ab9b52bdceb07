// Every signal, filtered, as they arrive; each opens its receipt.
import { ask } from "../api.js";
import { choice, h, onceAFrame, table } from "../dom.js";
import { day, words } from "../format.js";
import { openReceipt } from "../receipt.js";
import { COLUMNS, follow } from "../signalrows.js";

const FILTERS = ["symbol", "timeframe", "action", "ending", "reason", "day"];
const PAGE = 50;
const LIVE_MOST = 500;

export async function show(frame, context) {
  const { live, signal, query } = context;
  const choices = await ask("/signals/choices", {}, { signal });
  const chosen = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  let signals = [];
  let before = null;
  const list = h("div", { class: "card" });
  const older = h("button", { class: "more" }, "Older signals");
  const told = h("p", { class: "unseen", role: "status" });
  const download = h("a", {}, "CSV");

  const open = (row) => {
    const path = new URL(location);
    path.searchParams.set("id", row.signal_id);
    history.replaceState({}, "", path);
    openReceipt(row.signal_id, context, { onclose: () => { path.searchParams.delete("id"); if (!signal.aborted) history.replaceState({}, "", path); } });
  };

  function render(fresh) {
    const empty = Object.values(chosen).some(Boolean) ? "No signal passes these filters." : "No signal yet. Send one with `novalgo signal`.";
    list.replaceChildren(table("Signals", COLUMNS, signals, { open, key: (row) => row.signal_id, empty }));
    if (before) list.append(older);
    if (fresh) list.querySelector(`[data-key="${fresh}"]`)?.classList.add("fresh");
  }

  async function load(more = false) {
    older.disabled = true;
    const heard = live.last;
    const found = await ask("/signals", { ...chosen, limit: PAGE, before: more ? before : null }, { signal });
    signals = more ? [...signals, ...found.signals] : found.signals;
    before = found.before;
    for (const detail of live.since(heard)) signals = follow(signals, detail, matches, LIVE_MOST) ?? signals;
    older.disabled = false;
    told.textContent = `${signals.length} signals shown`;
    const url = new URL("/api/v1/signals.csv", location.origin);
    for (const [name, value] of Object.entries(chosen)) if (value) url.searchParams.set(name, value);
    download.href = url.pathname + url.search;
    render();
  }

  const matches = (each) => FILTERS.every((name) => {
    if (!chosen[name]) return true;
    if (name === "day") return day(new Date(each.seen_at)) === chosen.day;
    if (name === "ending" && chosen.ending === "none") return each.ending === null;
    return each[name] === chosen[name];
  });

  const form = h("form", { class: "filters card", "aria-label": "Filters" },
    choice("Symbol", "symbol", choices.symbols, chosen.symbol),
    choice("Timeframe", "timeframe", choices.timeframes, chosen.timeframe),
    choice("Signal", "action", ["BUY", "SELL", "CLOSE"], chosen.action),
    choice("Ending", "ending", choices.endings, chosen.ending, (name) => (name === "none" ? "under way" : name)),
    choice("Reason", "reason", choices.reasons, chosen.reason, words),
    h("label", {}, h("span", {}, "Day (Pacific)"), h("input", { type: "date", name: "day", value: chosen.day })),
    h("span", { class: "actions" }, h("button", { type: "reset", class: "quiet" }, "Clear"), download));
  const apply = () => {
    for (const name of FILTERS) chosen[name] = form.elements[name].value;
    const path = new URL(location);
    for (const name of FILTERS) chosen[name] ? path.searchParams.set(name, chosen[name]) : path.searchParams.delete(name);
    history.replaceState({}, "", path);
    load().catch(complain);
  };
  const complain = (error) => error.name === "AbortError" || list.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); for (const name of FILTERS) form.elements[name].value = ""; apply(); });
  older.addEventListener("click", () => load(true).catch(complain));

  const draw = onceAFrame(render);
  await load();
  frame.append(h("div", { class: "head" }, h("h1", {}, "Signals")), form, list, told);
  live.addEventListener("happened", ({ detail }) => {
    const followed = follow(signals, detail, matches, LIVE_MOST);
    if (followed) {
      signals = followed;
      draw(detail.correlation_id);
    }
  }, { signal });
  if (query.get("id")) open({ signal_id: query.get("id") });
}
