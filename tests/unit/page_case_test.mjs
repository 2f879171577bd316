// page_case_test.mjs ROOT: the page of a case, drawn without a browser: what the post says of it stands there as text, in
// each language of the catalogue. The elements are plain objects that only know their children.
import assert from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = process.argv[2];
const catalogue = (id) => JSON.parse(readFileSync(`${root}/packs/texts/${id}.json`, "utf8"));

class Element {
  constructor(name) {
    this.name = name;
    this.children = [];
    this.attributes = {};
  }
  setAttribute(key, value) { this.attributes[key] = value; }
  addEventListener() {}
  append(...children) { this.children.push(...children); }
  get text() { return this.children.map((c) => (c instanceof Element ? c.text : String(c))).join(" "); }
}

const pack = { parties: [{ id: "lv", name: { en: "A" }, languages: ["lv"] }, { id: "by", name: { en: "B" }, languages: ["ru"] }], types: [], sections: [],
  checklists: [{ id: "E2", title: { en: "Place" }, items: [{ id: "casts", title: { en: "Casts" } }] }] };
const view = {
  number: "LV-2024-TEST", party: "lv", counterpart: "by", parties: ["lv", "by"], state: "ACKNOWLEDGED", state_reason: "", escalated: "", outcome: "",
  type: "I13", grave: false, above_ceiling: false, dropped: false, common_digest: "00", closed: [], facts: [], facts_own: 0, facts_theirs: 0,
  acts: [], duties: [], holdings: [], measurements: [], checklist: [],
};
let answer = view;

globalThis.document = { createElement: (name) => new Element(name), documentElement: {} };
globalThis.localStorage = { getItem: () => null, setItem() {} };
globalThis.fetch = async (path) => ({
  ok: true,
  json: async () => (path.includes("/texts/") ? { texts: catalogue(path.slice(-2)).texts } : answer),
});

// Older versions of node take a .js file for a module only beside a package.json that says so.
const folder = mkdtempSync(join(tmpdir(), "page-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
cpSync(join(root, "web/static"), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
const { casePage } = await import(join(folder, "page_case.js"));
const { setLanguage } = await import(join(folder, "texts.js"));
const languages = ["lv", "be", "ru", "en"];
console.log(`1..${languages.length}`);
for (const [i, id] of languages.entries()) {
  await setLanguage(id);
  const said = async (changes) => {
    answer = { ...view, ...changes };
    return (await casePage({ pack, zones: [] }, view.number)).text;
  };
  const words = catalogue(id).texts["case.above_ceiling"];
  assert.ok(words.length > 0);
  assert.ok(!(await said({})).includes(words), "a case within the ceiling says nothing");
  assert.ok((await said({ above_ceiling: true })).includes(words), "a claim above the ceiling is said");
  assert.ok((await said({ escalated: "2" })).includes(catalogue(id).texts["case.escalated"].replace("{level}", "2")));
  assert.ok(!(await said({})).includes(catalogue(id).texts["case.checklist"]), "no list, no heading");
  const lists = await said({ checklist: [
    { list: "E2", item: "casts", open: false, answers: { lv: { ref: "lv:3", answer: "done", reason: "" } } },
    { list: "E8", item: "beyond", open: true, answers: { by: { ref: "by:9", answer: "not_possible", reason: "rain" } } } ] });
  const { "case.checklist": heading, "value.done": done, "value.not_possible": never, "count.items_open": open } = catalogue(id).texts;
  for (const word of [heading, open.one.replace("{count}", "1"), "Place", "☑ Casts", `A: ${done}`, "E8", "☐ beyond", `B: ${never} (rain)`])
    assert.ok(lists.includes(word), word);
  console.log(`ok ${i + 1} - a case says its ceiling and its checklists in ${id}`);
}
