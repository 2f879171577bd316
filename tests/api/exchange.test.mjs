// A case between two posts over real TLS: what crosses, what must not, and what survives.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { INCIDENT, makePosts, twinpost, until } from "./posts.mjs";

let world, others, lv, by, stranger, number, incident;

before(async () => {
  world = await makePosts(["lv", "by"]);
  [lv, by] = world.posts;
  others = await makePosts(["xx"], []);
  [stranger] = others.posts;
  for (const post of [lv, by]) {
    await post.start();
    for (const name of ["duty", "rep", "assist", "dpo", "shield"]) assert.equal((await post.signIn(name)).status, 200);
  }
});
after(async () => {
  await world.end();
  await others.end();
});

const caseOf = (post, as = "rep") => post.get(as, `cases/${number}`);
const caseIn = (post, what, is) => until(what, async () => {
  const answer = await post.call("GET", `cases/${number}`, { as: "rep" });
  return answer.status === 200 && is(answer.json) ? answer.json : null;
});
const digestsMeet = () => until("both common views are the same", async () => {
  const [a, b] = await Promise.all([lv, by].map(async (post) => (await post.get("rep", `cases/${number}/common`)).digest));
  return a === b && a;
});

test("a registration stays at home; the notice takes it over the border", async () => {
  const made = await by.state("duty", "incident.registered", "", INCIDENT);
  number = made.case;
  incident = made.ref;
  assert.match(number, /^BY-2026-[A-Z0-9]{4}$/);
  assert.equal((await caseOf(by)).state, "REGISTERED");
  await new Promise((done) => setTimeout(done, 400));
  assert.deepEqual((await lv.get("duty", "cases")).cases, []);
  await by.state("duty", "notice.sent", number, { of: incident, form: "written", "text.ru": "Просим ответить." });
  const seen = await caseIn(lv, "the notice arrives", (c) => c.state === "NOTIFIED");
  assert.equal(seen.facts_theirs, 2);
  assert.equal(seen.facts.find((f) => f.kind === "incident.registered").fields["summary.ru"], INCIDENT["summary.ru"]);
});

test("the other side acknowledges, and both hold the same common view", async () => {
  const c = await caseOf(lv);
  await lv.state("duty", "notice.received", number, { of: c.notice });
  await caseIn(by, "the acknowledgement arrives", (x) => x.state === "ACKNOWLEDGED");
  await digestsMeet();
  const duty = (await caseOf(by)).duties.find((d) => d.id === "D04");
  assert.equal(duty.state, "done");
  assert.deepEqual(Object.keys(duty.due_local), ["by", "lv"]);
});

test("an act is signed by both sides, one statement contested", async () => {
  await by.state("assist", "act.drafted", number, {
    doc: "DOC05", version: "1", "participants.1": "by.assist", "participants.2": "lv.assist",
    "statement.1.ru": "Линия пересечена на два метра.", "statement.1.lv": "Līnija šķērsota par diviem metriem.",
    "statement.2.ru": "Одно из лиц было вооружено.", "statement.2.lv": "Viena persona bija bruņota.",
    "conclusion.ru": "Факт установлен.", "conclusion.lv": "Fakts konstatēts.",
  });
  const { acts: [act] } = await caseIn(lv, "the act arrives", (c) => c.acts.length === 1);
  assert.equal(act.statements[0].standing, "only by");
  assert.equal(act.statements[0].texts.lv, "Līnija šķērsota par diviem metriem.");
  await lv.state("assist", "act.position", number, { act: act.ref, statement: "2", position: "reserve", "text.lv": "Priekšmeta veids nav nosakāms.", "text.ru": "Вид предмета не установлен." });
  await lv.state("assist", "act.signed", number, { act: act.ref, capacity: "assistant" });
  await caseIn(by, "their signature arrives", (c) => c.acts[0].signatures.length === 1);
  await by.state("assist", "act.signed", number, { act: act.ref, capacity: "assistant" });
  await by.state("rep", "act.approved", number, { act: act.ref });
  await caseIn(lv, "their approval arrives", (c) => c.acts[0].approvals.by);
  assert.equal((await caseOf(lv)).state, "ACT_PENDING");
  await lv.state("rep", "act.approved", number, { act: act.ref });
  const c = await caseIn(by, "the act takes effect", (x) => x.acts[0].effective);
  assert.equal(c.state, "FINDINGS");
  const standing = Object.fromEntries(c.acts[0].statements.map((s) => [s.key, s.standing]));
  assert.equal(standing[1], "agreed");
  assert.equal(standing[2], "contested");
  assert.equal(c.acts[0].statements[1].reservations.lv.texts.ru, "Вид предмета не установлен.");
  await digestsMeet();
});

