// The receipt of one signal: its way as a waterfall, what was decided and why, its orders, and what it would do now.
import { ask, newest } from "./api.js";
import { h, nothing, panel, table } from "./dom.js";
import { dollars, ending, readable, seconds, shares, time, words } from "./format.js";

const TONES = { filled: "up", busted: "down" };

export async function openReceipt(id, context, { onclose } = {}) {
  const content = h("div", {}, nothing("Loading…"));
  const dialog = panel("Receipt", content, { onclose: () => { stop.abort(); onclose?.(); } });
  const stop = new AbortController();
  // Asked once: what happens meanwhile changes the receipt, and not these.
  const once = { text: alertText(id), preview: preview(id) };
  const asked = newest(() => ask(`/signals/${encodeURIComponent(id)}`));
  const fill = async () => {
    try {
      const receipt = await asked();
      if (!receipt) return;
      dialog.querySelector("h2").textContent = `${receipt.action} ${receipt.symbol} ${receipt.timeframe}`;
      content.replaceChildren(...parts(receipt, once));
    } catch (error) {
      content.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
    }
  };
  context.live.addEventListener("happened", ({ detail }) => detail.correlation_id === id && fill(), { signal: stop.signal });
  await fill();
}

function parts(receipt, once) {
  return [
    h("p", {}, ending(receipt), " ", h("span", { class: "soft" }, receipt.detail || words(receipt.reason))),
    h("h3", {}, "Its way"), waterfall(receipt.steps),
    h("h3", {}, "What was decided"), decision(receipt),
    h("h3", {}, "Orders and fills"), ...orders(receipt.orders),
    h("h3", {}, "The alert, without its secret"), ...alert(receipt, once.text),
    h("h3", {}, "What would it do now?"), once.preview,
  ];
}

function waterfall(steps) {
  if (!steps.length) return nothing("No step of it was journaled.");
  const times = steps.map((step) => Date.parse(step.at));
  const first = times[0];
  const whole = Math.max(1, times.at(-1) - first);
  return h("ol", { class: "fall" }, steps.map((step, number) => {
    const before = times[Math.max(0, number - 1)];
    const left = `${((before - first) / whole) * 98}%`;
    const width = `${((times[number] - before) / whole) * 98}%`;
    return h("li", {},
      h("span", { class: "name" }, step.name),
      h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: TONES[step.name], style: { left, width } })),
      h("span", { class: "took" }, number ? `+${seconds((times[number] - before) / 1000)}` : ""),
      h("span", { class: "detail" }, time(step.at, { always: true }), ` · ${step.detail}`));
  }));
}

function decision(receipt) {
  const decided = receipt.decided;
  if (!decided) return nothing(receipt.ending ? `No order: ${receipt.detail || words(receipt.reason) || receipt.ending}.` : "Not yet.");
  return h("dl", { class: "facts" },
    h("dt", {}, "Held before"), h("dd", {}, `${shares(decided.held)} shares`),
    h("dt", {}, "Size"), h("dd", {}, decided.position_size ? dollars(decided.position_size) : "all of it"),
    h("dt", {}, "Config version"), h("dd", {}, String(decided.config_version)),
    receipt.held !== null ? [h("dt", {}, "Held after"), h("dd", {}, `${shares(receipt.held)} shares`)] : null);
}

function orders(found) {
  if (!found.length) return [nothing("None.")];
  return found.map((order) => h("div", {},
    h("dl", { class: "facts" },
      h("dt", {}, order.leg ?? "order"), h("dd", {}, `${order.side ?? ""} ${order.quantity ? `${shares(order.quantity)} shares` : order.notional ? dollars(order.notional) : ""}`),
      h("dt", {}, "Quote then"), h("dd", {}, dollars(order.quote_price)),
      h("dt", {}, "Status"), h("dd", {}, order.status, order.detail ? `: ${order.detail}` : ""),
      h("dt", {}, "Average price"), h("dd", {}, dollars(order.filled_average_price)),
      h("dt", {}, "Id"), h("dd", {}, h("code", {}, order.client_order_id))),
    table(`Fills of ${order.client_order_id}`, [
      { name: "Filled at", of: (fill) => time(fill.at, { always: true }) },
      { name: "Shares", of: (fill) => shares(fill.quantity), class: "number" },
      { name: "Price", of: (fill) => dollars(fill.price), class: "number" },
      { name: "Undone", of: (fill) => (fill.busted ? h("span", { class: "badge down" }, "undone") : "no") },
    ], order.fills, { empty: "No fill yet." })));
}

function alert(receipt, text) {
  const received = receipt.received;
  if (!received) return [nothing("None: a person ordered this.")];
  return [text, h("h3", {}, "What was read from it"), h("dl", { class: "facts" },
    h("dt", {}, "Bar"), h("dd", {}, time(received.bar_at, { always: true })),
    h("dt", {}, "Price"), h("dd", {}, dollars(received.price)),
    received.comment ? [h("dt", {}, "Comment"), h("dd", {}, received.comment)] : null,
    h("dt", {}, "Arrived as"), h("dd", {}, `number ${received.sequence}`),
    h("dt", {}, "Signal"), h("dd", {}, h("code", {}, receipt.signal_id)))];
}

function alertText(id) {
  const place = h("div", {}, nothing("Asking ingest…"));
  showAlert(id, place);
  return place;
}

async function showAlert(id, place) {
  try {
    const kept = await ask(`/signals/${encodeURIComponent(id)}/alert`);
    const came = `By ${kept.channel ?? "an unknown way"} from ${kept.address ?? "an unknown address"}, with the secret called ${kept.secret ?? "–"}.`;
    place.replaceChildren(kept.text ? h("pre", { tabindex: "0" }, readable(kept.text)) : nothing("Ingest keeps no text of it."), h("p", { class: "soft" }, came), kept.warning ? h("p", { class: "warn" }, kept.warning) : "");
  } catch (error) {
    place.replaceChildren(h("p", { class: "problem" }, error.message));
  }
}

function preview(id) {
  const shown = h("div", { role: "status" });
  const look = async () => {
    shown.replaceChildren(nothing("Asking executor…"));
    try {
      const told = await ask(`/signals/${encodeURIComponent(id)}/preview`);
      const lines = told.orders.map((order) => h("li", {}, `${order.leg}: ${order.side} ${order.quantity ? `${shares(order.quantity)} shares` : dollars(order.notional)}`));
      shown.replaceChildren(
        lines.length ? h("ol", {}, lines) : nothing("No order."),
        told.ending ? h("p", {}, ending(told), " ", h("span", { class: "soft" }, told.detail || words(told.reason))) : "");
    } catch (error) {
      shown.replaceChildren(h("p", { class: "problem" }, error.message));
    }
  };
  return h("div", {}, h("p", { class: "soft" }, "Executor tells what it would do if this alert came now. Nothing is done. "), h("button", { onclick: look }, "Ask executor"), shown);
}
