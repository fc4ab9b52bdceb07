// How it goes: equity beside the benchmark, drawdown, ratios, months, and the trades by what they have in common.
import { ask } from "../api.js";
import { lineChart } from "../chart.js";
import { bar, card, h, nothing, table, tiles } from "../dom.js";
import { capital, dollars, gain, number, percent, toned } from "../format.js";

const PERIODS = [["30", "30 days"], ["90", "90 days"], ["365", "1 year"], ["", "All"]];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const GROUPS = { symbol: "By symbol", timeframe: "By timeframe", side: "By side", weekday: "By weekday of the entry", hour: "By hour of the entry (Pacific)" };

const AGAIN = 2000;

export async function show(frame, context) {
  const { go, query, signal } = context;
  const days = query.get("days") ?? "90";
  const told = await ask("/performance", { days }, { signal });
  // The benchmark's prices may still be on their way: what is known already is shown meanwhile.
  if (!told.has_benchmark && !context.isSecond) {
    const timer = setTimeout(() => again(frame, context).catch(() => {}), AGAIN);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }
  const [equity, drawdown, rolling] = await Promise.all([
    lineChart("Equity", { format: dollars }),
    lineChart("Drawdown", { format: (_, value) => percent(value), low: true, baseline: 0, step: 0.0001 }),
    lineChart("Rolling Sharpe", { format: (_, value) => number(value), low: true, baseline: 0 }),
  ]);
  const { ratios, numbers } = told;
  const ofGroups = (name) => card(GROUPS[name], groups(GROUPS[name], told.groups[name]));
  const legend = h("p", { class: "legend" }, h("span", {}, h("i", {}), "The account"), told.has_benchmark ? h("span", {}, h("i", { class: "other" }), `The same dollars in ${told.benchmark}`) : `No prices of ${told.benchmark} to compare with now.`);
  frame.append(
    h("div", { class: "head" }, h("h1", {}, "Performance"), h("span", { class: "segments soft", role: "group", "aria-label": "Period" }, PERIODS.map(([length, name]) =>
      h("button", { "aria-pressed": String(length === days), onclick: () => go(`/performance?days=${length}`) }, name)))),
    tiles("Ratios", [
      ["Return", signed(ratios.total), told.has_benchmark ? `${told.benchmark} ${percent(ratios.benchmark)}` : `${ratios.days} days`],
      ["A year", signed(ratios.annual), ratios.annual === null ? "needs 30 days" : `volatility ${percent(ratios.volatility)}`],
      ["Sharpe", number(ratios.sharpe), `Sortino ${number(ratios.sortino)}`],
      ["Deepest fall", signed(ratios.drawdown), `Calmar ${number(ratios.calmar)}`],
      ["Realised", gain(numbers.realised), `${numbers.trades.toLocaleString("en-US")} trades`],
      ["Won", percent(numbers.win_rate), `profit factor ${number(numbers.profit_factor)}`],
    ]),
    card("Equity", legend, equity.element),
    h("div", { class: "pair" }, card("Drawdown", drawdown.element), card("Rolling Sharpe, a quarter", rolling.element)),
    h("div", { class: "pair" }, card("Months", months(told.months)), card("What trades earned", distribution(told.distribution))),
    h("div", { class: "pair" }, ofGroups("symbol"), h("div", { class: "stack" }, Object.keys(GROUPS).slice(1).map(ofGroups))));
  const points = (name) => told.course.map((point) => ({ at: point.at, value: point[name] }));
  equity.set(points("equity"), told.has_benchmark ? points("benchmark") : []);
  drawdown.set(points("drawdown"));
  rolling.set(points("sharpe").filter((point) => point.value !== null));
  signal.addEventListener("abort", () => [equity, drawdown, rolling].forEach((chart) => chart.remove()));
}

async function again(frame, context) {
  const fresh = h("div", {});
  await show(fresh, { ...context, isSecond: true });
  frame.replaceChildren(...fresh.childNodes);
}

function signed(part) {
  return part === null ? "–" : toned(part, percent(part));
}

function months(found) {
  if (!found.length) return nothing("No day of the exchange yet: weekends and holidays do not count.");
  const years = [...new Set(found.map((each) => each.year))].reverse();
  const largest = Math.max(...found.map((each) => Math.abs(each.gain)), 0.0001);
  const cell = (year, month) => {
    const each = found.find((one) => one.year === year && one.month === month + 1);
    if (!each) return h("td", {}, "");
    const strength = `${Math.round((Math.abs(each.gain) / largest) * 22)}%`;
    return h("td", { style: { background: `color-mix(in srgb, var(--${each.gain < 0 ? "down" : "up"}) ${strength}, transparent)` } }, percent(each.gain));
  };
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Returns by month" }, h("table", { class: "months" },
    h("caption", { class: "unseen" }, "Returns by month"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Year"), MONTHS.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, years.map((year) => h("tr", {}, h("th", { scope: "row" }, String(year)), MONTHS.map((_, month) => cell(year, month)))))));
}

function distribution(columns) {
  if (!columns.length) return nothing("No trade in this time.");
  const most = Math.max(...columns.map((column) => column.trades));
  const round = (value) => dollars(value.toFixed(2));
  return h("div", {},
    h("div", { class: "columns", role: "img", "aria-label": "How many trades earned how much; the table below has the numbers" }, columns.map((column) =>
      h("span", { class: column.end <= 0.005 ? "down" : "up", title: `${round(column.start)} to ${round(column.end)}: ${column.trades}`, style: { height: `${(column.trades / most) * 100}%` } }))),
    h("div", { class: "axis" }, h("span", {}, round(columns[0].start)), h("span", {}, "$0"), h("span", {}, round(columns.at(-1).end))),
    h("details", { class: "data" }, h("summary", {}, "Table"), table("What trades earned", [
      { name: "From", of: (column) => round(column.start), class: "number" },
      { name: "To", of: (column) => round(column.end), class: "number" },
      { name: "Trades", of: (column) => String(column.trades), class: "number" },
    ], columns)));
}

function groups(title, found) {
  const most = Math.max(...found.map((group) => Math.abs(Number(group.numbers.realised))), 0.01);
  return table(title, [
    { name: "Of", of: (group) => capital(group.name) },
    { name: "Trades", of: (group) => String(group.numbers.trades), class: "number" },
    { name: "Won", of: (group) => percent(group.numbers.win_rate, 0), class: "number" },
    { name: "Realised", of: (group) => gain(group.numbers.realised), class: "number" },
    { name: "Share", of: (group) => bar(Math.abs(Number(group.numbers.realised)) / most, Number(group.numbers.realised) < 0 ? "down" : "up"), class: "far" },
  ], found, { empty: "No trade in this time." });
}
