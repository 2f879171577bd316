// Registering an incident: only what the post needs; everything else can follow as facts.
import { addFact } from "./api.js";
import { field, h, newId, problemBox } from "./parts.js";
import { language, t, title } from "./texts.js";
import { instantOf, nowIn, zoneName } from "./time.js";

// Day, month, year and time in boxes of their own: a browser's date box shows the browser's language, not ours.
function timeBoxes(label, zone) {
  const now = nowIn(zone);
  const legend = newId();
  const boxes = ["day", "month", "year", "time"].map((name) =>
    h("input", {
      name, inputmode: "numeric", required: true, value: now[name], size: name === "year" || name === "time" ? 5 : 3,
      "aria-labelledby": `${legend} ${legend}-${name}`, autocomplete: "off",
    }));
  const shown = { day: "DD", month: "MM", year: "YYYY", time: "hh:mm" };
  const read = () => {
    const [d, m, y, time] = boxes.map((b) => b.value.trim());
    const clock = /^(\d{1,2}):(\d{2})$/.exec(time);
    return clock && instantOf({ day: +d, month: +m, year: +y, hour: +clock[1], minute: +clock[2] }, zone);
  };
  const set = h("fieldset", {}, h("legend", { id: legend }, `${label} (${zoneName(zone)})`),
    h("div", { class: "row" }, boxes.map((b) => h("div", {}, h("span", { class: "hint", id: `${legend}-${b.name}` }, shown[b.name]), b))));
  return { set, read };
}

const options = (list, key) => list.map((x) => h("option", { value: x.id }, `${key ? `${x.id} ` : ""}${title(x.title)}`));

export function registerPage({ pack, me, zones }) {
  const zone = zones[0];
  const type = h("select", { required: true }, options(pack.types, true));
  const section = h("input", { list: "sections", required: true, autocomplete: "off" });
  const happened = timeBoxes(t("field.happened_from"), zone);
  const noticed = timeBoxes(t("field.noticed_at"), zone);
  const own = pack.parties?.find((p) => p.id === me.party)?.languages?.[0] ?? language();
  const summary = h("textarea", { rows: 4, required: true, lang: own });
  const submit = async (event) => {
    event.preventDefault();
    form.querySelector(".problem")?.remove();
    try {
      const made = await addFact("incident.registered", "", {
        type: type.value, section: section.value.trim(), happened_from: happened.read() ?? "", noticed_at: noticed.read() ?? "",
        [`summary.${own}`]: summary.value.trim(),
      });
      location.hash = `#/cases/${encodeURIComponent(made.case)}`;
    } catch (problem) {
      form.prepend(problemBox(problem));
    }
  };
  const form = h("form", { onsubmit: submit }, field(t("field.type"), type),
    field(t("field.section"), section), h("datalist", { id: "sections" }, options(pack.sections ?? [])),
    happened.set, noticed.set, field(`${t("field.summary")} (${t(`language.${own}`)})`, summary),
    h("button", { class: "primary" }, t("action.register")));
  return h("section", { class: "narrow" }, h("h1", {}, t("action.register")), form);
}
