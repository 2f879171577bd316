// What each role sees of one case: own facts, the other side's facts, what is personal, protected, and on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { INCIDENT, ROLES, makePosts, until } from "./posts.mjs";

const ALL = { ...ROLES, deputy: "R2", secretary: "R4", interpreter: "R5", expert: "R6", courier: "R8", police: "R9", analyst: "R12",
  auditor: "R13", keeper: "R14", observer: "R15" };
const names = Object.keys(ALL);
const as = (...roles) => names.filter((name) => roles.includes(ALL[name]));
const WORKERS = as("R1", "R2", "R3", "R4", "R6", "R10");

let world, lv, by, number, refs;
before(async () => {
  Object.assign(ROLES, ALL);
  world = await makePosts(["lv", "by"], names);
  [lv, by] = world.posts;
  for (const post of [lv, by]) await post.start();
  for (const name of names) assert.equal((await lv.signIn(name)).status, 200, name);
  for (const name of ["duty", "rep", "assist", "dpo"]) await by.signIn(name);
  const incident = await by.state("duty", "incident.registered", "", { ...INCIDENT, persons: "2" });
  number = incident.case;
  await by.state("duty", "notice.sent", number, { of: incident.ref, "text.ru": "Просим ответить." });
  const finding = await by.state("assist", "finding.stated", number, { no: "1", "text.ru": "Следы у знака.", "text.lv": "Pēdas pie zīmes." });
  const person = await by.state("duty", "person.recorded", number, { person: "p1", "name.latin": "Ivan Probny", born: "1990-01-01" });
  const release = async (post, facts, ...who) => {
    const draft = await post.call("POST", "releases", { as: "rep", body: { facts, purpose: "identification", regime: "P0", basis: "agreement" } });
    assert.equal(draft.status, 201, String(draft.bytes));
    for (const name of who) await post.call("POST", `releases/${draft.json.ref}/approve`, { as: name, body: {} });
    return draft.json.ref;
  };
  const checked = await by.state("assist", "checklist.answered", number, { list: "E2", item: "casts", answer: "not_possible", reason: "Дождь." });
  await by.state("assist", "checklist.answered", number, { list: "E8", item: "beyond", answer: "done" }).then((extra) => release(by, [extra.ref], "rep"));
  await release(by, [finding.ref, checked.ref], "rep");
  await release(by, [person.ref], "rep", "dpo");
  const act = await by.state("assist", "act.drafted", number, { doc: "DOC05", version: "1", "statement.1.ru": "Один.", "statement.1.lv": "Viens.", "conclusion.ru": "Так.", "conclusion.lv": "Tā." });
  await until("everything has crossed", async () => {
    const c = await lv.call("GET", `cases/${number}`, { as: "rep" });
    return c.status === 200 && c.json.facts.some((f) => f.ref === act.ref) && c.json.facts.some((f) => f.ref === person.ref && f.opening);
  });
  const answer = await lv.state("duty", "notice.received", number, { of: (await lv.get("rep", `cases/${number}`)).notice });
  const own = await lv.state("duty", "person.recorded", number, { person: "p2", "name.latin": "Jana Parauga", born: "1991-02-02" });
  const guarded = await lv.state("shield", "protection.checked", number, { of: own.ref, person: "p2", outcome: "block", note: "asks for protection" });
  const other = await lv.state("duty", "person.recorded", number, { person: "p3", "name.latin": "Janis Paraugs" });
  const draft = await lv.call("POST", "releases", { as: "rep", body: { facts: [`${other.ref}.name.latin`], purpose: "x", regime: "P0", basis: "x" } });
  refs = { incident: incident.ref, finding: finding.ref, person: person.ref, act: act.ref, answer: answer.ref, own: own.ref, guarded: guarded.ref, draft: draft.json.ref };
});
after(() => world.end());

const see = async (name, ref) => {
  const { status, json } = await lv.call("GET", `facts/${ref}`, { as: name });
  return status === 404 ? null : json;
};
// The list inside the case must tell exactly what the fact alone tells.
const inCase = async (name, ref) => (await lv.get(name, `cases/${number}`)).facts.find((f) => f.ref === ref) ?? null;

async function sight(name, ref, field) {
  const alone = await see(name, ref), listed = await inCase(name, ref);
  assert.deepEqual(alone?.fields, listed?.fields, `${name} ${ref}`);
  return alone === null ? "nothing" : field in alone.fields ? "field" : "header";
}

