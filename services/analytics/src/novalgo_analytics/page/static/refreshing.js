// A view that is made anew after something happened, at most every few seconds, and at least every half minute.
const REST = 4000;
const ANYWAY = 30_000;

export async function refreshing(frame, { live, signal }, make) {
  let waiting = null;
  let made = Date.now();
  const render = (parts) => {
    const at = document.activeElement && frame.contains(document.activeElement) ? document.activeElement.id : "";
    frame.replaceChildren(...parts.filter(Boolean));
    if (at) document.getElementById(at)?.focus();
  };
  const refresh = async () => {
    waiting = null;
    if (frame.querySelector(":focus-visible, details[open]")) return;
    made = Date.now();
    try {
      render(await make(signal));
    } catch (error) {
      if (error.name !== "AbortError") soon();
    }
  };
  const soon = () => { waiting ??= setTimeout(refresh, Math.max(0, REST - (Date.now() - made))); };
  live.addEventListener("happened", soon, { signal });
  live.addEventListener("state", () => live.state === "live" && soon(), { signal });
  const anyway = setInterval(soon, ANYWAY);
  signal.addEventListener("abort", () => { clearInterval(anyway); clearTimeout(waiting); });
  render(await make(signal));
}
