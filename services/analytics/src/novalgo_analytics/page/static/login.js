// Trades an API key for a cookie, and goes on to where the visitor wanted to be.
const form = document.getElementById("login");
const problem = document.getElementById("problem");

function wanted() {
  const next = new URLSearchParams(location.search).get("next") || "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : "/";
}

async function session() {
  const answer = await fetch("/api/v1/session");
  return answer.ok ? answer.json() : { scope: null };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key: form.key.value }),
  }).catch(() => null);
  if (answer === null) {
    problem.textContent = "Analytics does not answer. Is it running?";
  } else if (!answer.ok) {
    problem.textContent = (await answer.json()).detail;
    form.key.select();
  } else if ((await session()).name === null) {
    problem.textContent =
      "The key is right, but the browser kept no cookie: it keeps one over HTTPS, and on the machine itself.";
  } else {
    location.replace(wanted());
  }
});

// A link from a mail comes without the cookie of a stricter site: ask again from here.
if ((await session()).name !== null) location.replace(wanted());
