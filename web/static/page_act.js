// Acts: each statement in the languages of the act beside each other, where it stands between the
// sides, and what this officer may do about it. The post decides; a refusal is shown at the button.
import { addFact } from "./api.js";
import { action, ask, h, tag } from "./parts.js";
import { language, t, tOr } from "./texts.js";
import { times } from "./time.js";
import { partyName, sideClass } from "./page_case.js";

const CAPACITIES = [["R1", "representative"], ["R2", "deputy"], ["R3", "assistant"]];

function standingTag(context, standing) {
  const [word, party] = standing.split(" ");
  const text = t(`act.${word}`, { party: party ? partyName(context.pack, party) : "" });
  return tag(text, { agreed: "good", contested: "bad" }[word] ?? "plain");
}

function statementName(key) {
  return /^\d+$/.test(key) ? key : tOr(`act.section.${key}`, key);
}

function reservations(context, statement) {
  return Object.entries(statement.reservations).map(([party, r]) =>
    h("div", { class: `reservation ${sideClass(context.pack, party)}` }, h("p", {}, h("strong", {}, `${partyName(context.pack, party)}: ${t("value.reserve")}`)),
      Object.entries(r.texts).map(([lang, text]) => h("p", { lang }, text))));
}

function statementRow(context, c, act, statement, languages) {
  const own = context.pack.parties?.find((p) => p.id === c.party)?.languages?.[0] ?? language();
  const position = async (fields) => {
    await addFact("act.position", c.number, { act: act.ref, statement: statement.key, ...fields });
    await context.redraw();
  };
  const reserve = async () => {
    const text = await ask(`${t("action.reserve")}: ${statementName(statement.key)}`, null, { yes: t("action.reserve") });
    if (text) await position({ position: "reserve", [`text.${own}`]: text });
  };
  const texts = languages.map((lang) => h("p", { lang, class: "pair" }, statement.texts[lang] ?? t("language.missing")));
  return h("li", { class: "statement" },
    h("div", { class: "row spread" }, h("h4", {}, statementName(statement.key)), standingTag(context, statement.standing)),
    statement.value ? h("p", {}, tOr(`outcome.${statement.value}`, tOr(`value.${statement.value}`, statement.value)))
      : h("div", { class: "pairs" }, texts),
    reservations(context, statement),
    !act.effective && !act.superseded && h("div", { class: "row" }, action(t("action.agree"), () => position({ position: "agree" })),
      action(t("action.reserve"), reserve)));
}

function signed(context, act) {
  const mark = (key, of) => Object.keys(of).map((party) => h("li", {}, `${partyName(context.pack, party)}: ${t(key)}`));
  return h("ul", { class: "signatures" },
    act.signatures.map((s) => h("li", { class: sideClass(context.pack, s.party) },
      t("act.signed_by", { name: `${partyName(context.pack, s.party)}, ${s.by}`, role: tOr(`value.${s.capacity}`, s.capacity), time: times(s.at, context.zones) }))),
    mark("kind.act.approved", act.approvals), mark("kind.act.objected", act.objections));
}

function actions(context, c, act) {
  if (act.effective || act.superseded) return null;
  const state = async (kind, fields) => {
    await addFact(kind, c.number, { act: act.ref, ...fields });
    await context.redraw();
  };
  const roles = context.me.roles;
  const capacity = CAPACITIES.find(([role]) => roles.includes(role))?.[1];
  const sign = async () => {
    const sure = await ask(t("action.sign"), t("act.effect", { digest: act.body.slice(0, 16) }), { text: false, yes: t("action.sign") });
    if (sure !== null) await state("act.signed", { capacity });
  };
  const object = async () => {
    const reason = await ask(t("action.object"), null, { yes: t("action.object") });
    if (reason) await state("act.objected", { reason });
  };
  const decides = roles.includes("R1") || roles.includes("R2");
  const mine = act.signatures.some((s) => s.party === c.party && s.by === context.me.officer);
  return h("div", { class: "row steps" },
    capacity && !mine && action(t("action.sign"), sign, "primary"),
    decides && !act.approvals[c.party] && action(t("action.approve"), () => state("act.approved", {})),
    decides && !act.objections[c.party] && action(t("action.object"), object));
}

function actCard(context, c, act) {
  const found = new Set(act.statements.flatMap((s) => Object.keys(s.texts)));
  const wanted = context.pack.act_languages?.length ? context.pack.act_languages : [...found];
  const languages = [...new Set([...wanted, ...found])];
  return h("section", { class: "act", id: act.ref },
    h("h3", {}, `${act.doc} ${tOr(`document.${act.doc}`, "")} `, h("small", {}, act.ref)),
    h("p", { class: "row" }, tag(t(act.effective ? "act.effective" : "act.not_effective"), act.effective ? "good" : "plain"),
      act.superseded && tag(t("act.superseded"), "warn"), !act.opened && tag(t("case.own_only")),
      h("span", {}, `${partyName(context.pack, act.party)} · `, h("span", { class: "time" }, times(act.at, context.zones)))),
    h("ol", { class: "statements" }, act.statements.map((s) => statementRow(context, c, act, s, languages))),
    h("h4", {}, t("act.section.signatures")), signed(context, act), actions(context, c, act),
    h("p", {}, h("a", { class: "button", href: `/api/v1/acts/${encodeURIComponent(act.ref)}.pdf`, download: true }, t("action.pdf"))));
}

export function actSection(context, c) {
  return c.acts.length > 0 && h("section", {}, h("h2", {}, t("page.acts")), c.acts.map((a) => actCard(context, c, a)));
}
