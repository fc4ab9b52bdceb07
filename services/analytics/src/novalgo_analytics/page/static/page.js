// The frame: who is logged in, which view is open, and whether the page is live.
import { ask } from "./api.js";
import { h } from "./dom.js";
import { Live } from "./live.js";

const VIEWS = ["overview", "signals", "books", "performance", "trades", "execution", "control"];
const STATES = { connecting: ["grey", "Connecting"], live: ["green", "Live"], lost: ["red", "Connecting again"] };
const place = document.getElementById("view");
const live = new Live();
let session = { scope: null, name: null };
let open = null;

function nameOf(path) {
  const name = path.replace(/^\//, "") || "overview";
  return VIEWS.includes(name) ? name : "overview";
}

function go(path) {
  history.pushState({}, "", path);
  return show();
}

async function show() {
  const name = nameOf(location.pathname);
  open?.leave.abort();
  const leave = new AbortController();
  const mine = (open = { name, leave });
  document.title = `${name === "overview" ? "" : `${name.charAt(0).toUpperCase()}${name.slice(1)} · `}NovAlgo`;
  for (const link of document.querySelectorAll("#nav a")) {
    if (nameOf(new URL(link.href).pathname) === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.querySelector("#nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  place.setAttribute("aria-busy", "true");
  try {
    const view = await import(`/static/views/${name}.js`);
    if (mine !== open) return;
    const frame = h("div", { class: `view ${name}` });
    const context = { live, session, go, signal: leave.signal, query: new URLSearchParams(location.search) };
    place.replaceChildren(frame, h("p", { class: "soft wait" }, "Loading…"));
    await view.show(frame, context);
    if (mine === open) place.replaceChildren(frame);
  } catch (error) {
    if (error.name === "AbortError" || mine !== open) return;
    place.replaceChildren(h("div", { class: "card problem", role: "alert" }, h("h1", {}, "This view could not be loaded"), h("p", {}, error.message), h("button", { class: "main", onclick: show }, "Try again")));
  } finally {
    if (mine === open) place.removeAttribute("aria-busy");
  }
}

function showState() {
  const [tone, word] = STATES[live.state];
  const shown = document.getElementById("live");
  shown.querySelector(".dot").className = `dot ${tone}`;
  shown.querySelector(".word").textContent = word;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.getAttribute("href")).then(() => place.focus({ preventScroll: true }));
  scrollTo(0, 0);
});
addEventListener("popstate", show);
live.addEventListener("state", showState);
live.addEventListener("reset", show);
document.getElementById("logout").addEventListener("click", async () => {
  await ask("/session", {}, { method: "DELETE" });
  location.assign("/login");
});

session = await ask("/session");
document.getElementById("logout").hidden = session.name === null;
document.getElementById("login").hidden = session.name !== null;
live.start(session.position);
await show();
