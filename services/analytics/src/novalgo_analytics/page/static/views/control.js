// Halt, resume, flatten: said plainly before, and followed until executor has done it. Dead letters; a test of the channels.
import { ask, newest, post } from "../api.js";
import { confirmed } from "../confirm.js";
import { deadLetters } from "../deadletters.js";
import { card, choice, h, nothing, table } from "../dom.js";
import { capital, dollars, shares, time } from "../format.js";
import { notifications } from "../notifications.js";

const DONE = { halt: "trading.halted.v1", resume: "trading.resumed.v1", flatten: "trading.halted.v1" };
const PATIENCE = 15_000;

export async function show(frame, { live, session, signal }) {
  const mayControl = session.scope === "control" && session.name !== null;
  let books = await ask("/books", {}, { signal });
  const halts = h("div", {});
  const said = h("p", { role: "status", "aria-live": "polite" });
  const form = h("form", { class: "scope", "aria-label": "What the order is for" },
    choice("Symbol", "symbol", [...new Set(books.books.map((book) => book.symbol))], ""),
    choice("Timeframe", "timeframe", [], ""));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.symbol.addEventListener("change", () => {
    const own = books.books.filter((book) => book.symbol === form.elements.symbol.value && book.timeframe !== "EXTERNAL");
    form.elements.timeframe.replaceChildren(h("option", { value: "" }, "All"), ...own.map((book) => h("option", { value: book.timeframe }, book.timeframe)));
  });

  const scope = () => ({ symbol: form.elements.symbol.value || null, timeframe: form.elements.timeframe.value || null });
  const touched = ({ symbol, timeframe }) => books.books.filter((book) => (!symbol || book.symbol === symbol) && (!timeframe || book.timeframe === timeframe) && book.timeframe !== "EXTERNAL");

  function consequences(kind, asked) {
    const name = nameOf(asked);
    const held = touched(asked).filter((book) => book.quantity !== "0");
    if (kind === "resume") return [h("p", {}, `Entries of ${name} are taken again, from the next signal on. Signals that were declined meanwhile do not come back.`)];
    const stop = h("p", {}, `No new position is opened for ${name} until somebody resumes. Exits go on as always.`);
    if (kind === "halt") return [stop];
    const lines = held.map((book) => h("li", {}, `${book.symbol} ${book.timeframe}: ${shares(book.quantity)} shares, unrealised ${dollars(book.earned.unrealised)}`));
    return [stop, h("p", {}, held.length ? `${held.length} book${held.length === 1 ? " is" : "s are"} closed at the market, now:` : "Nothing is held there now, so nothing is closed."), h("ul", {}, lines), h("p", { class: "soft" }, "What was traded by hand stays.")];
  }

  async function command(kind, asked) {
    books = await ask("/books", {}, { signal });
    const title = `${kind} ${nameOf(asked)}`;
    if (!(await confirmed(`${capital(title)}?`, `Yes, ${title}`, consequences(kind, asked), { danger: kind === "flatten" }))) return;
    said.className = "";
    said.textContent = "On its way to executor…";
    try {
      const { request_id: id } = await post(`/control/${kind}`, asked);
      const done = await happened(live, DONE[kind], id);
      said.textContent = done ? `Done: ${kind} of ${nameOf(asked)}. It is in the journal.` : "It is in the journal, and executor has not told of it yet: it was so before, or look at Overview.";
    } catch (error) {
      said.className = "problem";
      said.textContent = error.message;
    }
    await showHalts();
  }

  const askHalts = newest(() => ask("/halts", {}, { signal }));
  async function showHalts() {
    const found = await askHalts();
    if (!found) return;
    halts.replaceChildren(table("Halts", [
      { name: "What", of: nameOf },
      { name: "Since", of: (halt) => time(halt.since, { always: true }) },
      { name: "Why", of: (halt) => halt.reason, class: "why" },
      { name: "Lift it", of: (halt) => h("button", { disabled: !mayControl, onclick: () => command("resume", { symbol: halt.symbol, timeframe: halt.timeframe }) }, "Resume"), class: "number" },
    ], found.halts, { empty: "Nothing is halted: entries are taken." }));
  }

  const button = (kind, title, text, style) => h("div", {}, h("span", {}, h("strong", {}, title), text), h("button", { class: style, disabled: !mayControl, onclick: () => command(kind, scope()) }, `${title}…`));
  const letters = deadLetters({ live, signal, mayControl });
  const channels = notifications({ signal, mayControl });
  live.addEventListener("happened", ({ detail }) => /^trading\./.test(detail.type) && showHalts(), { signal });
  await Promise.all([showHalts(), letters.show(), channels.show()]);
  frame.append(
    h("div", { class: "head" }, h("h1", {}, "Control")),
    ...(mayControl ? [] : [h("div", { class: "card" }, h("p", {}, session.name === null ? ["To order anything, ", h("a", { href: "/login?next=/control" }, "log in"), " with an API key that may control."] : "This API key may only read. Log in with one that may control."))]),
    card("Halted now", halts),
    card("An order", form, h("div", { class: "commands" },
      button("halt", "Halt", "No new positions. Exits go on.", "main"),
      button("flatten", "Flatten", "Halt, and close what is held.", "danger")), said),
    letters.element,
    channels.element,
    card("From a terminal", nothing("novalgo halt, resume, flatten, deadletters and alerts test do the same. The first three work while this page is away.")));
}

function nameOf({ symbol, timeframe }) {
  return [symbol, timeframe].filter(Boolean).join(" ") || "everything";
}

function happened(live, type, id) {
  const isIt = (detail) => detail.type === type && detail.correlation_id === id;
  if (live.recent.some(isIt)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const stop = new AbortController();
    const end = (done) => { stop.abort(); clearTimeout(timer); resolve(done); };
    const timer = setTimeout(() => end(false), PATIENCE);
    live.addEventListener("happened", ({ detail }) => isIt(detail) && end(true), { signal: stop.signal });
  });
}
