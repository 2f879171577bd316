// The frame: who is signed in, which page, which language. Pages draw themselves into <main>.
import { get, remove } from "./api.js";
import { h, problemBox } from "./parts.js";
import { LANGUAGES, firstLanguage, language, setLanguage, t } from "./texts.js";
import { signInPage } from "./page_sign_in.js";
import { casesPage } from "./page_cases.js";
import { registerPage } from "./page_register.js";
import { casePage } from "./page_case.js";
import { exchangePage } from "./page_exchange.js";

const PAGES = [
  [/^#\/cases\/([^/]+)$/, casePage],
  [/^#\/register$/, registerPage],
  [/^#\/exchange$/, exchangePage],
  [/^/, casesPage],
];

const state = { me: null, pack: null };
const root = document.getElementById("app");

// The zones of the sides of this post, own first.
export function zonesOf({ pack, me }) {
  const parties = [...(pack?.parties ?? [])].sort((a, b) => (b.id === me?.party) - (a.id === me?.party));
  const zones = parties.map((p) => p.zone).filter((zone) => zone && zone !== "UTC");
  return zones.length ? zones : ["UTC"];
}

function languageChoice() {
  const choice = h("select", {
    "aria-label": "Valoda · Мова · Язык · Language",
    onchange: async () => { await setLanguage(choice.value); await draw(); },
  }, LANGUAGES.map(([id, name]) => h("option", { value: id, lang: id, selected: id === language() }, name)));
  return choice;
}

async function signOut() {
  await remove("session").catch(() => {});
  state.me = null;
  location.hash = "";
  await draw();
}

function header() {
  const links = state.me && [["#/", "page.cases"], ["#/exchange", "page.exchange"]].map(([to, key]) =>
    h("a", { href: to, "aria-current": (location.hash || "#/") === to ? "page" : null }, t(key)));
  return h("header", {},
    h("a", { class: "skip", href: "#main", onclick: (e) => { e.preventDefault(); document.getElementById("main").focus(); } }, "↓"),
    h("a", { class: "brand", href: "#/" }, t("app.name"), state.me && h("span", {}, t("app.post", { party: state.me.party }))),
    links && h("nav", { "aria-label": t("app.name") }, links),
    h("div", { class: "who" }, state.me && h("span", {}, state.me.officer),
      state.me && h("button", { type: "button", onclick: signOut }, t("signin.out")), languageChoice()));
}

async function load() {
  state.me = (await get("session")).me ?? null;
  if (state.me) state.pack = await get("pack");
}

async function notices() {
  const figures = await get("figures");
  const list = figures.alarms.map((a) => h("li", {}, `${a.what}: ${a.text}`));
  return [
    list.length > 0 && h("div", { class: "problem", role: "alert" }, h("ul", {}, list)),
    figures.suspended && h("p", { class: "notice" }, t("exchange.suspended", { reason: "" })),
    state.pack.draft && h("p", { class: "notice" }, t("mode.draft_pack")),
  ];
}

async function page() {
  if (!state.me) return signInPage(async () => { await load(); await draw(); });
  const [, build, found] = PAGES.map(([pattern, make]) => [pattern, make, pattern.exec(location.hash)]).find((p) => p[2]);
  return [...(await notices()), await build({ ...state, zones: zonesOf(state), redraw: draw }, ...found.slice(1).map(decodeURIComponent))];
}

async function draw() {
  let content;
  try {
    content = await page();
  } catch (problem) {
    if (problem.status === 401) {
      state.me = null;
      return draw();
    }
    if (problem.status === undefined) console.error(problem);
    content = problemBox(problem);
  }
  const main = h("main", { id: "main", tabindex: "-1" }, content);
  root.replaceChildren(header(), main);
  document.title = `${main.querySelector("h1")?.textContent ?? ""} · ${t("app.name")}`;
}

addEventListener("hashchange", async () => {
  await draw();
  document.getElementById("main").focus();
  scrollTo(0, 0);
});
await setLanguage(firstLanguage());
await load().catch(() => {});
await draw();
