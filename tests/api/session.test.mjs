// Signing in, staying signed in, and everything that must be turned away at the door.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { makePosts, request } from "./posts.mjs";

let world, lv;
before(async () => {
  world = await makePosts(["lv"], ["duty", "rep", "idle"]);
  [lv] = world.posts;
  await lv.start();
});
after(() => world.end());

const isProblem = (answer, status, code) => {
  assert.equal(answer.status, status, String(answer.bytes));
  assert.equal(answer.type, "application/problem+json");
  assert.equal(answer.json.code, code);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.type, `urn:twinpost:reason:${code}`);
  assert.ok(answer.json.title.length > 0 && answer.json.detail.length > 0);
};

test("nobody is let in without signing in", async () => {
  for (const path of ["me", "cases", "figures", "officers", "kinds", "pack", "exchange", "facts/lv:0", "cases/LV-2026-AAAA/dossier.zip"])
    isProblem(await lv.call("GET", path), 401, "session");
  isProblem(await lv.call("POST", "facts", { body: { kind: "letter.sent", case: "", fields: {} } }), 401, "session");
});

test("a password opens a session whose cookie no script and no other site can use", async () => {
  const answer = await lv.signIn("duty");
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json.roles, ["R7"]);
  const cookie = answer.headers["set-cookie"][0];
  assert.match(cookie, /^twinpost_lv=[0-9a-f]{64}; /);
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  assert.equal((await lv.get("duty", "me")).officer, "lv.duty");
});

test("an id that was not given out opens nothing", async () => {
  for (const id of ["0".repeat(64), "", "x", "../../etc"])
    isProblem(await lv.call("GET", "me", { headers: { Cookie: `twinpost_lv=${id}` } }), 401, "session");
});

test("signing out ends the session at once", async () => {
  await lv.signIn("duty");
  assert.equal((await lv.call("DELETE", "session", { as: "duty" })).status, 200);
  isProblem(await lv.call("GET", "me", { as: "duty" }), 401, "session");
});

test("an officer without a mandate may sign in and see nothing", async () => {
  assert.deepEqual((await lv.signIn("idle")).json.roles, []);
  assert.equal((await lv.get("idle", "me")).officer, "lv.idle");
  for (const path of ["cases", "figures", "officers", "pack"]) isProblem(await lv.call("GET", path, { as: "idle" }), 403, "mandate");
  isProblem(await lv.call("POST", "facts", { as: "idle", body: {} }), 403, "mandate");
  assert.equal((await lv.call("DELETE", "session", { as: "idle" })).status, 200);
});

test("a wrong password and an unknown officer get the same words", async () => {
  const wrong = await lv.signIn("rep", "no");
  const unknown = await lv.call("POST", "session", { body: { officer: "lv.nobody", password: "no" } });
  isProblem(wrong, 403, "role");
  isProblem(unknown, 403, "role");
  assert.equal(wrong.json.detail, unknown.json.detail);
});

test("after five wrong passwords even the right one has to wait", async () => {
  for (let i = 0; i < 5; i++) await lv.call("POST", "session", { body: { officer: "lv.guess", password: `${i}` } });
  const answer = await lv.call("POST", "session", { body: { officer: "lv.guess", password: "right" } });
  isProblem(answer, 429, "busy");
  assert.ok(Number(answer.headers["retry-after"]) > 0);
  assert.equal((await lv.signIn("duty")).status, 200, "others are not shut out");
});

test("another site's page changes nothing, even with the cookie", async () => {
  await lv.signIn("duty");
  const body = { kind: "incident.registered", case: "", fields: {} };
  for (const headers of [{ Origin: "https://evil.example" }, { Origin: "null" }, { "Sec-Fetch-Site": "cross-site" }])
    isProblem(await lv.call("POST", "facts", { as: "duty", body, headers }), 403, "role");
  isProblem(await lv.call("POST", "facts", { as: "duty", body, headers: { "Content-Type": "text/plain" } }), 415, "usage");
  const own = await lv.call("POST", "facts", { as: "duty", body, headers: { Origin: `http://127.0.0.1:${lv.port}` } });
  isProblem(own, 422, "schema");
});

test("bodies are strict and bounded", async () => {
  await lv.signIn("duty");
  await lv.signIn("rep");
  const raw = (text, headers = {}) => request(http, { port: lv.port, method: "POST", path: "/api/v1/facts",
    headers: { Cookie: lv.cookies.duty, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers } }, text);
  isProblem(await raw("{"), 422, "schema");
  isProblem(await raw('{"kind":"x","kind":"y"}'), 422, "schema");
  isProblem(await raw('{"kind":"x","fields":{},"more":1}'), 422, "schema");
  isProblem(await raw('{"kind":"x","fields":{"a":1}}'), 422, "schema");
  const before = (await lv.get("duty", "figures")).journal_size;
  for (const wrong of ['"case":5', '"case":null', '"password":{}'])
    isProblem(await raw(`{"kind":"letter.sent","fields":{"subject":"x"},${wrong}}`), 422, "schema");
  for (const [path, body] of [["exchange", { to: 5 }], ["releases", { facts: ["lv:1"], purpose: 5 }]])
    isProblem(await lv.call("POST", path, { as: "rep", body }), 422, "schema");
  assert.equal((await lv.get("duty", "figures")).journal_size, before, "no letter left without its case");
  isProblem(await raw("[".repeat(1000)), 413, "limit");
  isProblem(await raw("", { "Content-Length": 300 * 1024 }), 413, "limit");
  isProblem(await request(http, { port: lv.port, method: "POST", path: "/api/v1/facts",
    headers: { Cookie: lv.cookies.duty, "Content-Type": "application/json", "Transfer-Encoding": "chunked" } }, "{}"), 400, "usage");
});

test("what is not served says so", async () => {
  isProblem(await lv.call("GET", "/api/v1/nothing"), 404, "not_found");
  isProblem(await lv.call("GET", "/../../etc/passwd"), 404, "not_found");
  isProblem(await lv.call("GET", "/%2e%2e/keys/tls.key"), 404, "not_found");
  isProblem(await lv.call("GET", "/api/v1/texts/..%2fpack"), 404, "not_found");
  const wrong = await lv.call("DELETE", "cases");
  isProblem(wrong, 405, "usage");
  assert.equal(wrong.headers.allow, "GET");
  isProblem(await lv.call("PUT", "cases"), 501, "usage");
  isProblem(await lv.call("POST", "/peer/v1/parcels", { body: {} }), 404, "not_found");
});

test("every answer forbids framing, sniffing, foreign sources and keeping", async () => {
  for (const path of ["/", "/api/v1/me", "/api/v1/health", "/nothing"]) {
    const { headers } = await lv.call("GET", path);
    assert.match(headers["content-security-policy"], /default-src 'self'.*frame-ancestors 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.ok(["no-store", "no-cache"].includes(headers["cache-control"]));
  }
});

test("the page and its texts are served by the program itself", async () => {
  const page = await lv.call("GET", "/");
  assert.equal(page.status, 200);
  assert.match(page.type, /^text\/html/);
  for (const [, file] of String(page.bytes).matchAll(/(?:src|href)="(\/[^"]+)"/g))
    assert.equal((await lv.call("GET", file)).status, 200, file);
  for (const language of ["lv", "be", "ru", "en"])
    assert.equal((await lv.call("GET", `texts/${language}`)).json.language, language);
});

test("SIGTERM ends the server in order", async () => {
  const { code, signal } = await lv.stop();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  await lv.start();
  isProblem(await lv.call("GET", "me", { as: "duty" }), 401, "session");
});
