// The bytes of HTTP as a hostile or clumsy client sends them, and the names and pages that may lead a browser here.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { makePosts, request } from "./posts.mjs";
import http from "node:http";

let world, lv;
before(async () => {
  world = await makePosts(["lv"], ["duty", "rep"]);
  [lv] = world.posts;
  await lv.start();
  await lv.signIn("rep");
});
after(() => world.end());

// Sends bytes as they are; gives every answer on the connection until it is closed or the time is over.
function raw(text, { from, ms = 5000 } = {}) {
  return new Promise((done, failed) => {
    const socket = connect({ host: "127.0.0.1", port: lv.port, localAddress: from });
    let got = "";
    const end = (why) => { clearTimeout(timer); socket.destroy(); done({ text: got, why, statuses: [...got.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1])) }); };
    const timer = setTimeout(() => end("time"), ms);
    socket.on("data", (piece) => { got += piece; });
    socket.on("close", () => end("closed"));
    socket.on("error", (error) => (got ? end("reset") : failed(error)));
    socket.write(text);
  });
}
const get = (path, more = "") => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;
const BODY = '{"kind":"letter.sent","case":"","fields":{"subject":"x","text.lv":"x"}}';
const post = (headers, body = BODY) =>
  `POST /api/v1/facts HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${lv.cookies.rep}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
// Without the judge, who knows only paths as the contract writes them.
const plain = (path) => request(http, { port: lv.port, method: "GET", path });
const size = async () => (await lv.get("rep", "figures")).journal_size;

test("a length that two readers could read in two ways ends in a refusal, and nothing after it is read", async () => {
  const before = await size();
  const hidden = get("/api/v1/health");
  for (const headers of [`Content-Length: ${BODY.length}\r\nContent-Length: ${BODY.length}\r\n`, `Content-Length: ${BODY.length}\r\nContent-Length: 0\r\n`,
    `Content-Length: ${BODY.length}\r\nTransfer-Encoding: chunked\r\n`, "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\nContent-Length: 3\r\n",
    "Transfer-Encoding : chunked\r\n", "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 5,5\r\n", "Content-Length: -1\r\n",
    "Content-Length: 99999999999999999999\r\n", ""]) {
    const answer = await raw(post(headers) + hidden, { ms: 3000 });
    assert.ok(answer.why !== "time" && answer.statuses.length > 0, JSON.stringify(headers));
    for (const status of answer.statuses) assert.ok([400, 411, 413].includes(status), `${JSON.stringify(headers)}: ${answer.statuses}`);
  }
  assert.equal(await size(), before, "nothing was stated");
});

test("a body that is shorter or longer than told is not taken", async () => {
  const before = await size();
  const short = await raw(post(`Content-Length: ${BODY.length + 10}\r\n`), { ms: 500 });
  assert.deepEqual(short.statuses, []);
  const long = await raw(post(`Content-Length: ${BODY.length - 5}\r\nConnection: close\r\n`), { ms: 2000 });
  assert.equal(long.statuses[0], 422);
  assert.equal(await size(), before);
});

test("several requests on one connection are answered in order", async () => {
  const answer = await raw(get("/api/v1/health") + get("/nothing") + get("/") + get("/api/v1/health", "Connection: close\r\n"));
  assert.deepEqual(answer.statuses, [200, 404, 200, 200]);
});

test("request lines and headers that are none end the connection, not the server", async () => {
  for (const text of ["\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "get / http/1.1\r\n\r\n", "\x00\x01\x02\r\n\r\n", `GET /${"a".repeat(40000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    get("/api/v1/health", `X-Long: ${"b".repeat(40000)}\r\n`), get("/api/v1/health", "X-Many: 1\r\n".repeat(5000)), "GET / HTTP/1.1\r\n\r\n",
    "GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n folded: yes\r\n\r\n"]) {
    const answer = await raw(text, { ms: 1000 }).catch(() => ({ statuses: [] }));
    for (const status of answer.statuses) assert.ok(status >= 400 && status < 600 || status === 200, `${JSON.stringify(text.slice(0, 30))}: ${status}`);
    for (const status of answer.statuses.filter(() => text.length > 20000)) assert.ok(status >= 400, `${status}`);
  }
  assert.equal((await lv.call("GET", "health")).status, 200);
});