test("a role that may not is refused with its reason, and nothing changes", async () => {
  const before = await by.get("rep", "figures");
  const [act] = (await caseOf(by)).acts;
  const refused = await by.call("POST", "facts", { as: "duty", body: { kind: "act.approved", case: number, fields: { act: act.ref } } });
  assert.deepEqual([refused.status, refused.json.code], [403, "role"]);
  assert.equal((await by.get("rep", "figures")).journal_size, before.journal_size);
});

test("a person crosses only by two officers' release, and then only what was released", async () => {
  const made = await by.state("duty", "person.recorded", number, { person: "p1", "name.original": "Іван Пробны", "name.latin": "Ivan Probny", born: "1990-01-01", citizenship: "BLR", sex: "M" });
  const draft = await by.call("POST", "releases", { as: "rep", body: { facts: [`${made.ref}.name.latin`], purpose: "identification", regime: "P0", basis: "agreement" } });
  assert.equal(draft.status, 201, String(draft.bytes));
  const { ref } = draft.json;
  const preview = await by.get("rep", `releases/${ref}/preview`);
  assert.match(preview.text, /Ivan Probny/);
  assert.doesNotMatch(preview.text, /1990/);
  const first = await by.call("POST", `releases/${ref}/approve`, { as: "rep", body: {} });
  assert.equal(first.status, 200, String(first.bytes));
  assert.equal(first.json.opened, false);
  const second = await by.call("POST", `releases/${ref}/approve`, { as: "dpo", body: {} });
  assert.equal(second.json.opened, true);
  const c = await caseIn(lv, "the person arrives", (x) => x.facts.some((f) => f.kind === "person.recorded"));
  const person = c.facts.find((f) => f.kind === "person.recorded");
  assert.equal(person.fields["name.latin"], "Ivan Probny");
  assert.equal(person.fields.born, undefined);
  assert.equal(person.fields["name.original"], undefined);
});

test("a protection question exists for its focal point alone", async () => {
  const before = await by.get("duty", `cases/${number}`);
  const person = (await caseOf(by)).facts.find((f) => f.kind === "person.recorded").ref;
  const made = await by.state("shield", "protection.checked", number, { of: person, person: "p1", outcome: "block", note: "asks for protection" });
  assert.equal((await by.call("GET", `facts/${made.ref}`, { as: "shield" })).json.fields.outcome, "block");
  for (const as of ["duty", "rep", "assist", "dpo"])
    assert.equal((await by.call("GET", `facts/${made.ref}`, { as })).status, 404);
  const now = await by.get("duty", `cases/${number}`);
  const without = (c) => ({ ...c, facts: c.facts.map((f) => f.ref) });
  assert.deepEqual(without(now), without(before), "the case looks the same to everybody else");
  assert.ok(!JSON.stringify(await lv.get("rep", `cases/${number}`)).includes("protection"));
});

test("a client without a paired key is turned away before its body is read", async () => {
  const body = Buffer.alloc(1024);
  for (const identity of [null, stranger]) {
    const answer = await by.peer("/peer/v1/parcels", { identity, body });
    assert.equal(answer.status, 403);
    assert.equal(answer.json.code, "role");
  }
  assert.equal((await by.peer("/journal/checkpoint", { method: "GET", identity: stranger })).status, 403);
  assert.equal((await by.peer("/journal/checkpoint", { method: "GET", identity: lv })).status, 200);
  assert.equal((await by.peer("/api/v1/health", { method: "GET", identity: lv })).status, 404);
});

test("an impostor at the neighbour's address is not believed and gets nothing", async () => {
  await by.stop();
  const own = stranger.peerPort;
  stranger.peerPort = by.peerPort;
  await stranger.start();
  const { calls } = (await lv.get("rep", "exchange")).neighbours[0];
  assert.equal((await lv.call("POST", "exchange", { as: "rep", body: {} })).status, 202);
  const seen = await until("the call is made", async () => {
    const [n] = (await lv.get("rep", "exchange")).neighbours;
    return n.calls > calls && !n.calling && n;
  });
  assert.deepEqual([seen.reached, seen.reason], [false, "link"]);
  await lv.stop();
  assert.throws(() => twinpost(["sync", lv.dir]), (error) => error.status === 5 && /does not hold the key of the card/.test(error.stderr));
  assert.doesNotMatch(stranger.said, /parcels/, "no request came as far as the server");
  await stranger.stop();
  stranger.peerPort = own;
  for (const post of [lv, by]) {
    await post.start();
    for (const name of ["duty", "rep", "assist", "dpo", "shield"]) await post.signIn(name);
  }
});

