// api/openapi.yaml against the route table, and one good answer of every row. (Every answer of every test is held
// against the file, see contract.mjs; here nothing is left out.)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { contract, judge, operationOf, resolve } from "./contract.mjs";
import { INCIDENT, makePosts } from "./posts.mjs";

const table = readFileSync(new URL("../../src/http/route.c", import.meta.url), "utf8");
const METHODS = ["get", "post", "delete"];
const promised = Object.entries(contract.paths).flatMap(([path, row]) => METHODS.filter((m) => row[m]).map((m) => `${m.toUpperCase()} ${path}`));

let world, lv, by;
before(async () => {
  world = await makePosts(["lv", "by"]);
  [lv, by] = world.posts;
  await lv.start();
  for (const name of ["duty", "rep", "dpo"]) await lv.signIn(name);
});
after(() => world.end());

test("the file and the route table hold the same rows", () => {
  const served = [...table.matchAll(/\{(GET|POST|DELETE), "([^"]+)"/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(served.length > 20);
  assert.deepEqual([...promised].sort(), [...served].sort());
});

test("who is let in is told: 401 where somebody must be signed in, 403 where a mandate must stand", () => {
  for (const [, method, path, guard] of table.matchAll(/\{(GET|POST|DELETE), "([^"]+)", \w+, \w+, (\w+),/g)) {
    const { responses, security } = contract.paths[path][method.toLowerCase()];
    assert.equal("401" in responses, ["KNOWN", "SEATED"].includes(guard), path);
    assert.equal(security === undefined, ["KNOWN", "SEATED"].includes(guard), path);
    if (guard === "SEATED") assert.ok("403" in responses, path);
  }
});

test("every reference leads to something, and every row has a name, a summary and its parameters", () => {
  const follow = (node) => {
    if (node?.$ref) assert.ok(resolve(node), node.$ref);
    if (node && typeof node === "object") Object.values(node).forEach(follow);
  };
  follow(contract);
  const names = new Set();
  for (const row of promised) {
    const [method, path] = row.split(" ");
    const operation = contract.paths[path][method.toLowerCase()];
    assert.ok(operation.summary && operation.operationId && !names.has(operation.operationId), row);
    names.add(operation.operationId);
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual((operation.parameters ?? []).filter((p) => p.in === "path").map((p) => p.name), wanted, row);
    assert.equal(operationOf(method, path.replaceAll(/\{\w+\}/g, "x")), operation, row);
  }
});

test("the judge lets nothing pass that the schema does not say", () => {
  const fact = { ref: "lv:1", party: "lv", kind: "k", case: "", by: "lv.x", at: "2026-01-01T00:00:00Z", own: true, opening: 0, whole: true,
    late: false, refused: false, void: false, body: "", fields: { a: "b" }, hidden: 0 };
  const schema = { $ref: "#/components/schemas/Fact" };
  judge(schema, fact, "fact");
  for (const wrong of [{ ref: 1 }, { ref: "lv" }, { at: "today" }, { own: "yes" }, { opening: 1.5 }, { fields: { a: 1 } }, { fields: [] }, { more: 1 }, { party: undefined }])
    assert.throws(() => judge(schema, { ...fact, ...wrong }, "fact"), JSON.stringify(wrong));
});

test("every row gives a good answer of the promised shape", async () => {
  const seen = new Set();
  const ask = async (method, path, options = {}) => {
    const answer = await lv.call(method, path, { as: "rep", ...options });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.bytes}`);
    const url = path.startsWith("/") ? path : `/api/v1/${path}`;
    const operation = operationOf(method, url);
    seen.add(promised.find((row) => contract.paths[row.split(" ")[1]][row.split(" ")[0].toLowerCase()] === operation));
    return answer;
  };
  const fact = async (kind, number, fields, as = "rep") =>
    (await ask("POST", "facts", { as, body: { kind, case: number, fields } })).json;
  const made = await fact("incident.registered", "", { ...INCIDENT, "summary.lv": "Divas personas pārgāja līniju.", counterpart: "by" });
  await fact("notice.sent", made.case, { of: made.ref, "text.lv": "Lūdzam atbildēt." });
  const act = await fact("act.drafted", made.case, { doc: "DOC05", version: "1", "statement.1.lv": "Viens.", "statement.1.ru": "Один.", "conclusion.lv": "Tā.", "conclusion.ru": "Так." });
  await fact("checklist.answered", made.case, { list: "E2", item: "casts", answer: "not_possible", reason: "Lietus." });
  const person = await fact("person.recorded", made.case, { person: "p1", "name.latin": "A. Paraugs" });
  const release = { purpose: "identification", regime: "P0", basis: "agreement" };
  const drafts = [];
  for (let i = 0; i < 2; i++) drafts.push((await ask("POST", "releases", { body: { facts: [`${person.ref}.name.latin`], ...release } })).json.ref);
  await ask("GET", `releases/${drafts[0]}/preview`);
  await ask("POST", `releases/${drafts[0]}/approve`, { body: {} });
  await ask("POST", `releases/${drafts[0]}/approve`, { as: "dpo", body: {} });
  await ask("POST", `releases/${drafts[1]}/refuse`, { body: { reason: "not needed" } });
  await ask("POST", `facts/${person.ref}/recall`, { body: { ground: "an error" } });
  await by.start();
  await ask("POST", "exchange", { body: {} });
  for (const path of ["health", "texts/lv", "session", "me", "officers", "figures", "kinds", "pack", "cases?limit=5&offset=0", "exchange",
    `cases/${made.case}`, `cases/${made.case}/common`, `facts/${made.ref}`, `acts/${act.ref}.pdf?form=a`, "/", "/app.js", "/journal/checkpoint"])
    await ask("GET", path);
  const size = String((await ask("GET", "/journal/checkpoint")).bytes).split("\n")[1];
  await ask("GET", `/journal/tile/0/000.p/${size}`);
  for (let i = 0; i < 100 && (await lv.call("GET", `cases/${made.case}/dossier.zip`, { as: "rep" })).status !== 200; i++)
    await new Promise((done) => setTimeout(done, 100));
  await ask("GET", `cases/${made.case}/dossier.zip`);
  await ask("POST", "session", { as: undefined, body: { officer: "lv.duty", password: "secret lv.duty" } });
  await ask("DELETE", "session", { as: "duty" });
  const note = (await lv.call("GET", "/journal/checkpoint")).bytes;
  const ours = await by.peer("/witness/add-checkpoint", { identity: lv, body: Buffer.from(`old ${String(note).split("\n")[1]}\n\n${note}`) });
  assert.equal(ours.status, 200, String(ours.bytes));
  const rest = promised.filter((row) => !seen.has(row));
  assert.deepEqual(rest.sort(), ["POST /peer/v1/parcels", "POST /witness/add-checkpoint"], "their answers are judged where posts meet");
});

test("the journal is served as static files, without an officer", async () => {
  const checkpoint = await lv.call("GET", "/journal/checkpoint");
  assert.match(checkpoint.type, /^text\/plain/);
  assert.equal(checkpoint.headers["cache-control"], "no-cache");
  const [origin, size, root] = String(checkpoint.bytes).split("\n");
  assert.equal(origin, "lv.twinpost/journal");
  assert.equal(Buffer.from(root, "base64").length, 32);
  const tile = await lv.call("GET", `/journal/tile/0/000.p/${size}`);
  assert.equal(tile.bytes.length, 32 * Number(size));
  assert.equal(tile.type, "application/octet-stream");
  assert.match(tile.headers["cache-control"], /immutable/);
  const entries = await lv.call("GET", `/journal/tile/entries/000.p/${size}`);
  assert.equal(entries.bytes.length, 36 * Number(size), "an entry is two bytes of length and 34 of leaf");
  for (const path of ["0/000", `0/000.p/${Number(size) + 1}`, "0/000.p/0", "0/000.p/256", "0/001.p/1", "1/000.p/1", "64/000", "0/0", "0/x000/000", "x/000",
    "0/000.p/1/", "entries/000", "0/../../keys/tls.key", "0/..%2f..%2fkeys%2ftls.key", ""]) {
    const none = await lv.call("GET", `/journal/tile/${path}`);
    assert.equal(none.status, 404, path);
    assert.equal(none.headers["cache-control"], "no-store", path);
  }
  for (const path of ["/journal/checkpoint", `/journal/tile/0/000.p/${size}`]) {
    const refused = await lv.call("POST", path, { body: {} });
    assert.deepEqual([refused.status, refused.headers.allow], [405, "GET"]);
    const head = await lv.call("HEAD", path);
    assert.deepEqual([head.status, head.bytes.length], [200, 0]);
  }
});
