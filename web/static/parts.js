// Small pieces that pages are made of. Text enters the page as text only.
import { t } from "./texts.js";

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

export const tag = (text, look = "plain") => h("span", { class: `tag ${look}` }, text);

let counter = 0;
export const newId = () => `n${++counter}`;

// A labelled box; `input` is made by h().
export function field(label, input, hint) {
  const id = newId();
  input.id = id;
  const note = hint && h("p", { class: "hint", id: `${id}-hint` }, hint);
  if (note) input.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: id }, label), note, input);
}

// What went wrong, in the words of the catalogue; the post's own sentence below it.
export function problemBox(problem) {
  const box = h("div", { class: "problem", role: "alert", tabindex: "-1" },
    h("p", {}, problem.status === 401 ? t("signin.ended") : t(`reason.${problem.code}`)),
    problem.message && problem.status < 500 && problem.status !== 401 && h("p", { class: "detail", lang: "en" }, problem.message));
  queueMicrotask(() => box.focus());
  return box;
}

// A button that waits for what it does, and shows under itself why it could not.
export function action(label, run, look = "") {
  const place = h("div", { class: "action" });
  const button = h("button", {
    type: "button", class: look,
    onclick: async () => {
      button.disabled = true;
      place.querySelector(".problem")?.remove();
      try {
        await run();
      } catch (problem) {
        place.append(problemBox(problem));
      }
      button.disabled = false;
    },
  }, label);
  place.append(button);
  return place;
}

// Asks for a text; null when the officer changed their mind.
export function ask(question, effect, { text = true, yes }) {
  return new Promise((resolve) => {
    const input = h("textarea", { rows: 4, required: true });
    const dialog = h("dialog", { "aria-labelledby": "ask-title", onclose: () => { dialog.remove(); resolve(null); } },
      h("h2", { id: "ask-title" }, question), effect && h("p", {}, effect),
      h("form", {
        method: "dialog",
        onsubmit: () => resolve(text ? input.value.trim() : ""),
      }, text && field(question, input),
      h("div", { class: "row" }, h("button", { class: "primary" }, yes),
        h("button", { type: "button", onclick: () => dialog.close() }, t("action.cancel")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
