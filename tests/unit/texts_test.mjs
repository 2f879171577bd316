// texts_test.mjs CATALOGUE.ts PACKS: the module made for TypeScript says what packs/texts says, and
// plural forms are those that CLDR has for the language, as this JavaScript engine knows them.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import test from "node:test";

const [module, packs] = process.argv.slice(2);
const source = readFileSync(module, "utf8");
const [data, types] = source.split("// ---- types ----");
const { catalogues } = await import(`data:text/javascript,${encodeURIComponent(data)}`);
const texts = Object.fromEntries(
  readdirSync(`${packs}/texts`).filter((name) => name.endsWith(".json")).map((name) => {
    const file = JSON.parse(readFileSync(`${packs}/texts/${name}`, "utf8"));
    return [file.language, file.texts];
  }),
);

test("the module has every text of every language", () => {
  assert.deepEqual(Object.keys(catalogues).sort(), ["be", "en", "lv", "ru"]);
  assert.deepEqual({ ...catalogues }, texts);
});

test("every key has a type with its gaps", () => {
  for (const [key, value] of Object.entries(texts.en)) {
    const row = types.split("\n").find((line) => line.startsWith(`  ${JSON.stringify(key)}: {`));
    assert.ok(row, key);
    for (const [, gap] of JSON.stringify(value).matchAll(/\{(\w+)\}/g)) assert.ok(row.includes(` ${gap}: `), key);
  }
});

test("plural forms are those of CLDR", () => {
  for (const [language, list] of Object.entries(texts)) {
    const rules = new Intl.PluralRules(language);
    assert.equal(rules.resolvedOptions().locale, language);
    const wanted = [...rules.resolvedOptions().pluralCategories].sort();
    const plurals = Object.entries(list).filter(([, value]) => typeof value === "object");
    assert.ok(plurals.length > 10);
    for (const [key, value] of plurals) assert.deepEqual(Object.keys(value).sort(), wanted, `${language} ${key}`);
  }
});

test("the glossary has 68 terms in four languages", () => {
  const { terms } = JSON.parse(readFileSync(`${packs}/common/glossary.json`, "utf8"));
  assert.deepEqual(terms.map((term) => term.no), Array.from({ length: 68 }, (_, i) => i + 1));
  for (const { no, term } of terms) assert.deepEqual(Object.keys(term).sort(), ["be", "en", "lv", "ru"], `term ${no}`);
});

const compiler = new URL("../../web/node_modules/.bin/tsc", import.meta.url).pathname;
test("TypeScript accepts the module", { skip: !existsSync(compiler) && "no compiler is installed" }, () => {
  const done = spawnSync(compiler, ["--strict", "--noEmit", "--target", "es2022", module]);
  assert.equal(done.status, 0, String(done.stdout));
});
