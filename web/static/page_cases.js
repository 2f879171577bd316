// The cases with their states, the newest first.
import { get } from "./api.js";
import { h, tag } from "./parts.js";
import { t, title, tOr } from "./texts.js";
import { times } from "./time.js";

export const typeTitle = (pack, id) => title(pack.types?.find((x) => x.id === id)?.title) || id;
export const sectionTitle = (pack, id) => title(pack.sections?.find((x) => x.id === id)?.title) || id;

const LOOKS = { SILENT: "warn", REFUSED: "warn", ACT_REFUSED: "warn", SPLIT: "warn", SETTLED: "good", CLOSED: "good" };
export const stateTag = (state) => tag(tOr(`state.${state}`, state), LOOKS[state] ?? "plain");

export async function casesPage({ pack, zones }) {
  const { cases } = await get("cases?limit=200");
  const row = (c) => h("li", { class: "card" },
    h("h2", {}, h("a", { href: `#/cases/${encodeURIComponent(c.number)}` }, c.number)),
    h("p", {}, typeTitle(pack, c.type), " · ", sectionTitle(pack, c.section)),
    h("p", { class: "row" }, stateTag(c.state), h("span", { class: "time" }, times(c.opened, zones))));
  return h("section", {},
    h("div", { class: "row spread" }, h("h1", {}, t("page.cases")), h("a", { class: "button primary", href: "#/register" }, t("action.register"))),
    cases.length ? h("ul", { class: "cards" }, cases.map(row)) : h("p", {}, t("case.none")));
}
