// One case: what is due, both sides' accounts side by side, acts with each statement and its standing.
import { addFact, get } from "./api.js";
import { action, ask, h, tag } from "./parts.js";
import { language, t, title, tOr } from "./texts.js";
import { times } from "./time.js";
import { actSection } from "./page_act.js";
import { sectionTitle, stateTag, typeTitle } from "./page_cases.js";

export const partyName = (pack, id) => title(pack.parties?.find((p) => p.id === id)?.name) || id;

// Side A and side B have a colour each, but always with the side's name beside it.
export const sideClass = (pack, id) => (pack.parties?.[1]?.id === id ? "side-b" : "side-a");

export const factKind = (kind) => tOr(`kind.${kind}`, kind);

const LANGUAGE_ENDING = /\.([a-z]{2})$/;
const QUIET = new Set(["pack_digest", "body", "positions", "reserved", "root_note", "mandate", "key"]);

function fieldName(name) {
  const [base, number] = name.replace(LANGUAGE_ENDING, "").split(".");
  return tOr(`field.${base}`, base) + (number && /^\d+$/.test(number) ? ` ${number}` : "");
}

function fieldValue(context, fact, name, value) {
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(value)) return h("dd", { class: "time" }, times(value, context.zones));
  if (name === "type" && fact.kind === "incident.registered") return h("dd", {}, `${value} ${typeTitle(context.pack, value)}`);
  if (name === "section") return h("dd", {}, sectionTitle(context.pack, value));
  if (name === "doc") return h("dd", {}, tOr(`document.${value}`, value));
  const named = context.kinds.get(value);
  if (named) return h("dd", {}, `${factKind(named)} (${value})`);
  const lang = LANGUAGE_ENDING.exec(name)?.[1];
  return h("dd", { lang }, lang ? value : tOr(`value.${value}`, value));
}

function factCard(context, fact, measured) {
  const rows = Object.entries(fact.fields).filter(([name]) => !QUIET.has(name))
    .map(([name, value]) => [h("dt", {}, fieldName(name)), fieldValue(context, fact, name, value)]);
  const verdict = measured.get(fact.ref);
  return h("li", { class: "fact", id: fact.ref },
    h("h4", {}, factKind(fact.kind)),
    h("p", { class: "meta" }, h("span", { class: "time" }, times(fact.at, context.zones)), ` · ${fact.by} · ${fact.ref}`),
    h("p", { class: "row" }, fact.late && tag(t("case.late")), (fact.refused || fact.void) && tag(t("value.refused"), "warn"),
      fact.own && fact.opening === 0 && tag(t("case.own_only")),
      verdict && tag(t(`measurement.${verdict}`), verdict === "established" ? "good" : "warn")),
    rows.length > 0 && h("dl", {}, rows));
}

function accounts(context, c) {
  const measured = new Map(c.measurements.map((m) => [m.ref, m.verdict]));
  const other = c.counterpart || c.parties.find((p) => p !== c.party);
  const column = (id, own) => {
    const facts = c.facts.filter((f) => f.own === own && !f.kind.startsWith("act."));
    return h("section", { class: `account ${sideClass(context.pack, id)}` },
      h("h3", {}, `${t(own ? "case.our_account" : "case.their_account")}: ${partyName(context.pack, id)}`),
      facts.length ? h("ol", { class: "facts" }, facts.map((f) => factCard(context, f, measured))) : h("p", {}, "–"));
  };
  return h("div", { class: "accounts" }, column(c.party, true), other && column(other, false));
}

// A duty that both sides have alike is one card that names both; what is ours to do comes first.
function dutiesTogether(c, list) {
  const together = new Map();
  for (const d of list) {
    const key = [d.id, d.start, d.due, d.state].join(" ");
    if (together.has(key)) together.get(key).sides.push(d.owes);
    else together.set(key, { ...d, sides: [d.owes] });
  }
  return [...together.values()].sort((a, b) => b.sides.includes(c.party) - a.sides.includes(c.party));
}

function dutyCard(context, c, d) {
  const due = d.due && t("duty.due", { time: times(d.due, context.zones) });
  const looks = { overdue: "bad", done: "good" };
  const name = title(context.pack.parameters?.find((p) => p.id === d.id)?.title) || d.id;
  return h("li", { class: d.open && d.sides.includes(c.party) ? "duty ours" : "duty" }, h("h3", {}, name),
    h("p", { class: "row" }, tag(tOr(`duty.${d.state}`, d.state), looks[d.state] ?? "plain"),
      d.own_only && tag(t("case.own_only")), d.open && d.reminders === 2 && tag(t("duty.urgent_reminder"), "warn")),
    h("p", {}, t("duty.owes", { party: d.sides.map((side) => partyName(context.pack, side)).join(", ") })),
    h("p", { class: "time" }, due ?? t("duty.waits_receipt")),
    d.source && h("p", { class: "meta", lang: "en" }, t("duty.source", { source: d.source }), d.verified ? "" : ` · ${t("duty.unverified")}`));
}

