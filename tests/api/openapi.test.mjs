// api/openapi.yaml against the route table, and real answers against its schemas.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { INCIDENT, makePosts } from "./posts.mjs";

const source = readFileSync(new URL("../../api/openapi.yaml", import.meta.url), "utf8");
const table = readFileSync(new URL("../../src/http/route.c", import.meta.url), "utf8");

// The file keeps to one way of writing schemas, so that this is enough to read them.
function readSchemas() {
  const schemas = {};
  let name, part;
  for (const line of source.slice(source.indexOf("\n  schemas:")).split("\n")) {
    const found = /^( *)([\w]+): ?(.*)$/.exec(line);
    if (!found) continue;
    const [, { length: depth }, key, rest] = found;
    if (depth === 4) schemas[(name = key)] = { required: [], properties: {}, open: true };
    else if (depth === 6) {
      part = key;
      if (key === "required") schemas[name].required = rest.slice(1, -1).split(", ");
      if (key === "additionalProperties") schemas[name].open = rest !== "false";
    } else if (depth === 8 && part === "properties") schemas[name].properties[key] = rest;
  }
  return schemas;
}

const schemas = readSchemas();

function check(type, value, place) {
  const ref = /#\/components\/schemas\/(\w+)/.exec(type)?.[1];
  if (type.startsWith("{type: array")) {
    assert.ok(Array.isArray(value), place);
    const items = type.slice("{type: array, items: ".length, -1);
    value.forEach((item, i) => check(items, item, `${place}/${i}`));
  } else if (type.startsWith("{type: object, additionalProperties: ")) {
    const of = type.slice("{type: object, additionalProperties: ".length, -1);
    for (const [key, item] of Object.entries(value)) check(of, item, `${place}/${key}`);
  } else if (ref === "State") assert.match(value, /^[A-Z_]+$/, place);
  else if (ref) checkSchema(ref, value, place);
  else if (type.startsWith("{type: string")) assert.equal(typeof value, "string", place);
  else if (type.startsWith("{type: integer")) assert.ok(Number.isInteger(value), place);
  else if (type.startsWith("{type: boolean")) assert.equal(typeof value, "boolean", place);
}

function checkSchema(name, value, place = name) {
  const schema = schemas[name];
  for (const key of schema.required) assert.ok(key in value, `${place} lacks ${key}`);
  for (const [key, item] of Object.entries(value)) {
    if (!(key in schema.properties)) assert.ok(schema.open, `${place} has ${key}`);
    else check(schema.properties[key], item, `${place}/${key}`);
  }
}

let world, lv;
before(async () => {
  world = await makePosts(["lv", "by"], ["duty", "rep"]);
  [lv] = world.posts;
  await lv.start();
  await lv.signIn("rep");
});
after(() => world.end());

test("the file and the route table hold the same rows", () => {
  const served = [...table.matchAll(/\{(GET|POST|DELETE), "([^"]+)"/g)].map(([, method, path]) => `${method} ${path}`);
  const promised = [];
  let path;
  for (const line of source.slice(source.indexOf("\npaths:"), source.indexOf("\ncomponents:")).split("\n")) {
    path = /^ {2}"?(\/[^":]*)"?:$/.exec(line)?.[1] ?? path;
    const method = /^ {4}(get|post|delete):$/.exec(line)?.[1];
    if (method) promised.push(`${method.toUpperCase()} ${path}`);
  }
  assert.ok(served.length > 20);
  assert.deepEqual([...promised].sort(), [...served].sort());
});

test("every reference leads to something", () => {
  for (const [, part, name] of source.matchAll(/#\/components\/(\w+)\/(\w+)/g)) {
    const from = source.slice(source.indexOf(`\n  ${part}:\n`));
    assert.match(from, new RegExp(`\\n    ${name}:`), `${part}/${name}`);
  }
});

test("real answers have the shape that is promised", async () => {
  checkSchema("Health", (await lv.call("GET", "health")).json);
  checkSchema("Session", (await lv.call("GET", "session")).json);
  checkSchema("Problem", (await lv.call("GET", "me")).json);
  const made = await lv.state("rep", "incident.registered", "", { ...INCIDENT, "summary.lv": "Divas personas pārgāja līniju.", counterpart: "by" });
  checkSchema("Result", made);
  await lv.state("rep", "notice.sent", made.case, { of: made.ref, "text.lv": "Lūdzam atbildēt." });
  await lv.state("rep", "act.drafted", made.case, { doc: "DOC05", version: "1", "statement.1.lv": "Viens.", "statement.1.ru": "Один.", "conclusion.lv": "Tā.", "conclusion.ru": "Так." });
  for (const [path, schema] of [["me", "Me"], ["session", "Session"], ["officers", "Officers"], ["figures", "Figures"], ["kinds", "Kinds"], ["pack", "Pack"],
    ["cases", "Cases"], ["exchange", "Exchange"], ["texts/lv", "Texts"], [`cases/${made.case}`, "Case"], [`cases/${made.case}/common`, "Common"],
    [`facts/${made.ref}`, "Fact"]])
    checkSchema(schema, await lv.get("rep", path));
  assert.equal((await lv.get("rep", `cases/${made.case}`)).acts.length, 1);
});

test("the journal is served as static files, without an officer", async () => {
  const checkpoint = await lv.call("GET", "/journal/checkpoint");
  assert.equal(checkpoint.status, 200, String(checkpoint.bytes));
  const [origin, size, root] = String(checkpoint.bytes).split("\n");
  assert.equal(origin, "lv.twinpost/journal");
  assert.equal(Buffer.from(root, "base64").length, 32);
  const tile = await lv.call("GET", `/journal/tile/0/000.p/${size}`);
  assert.equal(tile.bytes.length, 32 * Number(size));
  assert.match(tile.headers["cache-control"], /immutable/);
  assert.equal((await lv.call("GET", "/journal/tile/0/../../keys/tls.key")).status, 404);
});
