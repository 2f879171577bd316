// Signing in: paste is allowed, nothing has to be remembered but the password itself.
import { post } from "./api.js";
import { field, h, problemBox } from "./parts.js";
import { t } from "./texts.js";

export function signInPage(done) {
  const officer = h("input", { name: "officer", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const submit = async (event) => {
    event.preventDefault();
    form.querySelector(".problem")?.remove();
    try {
      await post("session", { officer: officer.value.trim(), password: password.value });
      await done();
    } catch (problem) {
      form.prepend(problem.code === "role"
        ? h("div", { class: "problem", role: "alert" }, h("p", {}, t("signin.wrong")))
        : problemBox(problem));
      password.value = "";
      password.focus();
    }
  };
  const form = h("form", { onsubmit: submit }, field(t("signin.officer"), officer), field(t("signin.password"), password),
    h("button", { class: "primary" }, t("signin.do")));
  return h("section", { class: "narrow" }, h("h1", {}, t("signin.title")), form);
}