function duties(context, c) {
  const open = dutiesTogether(c, c.duties.filter((d) => d.open));
  const ended = dutiesTogether(c, c.duties.filter((d) => !d.open));
  return h("section", {}, h("h2", {}, t("page.duties")),
    open.length ? h("ul", { class: "cards" }, open.map((d) => dutyCard(context, c, d))) : h("p", {}, t("duty.none")),
    ended.length > 0 && h("details", {}, h("summary", {}, `${t("duty.done")} · ${ended.length}`),
      h("ul", { class: "cards" }, ended.map((d) => dutyCard(context, c, d)))));
}

function holdings(context, c) {
  return c.holdings.length > 0 && h("section", {}, h("h2", {}, t("page.handover")),
    h("ul", { class: "cards" }, c.holdings.map((x) => h("li", { class: "duty" }, h("h3", {}, x.item),
      h("p", {}, t("handover.holder", { party: partyName(context.pack, x.holder) })),
      h("p", { class: "row" }, x.pledged && tag(t("handover.pledged"), "warn"), x.contested && tag(t("handover.contested"), "bad"))))));
}

function checkAnswer(context, party, given) {
  const words = `${partyName(context.pack, party)}: ${t(`value.${given.answer}`)}${given.reason && ` (${given.reason})`}`;
  return tag(words, given.answer === "done" ? "good" : "plain");
}

// What the type of the incident asks to be secured: a card a list, and each side's answers at the item.
function checklist(context, c) {
  const open = c.checklist.filter((line) => line.open).length;
  const lists = [...new Set(c.checklist.map((line) => line.list))];
  const card = (id) => {
    const known = context.pack.checklists?.find((x) => x.id === id);
    const row = (line) => h("li", {}, `${line.open ? "☐" : "☑"} ${title(known?.items?.find((x) => x.id === line.item)?.title) || line.item} `,
      Object.entries(line.answers).map(([party, given]) => checkAnswer(context, party, given)));
    return h("li", { class: "duty" }, h("h3", {}, title(known?.title) || id),
      h("ul", { class: "lines" }, c.checklist.filter((line) => line.list === id).map(row)));
  };
  return lists.length > 0 && h("section", {}, h("details", {},
    h("summary", {}, `${t("case.checklist")} · ${t("count.items_open", { count: open })}`), h("ul", { class: "cards" }, lists.map(card))));
}

// What can be done at once: send the notice, or say that theirs has come.
function nextSteps(context, c) {
  const state = async (kind, fields) => {
    await addFact(kind, c.number, fields);
    await context.redraw();
  };
  const own = context.pack.parties?.find((p) => p.id === c.party)?.languages?.[0] ?? language();
  const steps = [];
  for (const notice of c.facts.filter((f) => !f.own && f.kind === "notice.sent"))
    if (!c.facts.some((f) => f.own && f.kind === "notice.received" && f.fields.of === notice.ref))
      steps.push(action(t("action.acknowledge"), () => state("notice.received", { of: notice.ref }), "primary"));
  const incident = c.facts.find((f) => f.own && f.kind === "incident.registered");
  if (incident && !c.facts.some((f) => f.own && f.kind === "notice.sent"))
    steps.push(action(t("action.notify"), async () => {
      const text = await ask(t("action.notify"), partyName(context.pack, c.counterpart), { yes: t("action.notify") });
      if (text) await state("notice.sent", { of: incident.ref, form: "written", [`text.${own}`]: text });
    }, "primary"));
  return steps.length > 0 && h("div", { class: "steps" }, steps);
}

export async function casePage(context, number) {
  const c = await get(`cases/${encodeURIComponent(number)}`);
  context.kinds = new Map(c.facts.map((f) => [f.ref, f.kind]));
  const path = `/api/v1/cases/${encodeURIComponent(c.number)}`;
  return h("article", {},
    h("h1", {}, `${c.number} `, h("small", {}, typeTitle(context.pack, c.type))),
    h("p", { class: "row" }, stateTag(c.state), c.state_reason && tag(t(`reason.${c.state_reason}`), "warn"),
      c.escalated && tag(t("case.escalated", { level: c.escalated }), "warn"),
      c.above_ceiling && tag(t("case.above_ceiling"), "warn"),
      c.outcome && tag(tOr(`outcome.${c.outcome}`, c.outcome)), c.state === "UNILATERAL" && tag(t("case.unilateral_label"), "warn")),
    nextSteps(context, c),
    duties(context, c),
    checklist(context, c),
    h("section", {}, h("h2", {}, t("page.case", { number: c.number })), accounts(context, c)),
    actSection(context, c),
    holdings(context, c),
    h("footer", {}, h("h2", {}, t("case.common_view")), h("p", { class: "digest" }, t("case.common_equal", { digest: c.common_digest })),
      h("p", {}, h("a", { class: "button", href: `${path}/dossier.zip`, download: true }, t("action.dossier")))));
}
