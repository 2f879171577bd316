// One catalogue a language; English stands in for what a language lacks.
import { get } from "./api.js";

export const LANGUAGES = [["lv", "Latviešu"], ["be", "Беларуская"], ["ru", "Русский"], ["en", "English"]];

const catalogues = {};
let current = "en";
let plural = new Intl.PluralRules("en");

export const language = () => current;

export async function setLanguage(wanted) {
  for (const id of new Set([wanted, "en"])) catalogues[id] ??= (await get(`texts/${id}`)).texts;
  current = wanted;
  plural = new Intl.PluralRules(wanted);
  document.documentElement.lang = wanted;
  localStorage.setItem("language", wanted);
}

export function firstLanguage() {
  const known = LANGUAGES.map(([id]) => id);
  const asked = [localStorage.getItem("language"), ...navigator.languages.map((l) => l.slice(0, 2))];
  return asked.find((id) => known.includes(id)) ?? "en";
}

const find = (key) => catalogues[current]?.[key] ?? catalogues.en?.[key];

// The text under a key, with {names} filled in. The key itself shows when no language has it.
export function t(key, values = {}) {
  let text = find(key);
  if (text === undefined) return key;
  if (typeof text === "object") text = text[plural.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// As t, but with another word when the catalogue has none (values of a pack of other states).
export const tOr = (key, otherwise) => (find(key) === undefined ? otherwise : t(key));

// A title object of the pack in the language of the screen, or the nearest one it has.
export const title = (texts) =>
  texts ? texts[current] ?? texts.en ?? Object.values(texts)[0] : "";