test("TLS older than 1.3 does not come to a request", async () => {
  await assert.rejects(by.peer("/journal/checkpoint", { method: "GET", identity: lv, maxVersion: "TLSv1.2" }));
});

test("a parcel with one byte changed is refused and changes nothing", async () => {
  const before = await by.get("rep", "figures");
  const file = join(world.folder, "parcel");
  await lv.stop();
  twinpost(["parcel", "write", lv.dir, file, "--to", "by"]);
  const parcel = readFileSync(file);
  for (const at of [0, 30, Math.floor(parcel.length / 2), parcel.length - 1]) {
    const broken = Buffer.from(parcel);
    broken[at] ^= 1;
    const answer = await by.peer("/peer/v1/parcels", { identity: lv, body: broken });
    assert.ok(answer.status >= 400 && answer.status < 500, `${at}: ${answer.status}`);
    assert.equal(answer.type, "application/problem+json");
  }
  assert.equal((await by.get("rep", "figures")).journal_size, before.journal_size);
  const good = await by.peer("/peer/v1/parcels", { identity: lv, body: parcel });
  assert.equal(good.status, 200);
  assert.match(String(good.bytes.subarray(0, 21)), /^age-encryption.org\/v1/);
  assert.equal((await by.peer("/peer/v1/parcels", { identity: lv, body: parcel })).status, 200, "again does no harm");
  writeFileSync(file, good.bytes);
  twinpost(["parcel", "read", lv.dir, file]);
  await lv.start();
  for (const name of ["duty", "rep", "assist"]) await lv.signIn(name);
});

test("the other post is a C2SP witness of this journal", async () => {
  const note = String((await by.call("GET", "/journal/checkpoint")).bytes);
  const size = note.split("\n")[1];
  const ask = (old, text) => lv.peer("/witness/add-checkpoint", { identity: by, body: Buffer.from(`old ${old}\n\n${text}`) });
  const known = await until("the witness knows the head", async () => {
    const answer = await ask(0, note);
    assert.equal(answer.status, 409, String(answer.bytes));
    assert.equal(answer.type, "text/x.tlog.size");
    return String(answer.bytes) === `${size}\n` && answer;
  });
  assert.ok(known);
  const answer = await ask(size, note);
  assert.equal(answer.status, 200, String(answer.bytes));
  assert.match(String(answer.bytes), /^— lv\.twinpost\/journal\/cosigner \S+\n$/);
  assert.equal((await ask(size, note.replace(/\n— .*$/s, "\n"))).status, 400);
  assert.equal((await ask(size, note.replaceAll("by.twinpost", "xx.twinpost"))).status, 404);
});

test("what was acknowledged survives kill -9 on either side, and crosses afterwards", async () => {
  await lv.stop("SIGKILL");
  const letters = [];
  for (let i = 0; i < 5; i++)
    letters.push((await by.state("duty", "letter.sent", number, { subject: `letter ${i}`, "text.ru": "Сообщаем." })).ref);
  await by.stop("SIGKILL");
  await by.start();
  await by.signIn("duty");
  await by.signIn("rep");
  const held = (await caseOf(by)).facts.map((f) => f.ref);
  for (const ref of letters) assert.ok(held.includes(ref), ref);
  await lv.start();
  await lv.signIn("rep");
  assert.equal((await by.call("POST", "exchange", { as: "rep", body: {} })).status, 202);
  await caseIn(lv, "the letters arrive", (c) => letters.every((ref) => c.facts.some((f) => f.ref === ref)));
  await digestsMeet();
});

test("a call to a party that is not paired finds nobody", async () => {
  const answer = await lv.call("POST", "exchange", { as: "rep", body: { to: "zz" } });
  assert.equal(answer.status, 404);
  assert.equal(answer.json.code, "not_found");
});

test("the link tells why when nobody answers, and comes back by itself", async () => {
  await lv.stop();
  await by.state("duty", "letter.sent", number, { subject: "nobody there", "text.ru": "Есть кто?" });
  await by.call("POST", "exchange", { as: "rep", body: {} });
  const down = await until("the link is seen to be down", async () => {
    const [n] = (await by.get("rep", "exchange")).neighbours;
    return n.reason && n;
  });
  assert.deepEqual([down.reason, down.reached, down.pending], ["link", false, true]);
  await lv.start();
  await lv.signIn("rep");
  await caseIn(lv, "the letter arrives without help", (c) => c.facts.some((f) => f.fields.subject === "nobody there"));
});