async function expect(ref, field, wanted) {
  for (const name of names) {
    const [found] = Object.entries(wanted).find(([, list]) => list.includes(name)) ?? ["header"];
    assert.equal(await sight(name, ref, field), found, `${name} (${ALL[name]}) ${ref}.${field}`);
  }
}

test("the other side's findings are for those who work on the case; others see that there is one, R9 and R11 nothing", () =>
  expect(refs.finding, "text.lv", { field: [...WORKERS, ...as("R5")], nothing: as("R9", "R11") }));

test("the other side's registration is read by the duty point as well, which has to answer it", () =>
  expect(refs.incident, "summary.ru", { field: [...WORKERS, ...as("R5", "R7")], nothing: as("R9", "R11") }));

test("personal data of the other side are for those who work on the case", () =>
  expect(refs.person, "name.latin", { field: WORKERS, nothing: as("R9", "R11") }));

test("personal data of the own side are for those who work with the persons", () =>
  expect(refs.own, "name.latin", { field: [...WORKERS, ...as("R7", "R11")], nothing: as("R9") }));

test("a protection question exists for its focal point alone", () =>
  expect(refs.guarded, "outcome", { field: as("R11"), nothing: names.filter((n) => ALL[n] !== "R11") }));

test("an act of the other side is read by those who work on it; for others it has no statements", async () => {
  for (const name of names) {
    const [act] = (await lv.get(name, `cases/${number}`)).acts;
    if (as("R9", "R11").includes(name)) assert.equal(act, undefined, name);
    else assert.equal(act.statements.length > 0, [...WORKERS, ...as("R5")].includes(name), name);
    const pdf = await lv.call("GET", `acts/${refs.act}.pdf`, { as: name });
    assert.equal(pdf.status, as("R9", "R11").includes(name) ? 404 : [...WORKERS, ...as("R5")].includes(name) ? 200 : 403, name);
  }
});

test("whoever sees part may compare digests, and gets neither the text nor the dossier", async () => {
  const digests = new Set();
  for (const name of names) {
    const common = await lv.get(name, `cases/${number}/common`);
    digests.add(common.digest);
    assert.equal("text" in common, WORKERS.includes(name), name);
    const dossier = await lv.call("GET", `cases/${number}/dossier.zip`, { as: name });
    assert.equal(dossier.status, WORKERS.includes(name) ? 200 : 403, `${name}: ${dossier.status}`);
  }
  assert.equal(digests.size, 1);
});

test("a preview of personal data is for those who may see them", async () => {
  for (const name of names) {
    const preview = await lv.call("GET", `releases/${refs.draft}/preview`, { as: name });
    const allowed = [...WORKERS, ...as("R7", "R11")].includes(name);
    assert.equal(preview.status, allowed ? 200 : name === "police" ? 404 : 403, name);
    if (!allowed) assert.ok(!String(preview.bytes).includes("Janis"), name);
  }
});

test("an answer of the other side's checklist is for those who work on the case; for others the line is as if unanswered", async () => {
  for (const name of names) {
    const works = [...WORKERS, ...as("R5")].includes(name);
    const lines = (await lv.get(name, `cases/${number}`)).checklist;
    const casts = lines.find((line) => line.item === "casts");
    assert.equal(casts.answers.by?.reason, works ? "Дождь." : undefined, name);
    assert.equal(casts.open, true, name);
    assert.equal(lines.some((line) => line.item === "beyond"), works, name);
  }
});

test("counts tell nobody of facts that are not for them", async () => {
  const whole = await lv.get("rep", `cases/${number}`);
  assert.ok(!whole.facts.some((f) => f.ref === refs.guarded));
  assert.equal(whole.facts_own, whole.facts.filter((f) => f.own).length);
  for (const name of as("R9", "R11")) assert.equal((await lv.get(name, `cases/${number}`)).facts_theirs, 0, name);
  for (const name of as("R9")) assert.deepEqual((await lv.get(name, `cases/${number}`)).holdings, []);
  const text = JSON.stringify(await lv.get("police", `cases/${number}`));
  for (const word of ["Pēdas", "Ivan", "Jana", "Viens"]) assert.ok(!text.includes(word), word);
});
