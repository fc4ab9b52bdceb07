// Is it trading, is it right, is it earning: one glance.
import { ask } from "../api.js";
import { lineChart } from "../chart.js";
import { card, h, nothing, onceAFrame, table, tiles } from "../dom.js";
import { ago, capital, dollars, gain, percent, time, toned } from "../format.js";
import { openReceipt } from "../receipt.js";
import { COLUMNS, follow } from "../signalrows.js";

const REST = 3000;
const ANYWAY = 15_000;
const WORDS = { green: "good", amber: "look when you have time", red: "look now", grey: "nothing to tell yet" };
const TONES = { ready: "green", "not ready": "red", down: "red", unknown: "grey" };

export async function show(frame, context) {
  const { live, signal } = context;
  const heard = live.last;
  let overview = await ask("/overview");
  let asked = Date.now();
  let waiting = null;
  const parts = Object.fromEntries(["head", "answers", "tiles", "main"].map((name) => [name, h("div", {})]));
  const chart = await lineChart("Equity today", { format: dollars, low: true });
  const [list, services, needs] = [h("div", {}), h("div", {}), h("div", {})];

  function signals(fresh) {
    list.replaceChildren(table("The last signals", COLUMNS, overview.signals, { open: (row) => openReceipt(row.signal_id, context), key: (row) => row.signal_id, empty: "No signal yet. Send one with `novalgo signal BUY AAPL \"15 Min\"`." }));
    list.querySelector(`[data-key="${fresh}"]`)?.classList.add("fresh");
  }

  function render() {
    parts.head.replaceChildren(h("div", { class: "head" }, h("h1", {}, "Overview"), h("span", { class: "soft" }, "The broker's statement is of ", time(overview.account?.at))));
    parts.answers.replaceChildren(h("div", { class: "answers" }, overview.answers.map(answer)));
    parts.tiles.replaceChildren(numbers(overview));
    const points = overview.equity_today.map((point) => ({ at: point.at, value: point.equity }));
    chart.set(points);
    services.replaceChildren(states(overview));
    needs.replaceChildren(attention(overview));
    signals();
  }

  async function refresh() {
    clearTimeout(waiting);
    waiting = null;
    asked = Date.now();
    try {
      const fresh = await ask("/overview", {}, { signal });
      overview = fresh;
      render();
    } catch (error) {
      if (error.name !== "AbortError") waiting = setTimeout(refresh, REST);
    }
  }

  function soon() {
    waiting ??= setTimeout(refresh, Math.max(0, REST - (Date.now() - asked)));
  }

  const all = h("p", { class: "soft" }, h("a", { href: "/signals", "data-view": true }, "All signals"));
  const course = await ninetyDays(signal);
  parts.main.append(h("div", { class: "pair wide-left" },
    h("div", { class: "stack" }, card("Last signals", list, all), card("What needs attention", needs)),
    h("div", { class: "stack" }, card("Equity today", chart.element), card("Services and links", services), course)));
  const draw = onceAFrame(signals);
  frame.append(...Object.values(parts));
  render();
  const take = (detail) => {
    const followed = follow(overview.signals, detail, () => true, 12);
    if (followed) {
      overview = { ...overview, signals: followed };
      draw(detail.correlation_id);
    }
    soon();
  };
  live.since(heard).forEach(take);
  live.addEventListener("happened", ({ detail }) => take(detail), { signal });
  live.addEventListener("notice", refresh, { signal });
  live.addEventListener("state", () => live.state === "live" && refresh(), { signal });
  const anyway = setInterval(soon, ANYWAY);
  signal.addEventListener("abort", () => { clearInterval(anyway); clearTimeout(waiting); chart.remove(); });
}

// The account beside the benchmark. Nobody waits for it: the card is filled when its numbers are there.
async function ninetyDays(signal) {
  const chart = await lineChart("Equity, 90 days", { format: dollars, low: true });
  const facts = h("p", { class: "legend" }, "Loading…");
  signal.addEventListener("abort", chart.remove);
  ask("/performance", { days: 90 }, { signal }).then(({ course, ratios, benchmark, has_benchmark: has }) => {
    const points = (name) => course.map((point) => ({ at: point.at, value: point[name] }));
    chart.set(points("equity"), has ? points("benchmark") : []);
    facts.replaceChildren(
      h("span", {}, h("i", {}), "The account ", part(ratios.total)),
      has ? h("span", {}, h("i", { class: "other" }), `${benchmark} `, part(ratios.benchmark)) : `No prices of ${benchmark} now.`,
      h("span", {}, "Deepest fall ", part(ratios.drawdown)));
  }).catch((error) => { if (error.name !== "AbortError") facts.textContent = error.message; });
  return card("Equity, 90 days", facts, chart.element, h("p", { class: "soft" }, h("a", { href: "/performance", "data-view": true }, "Performance")));
}

function part(value) {
  return value === null ? "–" : toned(value, percent(value));
}

function answer(told) {
  const findings = told.findings.map((finding) => h("li", {}, finding.what, h("span", { class: "todo" }, finding.todo)));
  return h("section", { class: `card answer ${told.light}`, "data-light": told.light },
    h("h2", {}, h("span", { class: `dot ${told.light}`, "aria-hidden": "true" }), told.question, h("span", { class: "word" }, findings.length || told.light === "green" ? WORDS[told.light] : "")),
    findings.length ? h("ul", {}, findings) : h("p", {}, told.says));
}

function numbers(overview) {
  const { account, earned, exposure } = overview;
  return tiles("The account", [
    ["Equity", dollars(account?.equity), account ? `${dollars(account.cash)} in cash` : "not stated yet"],
    ["Today", gain(overview.change_today), "since the close before"],
    ["Realised today", gain(earned.realised_today), h("span", {}, "in all ", gain(earned.realised))],
    ["Unrealised", gain(earned.unrealised), `${overview.open_positions} open position${overview.open_positions === 1 ? "" : "s"}`],
    ["Exposure", dollars(exposure.gross), `net ${dollars(exposure.net)}`],
    ["Signals today", String(overview.signals_today), Object.entries(overview.endings_today).sort(([, one], [, other]) => other - one).map(([name, count]) => `${count} ${name}`).join(", ")],
  ]);
}

function states(overview) {
  const services = overview.services.map((service) => line(TONES[service.condition], capital(service.name), service.condition === "ready" ? "ready" : Object.values(service.problems).join("; ") || service.condition, service.since ? `since ${ago(service.since).replace(" ago", "")}` : ""));
  const links = overview.links.map((link) => line(link.light, link.name, link.says, link.heard_at ? `heard ${ago(link.heard_at)}` : "nothing heard"));
  return h("ul", { class: "states" }, services, links);
}

function line(light, name, says, age) {
  return h("li", { "data-name": name.toLowerCase(), "data-light": light }, h("span", { class: `dot ${light}`, role: "img", "aria-label": WORDS[light] }), h("span", {}, name), h("span", { class: "says" }, says), h("span", { class: "age" }, age));
}

function attention(overview) {
  const halts = overview.halts.map((halt) => line("amber", "Halt", `${[halt.symbol, halt.timeframe].filter(Boolean).join(" ") || "everything"}: ${halt.reason}`, ago(halt.since)));
  const letters = overview.dead_letters ? [line("red", "Dead letters", String(overview.dead_letters), "")] : [];
  const alarms = overview.alarms.map((alarm) => line("amber", capital(alarm.service), alarm.message, ago(alarm.at)));
  const all = [...letters, ...halts, ...alarms];
  return all.length ? h("ul", { class: "states" }, all) : nothing("Nothing: no halt, no dead letter, no alarm within a day.");
}
