// Charts by lightweight-charts, loaded when the first one is needed; each has a table behind it.
import { h, table } from "./dom.js";
import { time } from "./format.js";

const LIBRARY = "/static/vendor/lightweight-charts.standalone.production.mjs";
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function look() {
  return {
    layout: { background: { color: "transparent" }, textColor: colour("--soft"), fontFamily: "system-ui, sans-serif", fontSize: 11, attributionLogo: false },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, fixLeftEdge: true, fixRightEdge: true, tickMarkFormatter: tick },
    localization: { timeFormatter: (at) => moment.format(at * 1000) },
    crosshair: { horzLine: { labelBackgroundColor: colour("--accent") }, vertLine: { labelBackgroundColor: colour("--accent") } },
    handleScroll: { vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  };
}

const zone = { timeZone: "America/Los_Angeles" };
const moment = new Intl.DateTimeFormat("en-US", { ...zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const ticks = [{ year: "numeric" }, { month: "short" }, { month: "short", day: "numeric" }, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }].map((options) => new Intl.DateTimeFormat("en-US", { ...zone, ...options }));

function tick(at, kind) {
  return ticks[kind].format(at * 1000);
}

async function make(element, options = {}) {
  const library = await import(LIBRARY);
  const chart = library.createChart(element, { autoSize: true, ...look(), ...options });
  const again = () => chart.applyOptions(look());
  dark.addEventListener("change", again);
  return { library, chart, remove: () => { dark.removeEventListener("change", again); chart.remove(); } };
}

// A day has no time of its own: it is drawn at noon in New York, which is the same day on the Pacific.
function seconds(at) {
  return Math.floor(Date.parse(at.length === 10 ? `${at}T17:00:00Z` : at) / 1000);
}

function unique(points) {
  const found = new Map(points.filter((point) => point.value !== null).map((point) => [seconds(point.at), Number(point.value)]));
  return [...found].sort((one, other) => one[0] - other[0]).map(([at, value]) => ({ time: at, value }));
}

// A line with a table behind it. `set(points, others)` draws [{at, value}], and a second line beside it.
export async function lineChart(name, { format = String, low = false, baseline = null, step = 0.01 } = {}) {
  const place = h("div", { class: low ? "chart low" : "chart", role: "img", "aria-label": `${name}, a chart; the table below it has its numbers` });
  const data = h("div", {});
  const empty = h("p", { class: "none", hidden: true }, "Not enough yet to draw a line.");
  let fill = () => {};
  const behind = h("details", { class: "data" }, h("summary", {}, "Table"), data);
  behind.addEventListener("toggle", () => behind.open && fill());
  const element = h("div", {}, empty, place, behind);
  const { library, chart, remove } = await make(place);
  const kind = baseline === null ? library.AreaSeries : library.BaselineSeries;
  const style = () => baseline === null
    ? { lineColor: colour("--accent"), topColor: `${colour("--accent")}33`, bottomColor: `${colour("--accent")}05`, lineWidth: 2 }
    : { baseValue: { type: "price", price: baseline }, topLineColor: colour("--up"), topFillColor1: `${colour("--up")}33`, topFillColor2: `${colour("--up")}08`, bottomLineColor: colour("--down"), bottomFillColor1: `${colour("--down")}08`, bottomFillColor2: `${colour("--down")}33`, lineWidth: 2 };
  const priceFormat = { type: "custom", minMove: step, formatter: (value) => format(value.toFixed(4), value) };
  const series = chart.addSeries(kind, { ...style(), priceFormat, priceLineVisible: false });
  const beside = chart.addSeries(library.LineSeries, { color: colour("--grey"), lineWidth: 2, priceFormat, priceLineVisible: false });
  return {
    element,
    set(points, others = []) {
      const drawn = unique(points);
      series.applyOptions(style());
      series.setData(drawn);
      beside.setData(unique(others));
      chart.timeScale().fitContent();
      empty.hidden = drawn.length > 1;
      place.hidden = drawn.length < 2;
      const second = new Map(others.map((point) => [point.at, point.value]));
      const columns = [
        { name: "Time", of: (point) => (point.at.length === 10 ? point.at : time(point.at, { always: true })) },
        { name, of: (point) => format(String(point.value), Number(point.value)), class: "number" },
      ];
      if (others.length) columns.push({ name: "Benchmark", of: (point) => (second.has(point.at) ? format(String(second.get(point.at)), Number(second.get(point.at))) : "–"), class: "number" });
      fill = () => data.replaceChildren(table(name, columns, points.slice(-400).reverse(), { empty: "No point yet." }));
      if (behind.open) fill();
    },
    remove,
  };
}

// The prices around a trade, with its entry and its exit.
export async function tradeChart(told) {
  const place = h("div", { class: "chart tall", role: "img", "aria-label": `Prices of ${told.trade.symbol} around the trade; the table has them` });
  const { library, chart, remove } = await make(place);
  const up = colour("--up");
  const down = colour("--down");
  const series = chart.addSeries(library.CandlestickSeries, { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false, priceLineVisible: false });
  const bars = told.bars.map((bar) => ({ time: seconds(bar.start), open: Number(bar.open), high: Number(bar.high), low: Number(bar.low), close: Number(bar.close) }));
  series.setData(bars);
  const { trade } = told;
  const mark = (at, isBuy, text) => ({ time: bars.findLast((bar) => bar.time <= seconds(at))?.time ?? bars[0]?.time, position: isBuy ? "belowBar" : "aboveBar", shape: isBuy ? "arrowUp" : "arrowDown", color: colour("--accent"), text });
  if (bars.length) library.createSeriesMarkers(series, [mark(trade.opened_at, trade.is_long, "entry"), mark(trade.closed_at, !trade.is_long, "exit")]);
  for (const [price, title] of [[trade.entry_price, "entry"], [trade.exit_price, "exit"]]) series.createPriceLine({ price: Number(price), color: colour("--accent"), lineStyle: 2, lineWidth: 1, title });
  chart.timeScale().fitContent();
  return { element: place, remove };
}
