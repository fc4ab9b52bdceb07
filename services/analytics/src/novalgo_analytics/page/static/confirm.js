// Asks before something is done, and says what will happen. Resolves to whether the answer was yes.
import { h } from "./dom.js";

export function confirmed(title, yes, consequences, { danger = false } = {}) {
  return new Promise((resolve) => {
    const no = h("button", { autofocus: true }, "Cancel");
    const go = h("button", { class: danger ? "danger" : "main" }, yes);
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title" },
      h("h2", { id: "confirm-title" }, title), consequences, h("div", { class: "buttons" }, no, go));
    let answer = false;
    go.addEventListener("click", () => { answer = true; dialog.close(); });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
