// How well signals are carried out: how fast, at which price, and which are not.
import { ask } from "../api.js";
import { bar, card, h, table, tiles } from "../dom.js";
import { capital, gain, number, seconds, words } from "../format.js";
import { openReceipt } from "../receipt.js";
import { refreshing } from "../refreshing.js";

const PERIODS = [[1, "1 day"], [7, "7 days"], [30, "30 days"]];

export async function show(frame, context) {
  const days = Number(context.query.get("days") ?? 1);
  await refreshing(frame, context, async (signal) => {
    const told = await ask("/execution", { days }, { signal });
    const whole = told.delays.find((delay) => delay.start === "alert" && delay.end === "filled");
    const filled = told.endings.filter((each) => each.ending === "filled").reduce((sum, each) => sum + each.signals, 0);
    return [
      h("div", { class: "head" }, h("h1", {}, "Execution"), periods(days, context.go)),
      tiles("Execution", [
        ["Signals", told.signals.toLocaleString("en-US"), `${filled} filled`],
        ["Orders", told.orders.toLocaleString("en-US"), `at most ${told.busiest_minute} in one minute`],
        ["Alert to filled", seconds(whole?.median), whole ? `p99 ${seconds(whole.p99)}` : "no signal went all the way"],
        ["Slippage", told.slippage[0] ? `${number(told.slippage[0].basis_points, 1)} bp` : "–", told.slippage[0] ? `against ${told.slippage[0].reference}` : "no fill to compare"],
      ]),
      card("How long each stretch takes", delays(told, context)),
      h("div", { class: "pair" }, card("What signals came to", endings(told)), card("Slippage", slippage(told))),
      card("Requests left in this minute", budgets(told)),
    ];
  });
}

function periods(days, go) {
  return h("span", { class: "segments soft", role: "group", "aria-label": "Period" }, PERIODS.map(([length, name]) =>
    h("button", { "aria-pressed": String(length === days), onclick: () => go(`/execution?days=${length}`) }, name)));
}

function delays(told, context) {
  const worst = Math.max(...told.delays.map((delay) => delay.p99), 0.001);
  return table("Delays", [
    { name: "From", of: (delay) => delay.start },
    { name: "To", of: (delay) => delay.end },
    { name: "Signals", of: (delay) => String(delay.count), class: "number far" },
    { name: "Median", of: (delay) => seconds(delay.median), class: "number" },
    { name: "p95", of: (delay) => seconds(delay.p95), class: "number" },
    { name: "p99", of: (delay) => seconds(delay.p99), class: "number far" },
    { name: "Worst", of: (delay) => seconds(delay.worst), class: "number" },
    { name: "p99, beside the others", of: (delay) => bar(delay.p99 / worst), class: "far" },
  ], told.delays, { open: (delay) => openReceipt(delay.worst_signal, context), empty: "No signal in this time." });
}

function endings(told) {
  const most = Math.max(...told.endings.map((each) => each.signals), 1);
  return table("Endings", [
    { name: "Ending", of: (each) => capital(each.ending ?? "under way") },
    { name: "Reason", of: (each) => words(each.reason), class: "why" },
    { name: "Signals", of: (each) => String(each.signals), class: "number" },
    { name: "Share", of: (each) => bar(each.signals / most), class: "far" },
  ], told.endings, { empty: "No signal in this time." });
}

function budgets(told) {
  return table("Requests left", [
    { name: "Of", of: (each) => capital(each.name) },
    { name: "Left", of: (each) => String(each.left), class: "number" },
    { name: "A minute", of: (each) => String(each.of), class: "number" },
    { name: "Share", of: (each) => bar(each.left / each.of, each.left < each.of / 5 ? "down" : "accent") },
  ], told.budgets, { empty: "Executor and sheets do not tell it now." });
}

function slippage(told) {
  return table("Slippage", [
    { name: "Against", of: (each) => each.reference, class: "why" },
    { name: "Orders", of: (each) => String(each.orders), class: "number" },
    { name: "Cost", of: (each) => gain(each.dollars.startsWith("-") ? each.dollars.slice(1) : each.dollars === "0" ? "0" : `-${each.dollars}`), class: "number" },
    { name: "All, bp", of: (each) => number(each.basis_points, 1), class: "number" },
    { name: "Median", of: (each) => number(each.median, 1), class: "number far" },
    { name: "p95", of: (each) => number(each.p95, 1), class: "number far" },
    { name: "Worst", of: (each) => number(each.worst, 1), class: "number far" },
  ], told.slippage, { empty: "No fill with a price to compare it with." });
}
