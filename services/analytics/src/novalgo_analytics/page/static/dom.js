// Builds elements. Text is always text: nothing that was sent is ever read as HTML.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "style") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function card(title, ...children) {
  const id = `t-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

export function nothing(text) {
  return h("p", { class: "none" }, text);
}

// `columns` are {name, of, class}; `of` gives a row's cell. A row is a link where `open` is given.
export function table(caption, columns, rows, { open, empty = "Nothing yet.", key } = {}) {
  if (!rows.length) return nothing(empty);
  const head = columns.map((column) => h("th", { scope: "col", class: column.class }, column.name));
  const body = rows.map((row) => {
    const cells = columns.map((column, number) => {
      const content = column.of(row);
      const cell = number === 0 && open ? h("button", { class: "rowlink", onclick: () => open(row) }, content) : content;
      return h("td", { class: column.class }, cell ?? "–");
    });
    const line = h("tr", { "data-key": key?.(row), class: open ? "opens" : null }, cells);
    if (open) line.addEventListener("click", (event) => event.target.closest("button, a") || open(row));
    return line;
  });
  const inner = h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, inner);
}

export function tiles(label, entries) {
  return h("dl", { class: "tiles", "aria-label": label }, entries.map(([name, value, note]) =>
    h("div", { class: "card" }, h("dt", {}, name), h("dd", {}, value, note ? h("span", { class: "note" }, note) : null))));
}

// Returns a function that acts once a frame, with what it was last given: however much happens, a page draws once.
export function onceAFrame(act) {
  let waiting = null;
  return (value) => {
    if (waiting === null) requestAnimationFrame(() => { const [last] = waiting; waiting = null; act(last); });
    waiting = [value];
  };
}

export function bar(part, tone = "accent") {
  const width = `${Math.max(0, Math.min(1, part)) * 100}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, h("span", { class: tone, style: { width } }));
}

export function choice(label, name, values, chosen, words = (value) => value) {
  const options = values.map((value) => h("option", { value, selected: value === chosen }, words(value)));
  return h("label", {}, h("span", {}, label), h("select", { name }, h("option", { value: "" }, "All"), options));
}

// A panel over the page; resolves when it is closed. On a phone it fills the screen.
export function panel(title, content, { onclose } = {}) {
  const close = h("button", { class: "quiet", "aria-label": "Close", autofocus: true }, "✕");
  const dialog = h("dialog", { class: "panel", "aria-labelledby": "panel-title" },
    h("div", { class: "panel-head" }, h("h2", { id: "panel-title" }, title), close), content);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); onclose?.(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
