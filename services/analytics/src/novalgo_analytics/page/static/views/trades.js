// Round trips, filtered; each opens on a chart of its prices.
import { ask } from "../api.js";
import { tradeChart } from "../chart.js";
import { choice, h, nothing, panel, table } from "../dom.js";
import { dollars, gain, percent, shares, time, toned } from "../format.js";

const FILTERS = ["symbol", "timeframe", "side", "outcome", "day"];
const REST = 5000;

export async function show(frame, { live, signal, query }) {
  const choices = await ask("/signals/choices", {}, { signal });
  const chosen = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  let trades = [];
  let before = null;
  let waiting = null;
  const list = h("div", { class: "card" });
  const sum = h("p", { class: "soft", role: "status" });
  const older = h("button", { class: "more" }, "Older trades");
  const download = h("a", {}, "CSV");

  async function load(more = false) {
    const found = await ask("/trades", { ...chosen, limit: 50, before: more ? before : null }, { signal });
    trades = more ? [...trades, ...found.trades] : found.trades;
    before = found.before;
    sum.replaceChildren(`${found.total.toLocaleString("en-US")} trades, realised `, gain(found.realised));
    const url = new URL("/api/v1/trades.csv", location.origin);
    for (const [name, value] of Object.entries(chosen)) if (value) url.searchParams.set(name, value);
    download.href = url.pathname + url.search;
    const empty = Object.values(chosen).some(Boolean) ? "No trade passes these filters." : "No trade yet: nothing was closed.";
    list.replaceChildren(table("Trades", COLUMNS, trades, { open: openTrade, empty }));
    if (before) list.append(older);
  }

  const complain = (error) => error.name === "AbortError" || list.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
  const form = h("form", { class: "filters card", "aria-label": "Filters" },
    choice("Symbol", "symbol", choices.symbols, chosen.symbol),
    choice("Timeframe", "timeframe", choices.timeframes, chosen.timeframe),
    choice("Side", "side", ["long", "short"], chosen.side),
    choice("Outcome", "outcome", ["won", "lost"], chosen.outcome),
    h("label", {}, h("span", {}, "Closed on (Pacific)"), h("input", { type: "date", name: "day", value: chosen.day })),
    h("span", { class: "actions" }, h("button", { type: "reset", class: "quiet" }, "Clear"), download));
  const apply = () => {
    const path = new URL(location);
    for (const name of FILTERS) {
      chosen[name] = form.elements[name].value;
      chosen[name] ? path.searchParams.set(name, chosen[name]) : path.searchParams.delete(name);
    }
    history.replaceState({}, "", path);
    load().catch(complain);
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); for (const name of FILTERS) form.elements[name].value = ""; apply(); });
  older.addEventListener("click", () => load(true).catch(complain));
  live.addEventListener("happened", ({ detail }) => {
    if (detail.type !== "fill.recorded.v1" || trades.length > 50) return;
    waiting ??= setTimeout(() => { waiting = null; load().catch(() => {}); }, REST);
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  await load();
  frame.append(h("div", { class: "head" }, h("h1", {}, "Trades"), sum), form, list);
}

const COLUMNS = [
  { name: "Closed", of: (trade) => time(trade.closed_at, { always: true }) },
  { name: "Symbol", of: (trade) => trade.symbol },
  { name: "Timeframe", of: (trade) => trade.timeframe ?? "by hand", class: "far" },
  { name: "Side", of: (trade) => (trade.is_long ? "long" : "short") },
  { name: "Shares", of: (trade) => shares(trade.quantity), class: "number far" },
  { name: "Entry", of: (trade) => dollars(trade.entry_price), class: "number far" },
  { name: "Exit", of: (trade) => dollars(trade.exit_price), class: "number far" },
  { name: "Realised", of: (trade) => gain(trade.realised), class: "number" },
  { name: "Gain", of: (trade) => (trade.gain === null ? "–" : toned(trade.gain, percent(trade.gain, 2))), class: "number" },
];

async function openTrade(trade) {
  const content = h("div", {}, nothing("Asking executor for prices…"));
  let chart = null;
  panel(`${trade.symbol} ${trade.is_long ? "long" : "short"}`, content, { onclose: () => chart?.remove() });
  const facts = (adverse, favourable) => h("dl", { class: "facts" },
    h("dt", {}, "Entry"), h("dd", {}, dollars(trade.entry_price), " at ", time(trade.opened_at, { always: true })),
    h("dt", {}, "Exit"), h("dd", {}, dollars(trade.exit_price), " at ", time(trade.closed_at, { always: true })),
    h("dt", {}, "Shares"), h("dd", {}, shares(trade.quantity)),
    h("dt", {}, "Realised"), h("dd", {}, gain(trade.realised)),
    h("dt", {}, "Most behind (MAE)"), h("dd", {}, gain(adverse)),
    h("dt", {}, "Most ahead (MFE)"), h("dd", {}, gain(favourable)),
    h("dt", {}, "Closed by"), h("dd", {}, h("code", {}, trade.order)));
  try {
    const told = await ask(`/trades/${encodeURIComponent(trade.symbol)}/${encodeURIComponent(trade.order)}`);
    if (!told.bars.length) {
      content.replaceChildren(facts(null, null), nothing("Alpaca has no prices for these minutes yet; without a subscription they come 16 minutes late."));
      return;
    }
    chart = await tradeChart(told);
    content.replaceChildren(facts(told.adverse, told.favourable), h("h3", {}, `Prices, ${told.timeframe}`), chart.element,
      h("details", { class: "data" }, h("summary", {}, "Table"), table("Prices", [
        { name: "Time", of: (bar) => time(bar.start, { always: true }) },
        ...["open", "high", "low", "close"].map((name) => ({ name, of: (bar) => dollars(bar[name]), class: "number" })),
      ], told.bars)));
  } catch (error) {
    content.replaceChildren(facts(null, null), h("p", { class: "problem", role: "alert" }, error.message));
  }
}
