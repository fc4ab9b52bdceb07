// Where the owner is told, and a message to try it.
import { ask, post } from "./api.js";
import { confirmed } from "./confirm.js";
import { card, h, table } from "./dom.js";

export function notifications({ signal, mayControl }) {
  const list = h("div", {});
  const said = h("p", { role: "status" });
  let channels = [];
  const button = h("button", { disabled: !mayControl, onclick: test }, "Send a test…");

  function render() {
    list.replaceChildren(table("Channels", [
      { name: "Channel", of: (channel) => channel.name },
      { name: "From the level", of: (channel) => channel.least },
      { name: "The test", of: (channel) => (channel.took === undefined ? "not tried here" : h("span", { class: `badge ${channel.took ? "up" : "down"}` }, channel.took ? "took it" : "did not take it")) },
    ], channels, { empty: "No channel." }));
  }

  async function show() {
    try {
      ({ channels } = await ask("/alerts", {}, { signal }));
      render();
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
    }
  }

  async function test() {
    const names = channels.map((channel) => h("li", {}, channel.name));
    const consequences = [h("p", {}, "One message that says that nothing is wrong goes to:"), h("ul", {}, names)];
    if (!(await confirmed("Send a test?", "Yes, send it", consequences))) return;
    button.disabled = true;
    said.className = "";
    said.textContent = "Sending…";
    try {
      const told = await post("/alerts/test");
      channels = told.channels;
      const bad = channels.filter((channel) => !channel.took).length;
      said.className = bad || told.problem ? "problem" : "";
      said.textContent = told.problem ?? (bad ? `${bad} did not take it: look at NOVALGO_NOTIFY_URLS, or at the service.` : "Every channel took it. The request is in the journal.");
      render();
    } catch (error) {
      said.className = "problem";
      said.textContent = error.message;
    }
    button.disabled = false;
  }

  return { element: card("Notifications", list, h("p", { class: "actions" }, button), said), show };
}
