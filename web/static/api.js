// Calls the post. A refusal becomes a Problem with the reason code; texts say the rest.
export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function call(method, path, body) {
  const options = { method, headers: {}, credentials: "same-origin" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0, "link", "");
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, content.code ?? "internal", content.detail ?? "");
  return content;
}

export const get = (path) => call("GET", `/api/v1/${path}`);
export const post = (path, body) => call("POST", `/api/v1/${path}`, body);
export const remove = (path) => call("DELETE", `/api/v1/${path}`);

export const addFact = (kind, number, fields) =>
  post("facts", { kind, case: number, fields });
