// Many officers of both posts at once, while parcels come and go: nobody is refused for another's work, both posts end
// with the same common views, and both journals verify. Under the thread sanitizer (./dev check) this is where races show.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { INCIDENT, makePosts, twinpost, until } from "./posts.mjs";

const HANDS = 16, DEEDS = 400;
let world, posts;
before(async () => {
  world = await makePosts(["lv", "by"]);
  posts = world.posts;
  for (const post of posts) {
    await post.start();
    for (const name of ["duty", "rep", "assist", "dpo"]) assert.equal((await post.signIn(name)).status, 200);
  }
});
after(() => world.end());

// The same choices in each run; who comes first is the machine's.
let seed = 1;
const below = (n) => (seed = (seed * 48271) % 2147483647) % n;
const pick = (list) => list[below(list.length)];

const cases = [];
const say = (post, as, kind, number, fields) => post.call("POST", "facts", { as, body: { kind, case: number, fields } });
const DEED = {
  async register(post) {
    const made = await post.state("duty", "incident.registered", "", { ...INCIDENT, counterpart: posts[1 - posts.indexOf(post)].party });
    cases.push({ number: made.case, incident: made.ref });
    return say(post, "duty", "notice.sent", made.case, { of: made.ref, "text.ru": "Просим ответить." });
  },
  look: (post, c) => post.call("GET", `cases/${c.number}`, { as: "rep" }),
  list: (post) => post.call("GET", "cases?limit=50", { as: "duty" }),
  common: (post, c) => post.call("GET", `cases/${c.number}/common`, { as: "rep" }),
  letter: (post, c) => say(post, "rep", "letter.sent", c.number, { subject: "Следы", "text.ru": "Просим сообщить." }),
  finding: (post, c) => say(post, "assist", "finding.stated", c.number, { no: "1", "text.ru": "Следы у знака." }),
  draft: (post, c) => say(post, "assist", "act.drafted", c.number, { doc: "DOC05", version: "1", "statement.1.lv": "Viens.", "statement.1.ru": "Один.", "conclusion.lv": "Tā.", "conclusion.ru": "Так." }),
  async sign(post, c) {
    const view = await post.call("GET", `cases/${c.number}`, { as: "rep" });
    const act = view.json?.acts?.[0];
    return act ? say(post, "assist", "act.signed", c.number, { act: act.ref }) : view;
  },
  async release(post, c) {
    const facts = [`${c.incident}.summary.ru`], rest = { purpose: "identification", regime: "P0", basis: "agreement" };
    const draft = await post.call("POST", "releases", { as: "rep", body: { facts, ...rest } });
    return draft.status === 201 ? post.call("POST", `releases/${draft.json.ref}/approve`, { as: "rep", body: {} }) : draft;
  },
  send: (post) => post.call("POST", "exchange", { as: "rep", body: {} }),
  link: (post) => post.call("GET", "exchange", { as: "rep" }),
  head: (post) => post.call("GET", "/journal/checkpoint"),
  health: (post) => post.call("GET", "health"),
};

test("many at once are served, and nothing fails for want of order", async () => {
  for (const post of posts) await DEED.register(post);
  let left = DEEDS, done = 0;
  const hand = async () => {
    while (left-- > 0) {
      const [name, deed] = pick(Object.entries(DEED)), post = pick(posts);
      const { status, bytes } = await deed(post, pick(cases));
      // 404: the case has not crossed yet; 409 and 422: the state of the case or the office of who asks.
      assert.ok(status < 300 || [404, 409, 422, 403].includes(status), `${name} at ${post.party}: ${status} ${bytes}`);
      done += status < 300;
    }
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
  assert.ok(done > DEEDS / 2, `${done} of ${DEEDS} were done`);
});

test("afterwards both posts hold the same, and both journals verify", async () => {
  for (const post of posts) await post.call("POST", "exchange", { as: "rep", body: {} });
  for (const { number } of cases)
    await until(`both see case ${number} alike`, async () => {
      const [a, b] = await Promise.all(posts.map((post) => post.call("GET", `cases/${number}/common`, { as: "rep" })));
      return a.status === 200 && b.status === 200 && a.json.digest === b.json.digest;
    }, 30000);
  for (const post of posts) assert.deepEqual(await post.stop(), { code: 0, signal: null });
  for (const post of posts) assert.match(twinpost(["verify", post.dir]), /everything holds/);
});
