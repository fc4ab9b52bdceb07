// The stream of events. Each comes once and in order, over lost connections and restarts: the browser, or this module
// where the browser gave up, names the last id, and the server goes on behind it. An answer of the API may be of before an
// event that the page has already heard: who shows one hears `since` again what came while it was on its way.
const SILENCE = 25_000;
const AGAIN = 1500;
const REMEMBERED = 1000;

export class Live extends EventTarget {
  constructor() {
    super();
    this.last = null;
    this.recent = [];
    this.state = "connecting";
  }

  start(position) {
    this.last = position;
    this.connect();
    setInterval(() => this.check(), 5000);
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
  }

  connect() {
    this.source?.close();
    clearTimeout(this.retry);
    this.heard = Date.now();
    const source = (this.source = new EventSource(`/api/v1/live?after=${this.last}`));
    source.onopen = () => this.become("live");
    source.onmessage = (message) => this.take(message);
    source.addEventListener("reset", (message) => {
      this.last = Number(message.lastEventId);
      this.tell("reset");
    });
    source.addEventListener("notice", () => this.tell("notice"));
    source.addEventListener("beat", () => (this.heard = Date.now()));
    source.onerror = () => {
      this.become("lost");
      if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(() => this.connect(), AGAIN);
    };
  }

  take(message) {
    this.heard = Date.now();
    const position = Number(message.lastEventId);
    if (position <= this.last) return;
    this.last = position;
    const detail = { position, ...JSON.parse(message.data) };
    this.recent = [...this.recent.slice(1 - REMEMBERED), detail];
    this.dispatchEvent(new CustomEvent("happened", { detail }));
  }

  since(position) {
    return this.recent.filter((detail) => detail.position > position);
  }

  check() {
    if (Date.now() - this.heard > SILENCE) {
      this.become("lost");
      this.connect();
    }
  }

  tell(what) {
    this.heard = Date.now();
    this.dispatchEvent(new CustomEvent(what));
  }

  become(state) {
    const before = this.state;
    this.state = state;
    if (before !== state) this.dispatchEvent(new CustomEvent("state", { detail: { before } }));
  }
}
