// Messages that could not be handled: what each was, why it died, and its way back into its queue.
import { ask, newest, post } from "./api.js";
import { confirmed } from "./confirm.js";
import { card, h, panel, table } from "./dom.js";
import { readable, time } from "./format.js";

export function deadLetters({ live, signal, mayControl }) {
  const list = h("div", {});
  const said = h("p", { role: "status" });

  const asked = newest(() => ask("/deadletters", {}, { signal }));
  async function show() {
    try {
      const answer = await asked();
      if (!answer) return;
      const { dead_letters: letters, total } = answer;
      list.replaceChildren(table("Dead letters", [
        { name: "Died", of: (letter) => (letter.died_at ? time(letter.died_at, { always: true }) : "not known") },
        { name: "What it was", of: what },
        { name: "Queue", of: (letter) => letter.queue || "not known", class: "far" },
        { name: "Why", of: (letter) => letter.error, class: "why" },
        { name: "Again", of: again, class: "number" },
      ], letters, { open, empty: "None: every message was handled." }));
      if (total > letters.length) list.append(h("p", { class: "soft" }, `These are the oldest of ${total}.`));
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
    }
  }

  const again = (letter) => h("button", { disabled: !mayControl || !letter.can_replay, onclick: () => replay(letter), "aria-label": `Replay ${what(letter)}` }, "Replay…");

  async function replay(letter) {
    const consequences = [
      h("p", {}, `The message goes back to ${letter.queue}. ${letter.consequence}`),
      h("p", { class: "soft" }, `It died of: ${letter.error}. Where that has not been mended, it dies again.`),
    ];
    if (!(await confirmed(`Replay ${what(letter)}?`, "Yes, replay it", consequences))) return;
    said.className = "";
    said.textContent = `On its way to ${letter.queue}…`;
    try {
      const told = await post(`/control/replay/${letter.letter_id}`);
      said.className = told.died_again ? "problem" : "";
      said.textContent = told.died_again ? `${told.queue} could not handle it again: it is still listed.` : `Done: ${told.queue} has it again. The request is in the journal.`;
    } catch (error) {
      said.className = "problem";
      said.textContent = error.message;
    }
    await show();
  }

  function open(letter) {
    panel(what(letter), h("div", {},
      h("dl", { class: "facts" },
        h("dt", {}, "Died"), h("dd", {}, letter.died_at ? time(letter.died_at, { always: true }) : "not known"),
        h("dt", {}, "Queue"), h("dd", {}, letter.queue || "not known"),
        h("dt", {}, "Why"), h("dd", {}, letter.error),
        h("dt", {}, "Happened"), h("dd", {}, time(letter.happened_at, { always: true })),
        h("dt", {}, "A replay"), h("dd", {}, letter.consequence),
        h("dt", {}, "Letter"), h("dd", {}, h("code", {}, letter.letter_id))),
      h("h3", {}, "The message"), h("pre", { tabindex: "0" }, readable(letter.text))));
  }

  live.addEventListener("happened", ({ detail }) => (detail.type === "alarm.raised.v1" || detail.type === "replay.requested.v1") && show(), { signal });
  return { element: card("Dead letters", list, said), show };
}

function what(letter) {
  const name = [letter.action, letter.symbol, letter.timeframe].filter(Boolean).join(" ");
  return `${letter.message?.replace(/\.v\d+$/, "").replace(".", " ") ?? "no event"}${name ? `: ${name}` : ""}`;
}
