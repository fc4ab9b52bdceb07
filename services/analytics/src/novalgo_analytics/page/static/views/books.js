// The rows of the sheet with what they hold, and each symbol beside the broker's word.
import { ask } from "../api.js";
import { card, h, table } from "../dom.js";
import { dollars, gain, shares, time } from "../format.js";
import { openReceipt } from "../receipt.js";
import { refreshing } from "../refreshing.js";

const SIZES = { dollars: (size) => dollars(size), shares: (size) => `${shares(size)} shares`, percent: (size) => `${shares(size)} %`, risk: (size) => `${dollars(size)} at risk` };
const STATUSES = { FILLED: "up", FAILED: "down", "ALREADY LONG": "", "ALREADY SHORT": "" };

export async function show(frame, context) {
  await refreshing(frame, context, async (signal) => {
    const [books, held] = await Promise.all([ask("/books", {}, { signal }), ask("/positions", {}, { signal })]);
    return [
      h("div", { class: "head" }, h("h1", {}, "Books"), h("span", { class: "soft" }, books.config_version ? `Config version ${books.config_version} · ` : "No config yet · ", h("a", { href: "/api/v1/books.csv" }, "CSV"))),
      card("Each row of the sheet", ofBooks(books, context)),
      books.problems.length ? card("Rows that cannot be used", problems(books)) : null,
      card("Each symbol, beside the broker", ofPositions(held)),
    ];
  });
}

function ofBooks(books, context) {
  const columns = [
    { name: "Symbol", of: (book) => book.symbol },
    { name: "Timeframe", of: (book) => book.timeframe },
    { name: "Size", of: (book) => (book.row ? SIZES[book.row.sizing](book.row.position_size) : "no row"), class: "number far" },
    { name: "State", of: state },
    { name: "Shares", of: (book) => shares(book.quantity), class: "number" },
    { name: "Today", of: (book) => gain(book.earned.realised_today), class: "number far" },
    { name: "Realised", of: (book) => gain(book.earned.realised), class: "number" },
    { name: "Unrealised", of: (book) => gain(book.earned.unrealised), class: "number" },
    { name: "Last signal", of: (book) => (book.last_signal ? [book.last_signal.action, " ", time(book.last_signal.seen_at)] : "none"), class: "far" },
  ];
  const open = (book) => book.last_signal && openReceipt(book.last_signal.signal_id, context);
  return table("Books", columns, books.books, { open, empty: "No row yet: the Config tab was not read, or is empty." });
}

function state(book) {
  if (book.row && !book.row.active) return h("span", { class: "badge" }, "INACTIVE");
  if (!book.shown) return h("span", { class: "badge" }, book.timeframe === "EXTERNAL" ? "by hand" : "READY");
  return h("span", { class: `badge ${STATUSES[book.shown.status] ?? ""}`, title: book.shown.reason || null }, book.shown.status);
}

function problems(books) {
  return table("Rows that cannot be used", [
    { name: "Row", of: (problem) => String(problem.row) },
    { name: "Symbol", of: (problem) => problem.symbol },
    { name: "Timeframe", of: (problem) => problem.timeframe },
    { name: "What is wrong", of: (problem) => problem.message, class: "why" },
  ], books.problems);
}

function ofPositions(held) {
  return table("Positions", [
    { name: "Symbol", of: (position) => position.symbol },
    { name: "Shares", of: (position) => shares(position.quantity), class: "number" },
    { name: "By our fills", of: (position) => shares(position.counted), class: "number" },
    { name: "External", of: (position) => shares(position.external), class: "number" },
    { name: "Counts", of: (position) => (position.agrees ? h("span", { class: "badge up" }, "agree") : h("span", { class: "badge down" }, "differ")) },
    { name: "Average price", of: (position) => dollars(position.average_price), class: "number far" },
    { name: "Price", of: (position) => dollars(position.current_price), class: "number far" },
    { name: "Value", of: (position) => dollars(position.market_value), class: "number" },
    { name: "Unrealised", of: (position) => gain(position.unrealised), class: "number" },
  ], held.positions, { empty: held.account ? "None: the account is flat." : "The broker has not stated the account yet." });
}
