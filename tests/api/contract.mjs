// api/openapi.yaml as a judge: every answer that a test gets from a post must be one that the file promises.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../api/openapi.yaml", import.meta.url));
const toJson = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout)";
export const contract = JSON.parse(execFileSync("python3", ["-c", toJson, file], { encoding: "utf8", maxBuffer: 16e6 }));

const RULES = new Set(["type", "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "enum", "const",
  "pattern", "minimum", "format", "description"]);
const KINDS = {
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v), array: Array.isArray, string: (v) => typeof v === "string",
  integer: Number.isInteger, boolean: (v) => typeof v === "boolean",
};

export function resolve(node) {
  return node?.$ref ? resolve(node.$ref.slice(2).split("/").reduce((at, key) => at[key], contract)) : node;
}

// The schema words that the file uses; a word that is not known here fails, so that none is passed over.
export function judge(schema, value, place) {
  const s = resolve(schema);
  for (const word of Object.keys(s)) assert.ok(RULES.has(word), `${place}: the schema says ${word}`);
  if (s.const !== undefined) assert.equal(value, s.const, place);
  if (s.enum) assert.ok(s.enum.includes(value), `${place}: ${value} is none of ${s.enum}`);
  if (s.type) assert.ok(KINDS[s.type](value), `${place}: ${JSON.stringify(value)} is no ${s.type}`);
  if (s.pattern) assert.match(value, new RegExp(s.pattern, "u"), place);
  if (s.format === "date-time") assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, place);
  if (s.minimum !== undefined) assert.ok(value >= s.minimum, place);
  if (Array.isArray(value)) value.forEach((item, i) => s.items && judge(s.items, item, `${place}/${i}`));
  if (!KINDS.object(value)) return;
  for (const key of s.required ?? []) assert.ok(key in value, `${place} lacks ${key}`);
  for (const [key, item] of Object.entries(value)) {
    if (s.properties?.[key]) judge(s.properties[key], item, `${place}/${key}`);
    else if (KINDS.object(s.additionalProperties)) judge(s.additionalProperties, item, `${place}/${key}`);
    else assert.notEqual(s.additionalProperties, false, `${place} has ${key}`);
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const patterns = Object.keys(contract.paths).map((path) => [path, new RegExp(`^${path.split(/\{\w+\}/).map(escaped).join(path.endsWith("/{path}") ? ".+" : "[^/]+")}$`)])
  .sort(([a], [b]) => b.length - a.length);

export function operationOf(method, url) {
  const path = url.split("?")[0];
  const found = patterns.find(([template, pattern]) => pattern.test(path) && (template !== "/{path}" || !path.startsWith("/api/")));
  return found && contract.paths[found[0]][method.toLowerCase()];
}

// What may come back whatever was asked: at the door, before a row of the table is looked at.
const DOOR = new Set([400, 403, 404, 405, 411, 413, 421, 501]);

export function judgeAnswer(method, url, { status, type, bytes, json }) {
  const place = `${method} ${url} ${status}`;
  const operation = operationOf(method === "HEAD" ? "GET" : method, url);
  const promised = resolve(operation?.responses?.[status]);
  if (!promised) {
    assert.ok(DOOR.has(status) && type === "application/problem+json", `${place} is not promised`);
    if (method !== "HEAD") judge({ $ref: "#/components/schemas/Problem" }, json, place);
    return;
  }
  const [media, content] = Object.entries(promised.content ?? {}).find(([name]) => type.startsWith(name)) ?? [];
  // The page's files have types of their own.
  if (media === undefined) return assert.ok(url === "/" || operation.tags.includes("page"), `${place} is ${type}`);
  if (content.schema && method !== "HEAD") judge(content.schema, json, place);
  if (method === "HEAD") assert.equal(bytes.length, 0, place);
}
