// The periods of the dashboard, on the clock of a time zone.

import {
  CalendarDate,
  endOfMonth,
  parseDate,
  parseDateTime,
  startOfMonth,
  toZoned,
  today,
} from "@internationalized/date";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/// Longer periods are shown by month.
const MAX_DAYS_BY_DAY = 124;
/// The years that a period can have. A year that is being typed, such as 0202, is not one of them.
const YEARS = [1970, 2199];
/// The answer of the server has a limited number of months.
const MAX_YEARS = 30;

/// The period of a view: its bounds as instants, the bounds of the period before it, and its unit in the chart.
/// Null if the view has an own period that is not complete or not possible.
export function periodOf(view) {
  const days = daysOf(view);
  if (days === null) return null;
  const [from, until] = days.map((moment) => toZoned(moment, view.zone).toAbsoluteString());
  const before = beforeOf(view, days);
  const lengthInDays = (Date.parse(until) - Date.parse(from)) / DAY_MS;
  return {
    from,
    until,
    before: before.map((moment) => toZoned(moment, view.zone).toAbsoluteString()),
    unit: lengthInDays <= 2 ? "HOUR" : lengthInDays <= MAX_DAYS_BY_DAY ? "DAY" : "MONTH",
    lengthInDays,
  };
}

/// The first moment of a period and the first after it, without a time zone.
function daysOf(view) {
  const now = today(view.zone);
  const tomorrow = now.add({ days: 1 });
  switch (view.period) {
    case "today":
      return [now, tomorrow];
    case "yesterday":
      return [now.subtract({ days: 1 }), now];
    case "month": {
      const first = monthOf(view.month) ?? startOfMonth(now);
      return [first, endOfMonth(first).add({ days: 1 })];
    }
    case "own":
      return ownOf(view);
    default:
      return [tomorrow.subtract({ days: Number.parseInt(view.period, 10) }), tomorrow];
  }
}

function ownOf({ from, until }) {
  try {
    const bounds = [parseDateTime(from), parseDateTime(until)];
    const isPossible = bounds.every(isInYears) && bounds[0].add({ years: MAX_YEARS }).compare(bounds[1]) >= 0;
    return isPossible && bounds[0].compare(bounds[1]) < 0 ? bounds : null;
  } catch {
    return null;
  }
}

function monthOf(text) {
  try {
    const first = parseDate(`${text}-01`);
    return isInYears(first) ? first : null;
  } catch {
    return null;
  }
}

const isInYears = ({ year }) => year >= YEARS[0] && year <= YEARS[1];

function beforeOf(view, [from, until]) {
  if (view.period === "month") return [from.subtract({ months: 1 }), from];
  if (from instanceof CalendarDate) return [from.subtract({ days: dayCount(from, until) }), from];
  return [from.subtract({ milliseconds: until.compare(from) }), from];
}

/// The number of days between two dates.
function dayCount(from, until) {
  return Math.round((until.toDate("UTC") - from.toDate("UTC")) / DAY_MS);
}

/// The moments at which the units of a period begin, in milliseconds since 1970.
export function startsOf({ from, until, unit }, zone) {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  if (unit === "HOUR") {
    // The hours of the clock, also if the period begins within one.
    const first = start - Date.parse(`1970-01-01T00${localOf(from, zone).slice(13)}Z`);
    return Array.from({ length: Math.ceil((end - first) / HOUR_MS) }, (_, hour) => first + hour * HOUR_MS);
  }
  const first = parseDate(localOf(from, zone).slice(0, 10));
  const step = unit === "DAY" ? { days: 1 } : { months: 1 };
  const starts = [];
  for (let day = unit === "DAY" ? first : startOfMonth(first); ; day = day.add(step)) {
    const moment = toZoned(day, zone).toDate().getTime();
    if (moment >= end) return starts;
    starts.push(moment);
  }
}

/// The bounds of an hour of the week in each week of a period, as instants.
export function hoursOfWeek({ from, until }, zone, dayOfWeek, hour) {
  const first = parseDateTime(localOf(from, zone));
  const bounds = [];
  for (let day = new CalendarDate(first.year, first.month, first.day); ; day = day.add({ days: 1 })) {
    if (toZoned(day, zone).toDate() >= new Date(until)) return bounds;
    if (weekdayOf(day) !== dayOfWeek) continue;
    const start = parseDateTime(`${day}T${String(hour).padStart(2, "0")}:00`);
    const [gte, lt] = [start, start.add({ hours: 1 })].map((it) => toZoned(it, zone).toAbsoluteString());
    bounds.push({ gte, lt });
  }
}

/// The day of the week, from Monday, which is 1.
function weekdayOf(day) {
  return ((day.toDate("UTC").getUTCDay() + 6) % 7) + 1;
}

/// The date after a date, both as 2026-03-01.
export const dayAfter = (day) => parseDate(day).add({ days: 1 }).toString();

/// The time of an instant on the clock of a zone, as 2026-03-01T09:00:00.
export function localOf(instant, zone) {
  const format = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
  return format.format(new Date(instant)).replace(" ", "T");
}
