// The link to each neighbour: what waits, what arrived, when last.
import { get, post } from "./api.js";
import { action, h, tag } from "./parts.js";
import { t } from "./texts.js";
import { times } from "./time.js";

function neighbour(n, zones) {
  const link = !n.addresses.length || (n.tried_at && !n.reached) ? tag(t("exchange.down"), "warn")
    : n.reached ? tag(t("exchange.up"), "good") : tag(t("exchange.never"));
  return h("li", { class: "card" }, h("h2", {}, n.party),
    h("p", { class: "row" }, link, tag(n.pending ? t("exchange.waiting") : t("exchange.delivered"), n.pending ? "warn" : "good")),
    n.reason && h("p", {}, t(`reason.${n.reason}`)),
    h("p", {}, n.reached_at ? t("exchange.last", { time: times(n.reached_at, zones) }) : t("exchange.never")),
    h("p", {}, t("exchange.cosigned", { size: n.cosigned_size })));
}

async function callNow(redraw) {
  const calls = async () => (await get("exchange")).neighbours.reduce((sum, n) => sum + n.calls, 0);
  const before = await calls();
  await post("exchange", {});
  for (let i = 0; i < 40 && (await calls()) === before; i++) await new Promise((done) => setTimeout(done, 250));
  await redraw();
}

export async function exchangePage({ zones, redraw }) {
  const { neighbours } = await get("exchange");
  return h("section", {}, h("div", { class: "row spread" }, h("h1", {}, t("page.exchange")),
    action(t("action.sync"), () => callNow(redraw), "primary")),
  h("ul", { class: "cards" }, neighbours.map((n) => neighbour(n, zones))));
}
