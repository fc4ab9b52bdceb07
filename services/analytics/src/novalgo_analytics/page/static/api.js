// Asks the API. A refusal becomes an Error that says what to do.
export async function ask(path, query = {}, options = {}) {
  const url = new URL(`/api/v1${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  let answer;
  try {
    answer = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("Analytics does not answer. The page tries again by itself.");
  }
  if (answer.status === 401 && options.method === undefined) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return new Promise(() => {});
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(typeof body.detail === "string" ? body.detail : body.error ?? `The answer was ${answer.status}.`);
  return body;
}

// Asks again and again. An answer that a later question has overtaken is null.
export function newest(question) {
  let asked = 0;
  return async () => {
    const mine = ++asked;
    const answer = await question();
    return mine === asked ? answer : null;
  };
}

export function post(path, body = {}) {
  return ask(path, {}, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