test("paths are read once: escapes, dots and a NUL lead nowhere else", async () => {
  for (const [path, status] of [["/api/v1/%68ealth", 200], ["/api/v1/health%00", 404], ["/%00", 404], ["/api/v1/health/", 404], ["/api/v1//health", 404],
    ["//api/v1/health", 404], ["/api/v1/./health", 404], ["/api/v1/x/../health", 404], ["/api/v1/%2e%2e/health", 404], ["/api/v1/%2fhealth", 404],
    ["/api/v1/%252e", 404], ["/api/v1/health%", 404], ["/api/v1/health%zz", 404], ["/api/v1/health?x=%00", 200], ["/API/v1/health", 404],
    ["/app.js%2f..%2findex.html", 404], ["/..%5c..%5ckeys", 404], ["/style.css", 200]])
    assert.equal((await plain(path)).status, status, path);
  const absolute = await raw(`GET http://evil.example/api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  assert.ok(absolute.statuses.every((s) => s >= 400), `${absolute.statuses}`);
});

test("HEAD answers as GET does, without the body; other methods say so", async () => {
  for (const path of ["/", "/api/v1/health", "/nothing", "/api/v1/cases"]) {
    const [a, b] = [await lv.call("GET", path, { as: "rep" }), await lv.call("HEAD", path, { as: "rep" })];
    assert.deepEqual([b.status, b.type, b.bytes.length, b.headers["content-length"]], [a.status, a.type, 0, a.headers["content-length"]], path);
  }
  for (const method of ["PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) {
    const { status, type, json } = await lv.call(method, "health");
    assert.deepEqual([status, type, json.code], [501, "application/problem+json", "usage"], method);
  }
});

test("a name that somebody else owns does not lead a browser to this post", async () => {
  const at = (host, more = {}) => lv.call("GET", "health", { headers: { Host: host, ...more } });
  for (const host of ["127.0.0.1", `127.0.0.1:${lv.port}`, "localhost", `localhost:${lv.port}`, "[::1]", "[::1]:80", "192.0.2.7:8401"]) assert.equal((await at(host)).status, 200, host);
  for (const host of ["evil.example", `evil.example:${lv.port}`, "127.0.0.1.evil.example", "localhost.evil.example", "[evil]", "1", "0x7f.1", "127.0.0.1:80:80x"]) {
    const answer = await at(host);
    assert.deepEqual([answer.status, answer.json.code], [421, "role"], host);
  }
  assert.equal((await lv.call("GET", "/", { headers: { Host: "evil.example" } })).status, 421, "not even the page");
});

test("behind a TLS proxy the public name is believed, the cookie is for TLS alone, and http pages are not ours", async () => {
  await lv.stop();
  await lv.start(["--public", "https://post.example"]);
  const body = { officer: "lv.rep", password: "secret lv.rep" };
  const own = { Host: "post.example", Origin: "https://post.example" };
  const seen = await lv.call("POST", "session", { body, headers: own });
  assert.equal(seen.status, 200);
  assert.match(seen.headers["set-cookie"][0], /; Secure(;|$)/);
  const cookie = seen.headers["set-cookie"][0].split(";")[0];
  const letter = { kind: "letter.sent", case: "", fields: { subject: "x", "text.lv": "x", "text.ru": "x" } };
  const state = async (headers) => (await lv.call("POST", "facts", { body: letter, headers: { Cookie: cookie, ...headers } })).status;
  assert.equal(await state(own), 201);
  assert.equal(await state({ ...own, Host: `127.0.0.1:${lv.port}` }), 201, "a proxy may keep its own name for us");
  for (const headers of [{ Origin: "http://post.example" }, { Origin: "https://post.example:444" }, { Origin: "https://evil.example" }, { Origin: `http://127.0.0.1:${lv.port}`, Host: `127.0.0.1:${lv.port}` },
    { Origin: "https://post.example.evil.example" }, { Origin: "null" }, { "Sec-Fetch-Site": "same-site" }])
    assert.equal(await state({ ...own, ...headers }), 403, JSON.stringify(headers));
  await lv.stop();
  await lv.start();
  await lv.signIn("rep");
});

test("clients that say nothing, or a byte at a time, keep nobody else out", async () => {
  const idle = [];
  for (let i = 0; i < 300; i++) {
    const socket = connect({ host: "127.0.0.1", port: lv.port, localAddress: "127.0.0.9" });
    socket.on("error", () => {});
    socket.write(i % 3 ? "GET / HT" : "");
    idle.push(socket);
  }
  await new Promise((done) => setTimeout(done, 500));
  const begun = Date.now();
  for (let i = 0; i < 20; i++) assert.equal((await lv.call("GET", "cases", { as: "rep" })).status, 200);
  assert.ok(Date.now() - begun < 5000);
  idle.forEach((socket) => socket.destroy());
});

test("a flood of wrong passwords leaves room for those who work", async () => {
  const first = Date.now();
  await lv.signIn("rep");
  const one = Date.now() - first;
  const flood = Array.from({ length: 40 }, (_, i) => request(http, { port: lv.port, method: "POST", path: "/api/v1/session", headers: { "Content-Type": "application/json" } },
    JSON.stringify({ officer: `lv.nobody${i}`, password: "guess" })));
  const begun = Date.now();
  for (let i = 0; i < 10; i++) assert.equal((await lv.call("GET", "figures", { as: "rep" })).status, 200);
  const worked = Date.now() - begun;
  const answers = await Promise.all(flood);
  assert.ok(answers.every(({ status }) => [403, 503].includes(status)), `${answers.map((a) => a.status)}`);
  assert.ok(answers.filter((a) => a.status === 503).every((a) => a.headers["retry-after"] === "1"));
  assert.ok(worked < 10 * 2 * one + 2000, `${worked} ms for ten requests, ${one} ms for a password`);
});
