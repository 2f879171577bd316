// Every time is shown in UTC and by the clocks of both sides; what is typed names its zone.
const formats = new Map();

function format(zone) {
  if (!formats.has(zone))
    formats.set(zone, new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit",
    }));
  return formats.get(zone);
}

function parts(instant, zone) {
  const found = {};
  for (const { type, value } of format(zone).formatToParts(new Date(instant))) found[type] = value;
  return found;
}

const day = (p) => `${p.day}.${p.month}.${p.year}`;
const hour = (p) => `${p.hour}:${p.minute}`;
const city = (zone) => zone.split("/").pop().replaceAll("_", " ");

// "30.08.2023 09:10 UTC · Riga 12:10 · Minsk 12:10"; a day that differs is shown.
export function times(instant, zones) {
  const utc = parts(instant, "UTC");
  const local = zones.map((zone) => {
    const p = parts(instant, zone);
    return `${city(zone)} ${day(p) === day(utc) ? "" : `${day(p)} `}${hour(p)}`;
  });
  return [`${day(utc)} ${hour(utc)} UTC`, ...local].join(" · ");
}

// What clocks in the zone show, as an instant; null when it is no time.
export function instantOf({ year, month, day: d, hour: h, minute }, zone) {
  const wanted = Date.UTC(year, month - 1, d, h, minute);
  const checked = new Date(wanted);
  if (Number.isNaN(wanted) || checked.getUTCMonth() !== month - 1 || checked.getUTCDate() !== d || h > 23 || minute > 59)
    return null;
  let guess = wanted;
  for (let i = 0; i < 2; i++) {
    const p = parts(guess, zone);
    guess += wanted - Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute);
  }
  return new Date(guess).toISOString().replace(".000", "");
}

export function nowIn(zone) {
  const p = parts(Date.now(), zone);
  return { day: p.day, month: p.month, year: p.year, time: hour(p) };
}

export const zoneName = city;
