// The filters of the gateway's API that a view stands for.

import { hoursOfWeek } from "./period.js";

/// A filter has at most so many ranges of times. Longer periods have no links in the hours of the week.
export const MAX_RANGES = 40;

/// The filter of all figures: the period and the fields above them.
export function filterOf(view, { from, until }) {
  const conditions = { startedAt: { gte: from, lt: until } };
  if (view.technician) conditions.technician = { username: { eq: view.technician } };
  if (view.computer) conditions.computer = { name: { contains: view.computer } };
  if (view.method) conditions.startMethod = { eq: view.method };
  if (view.field) {
    conditions.customField = { name: view.field };
    if (view.value) conditions.customField.value = { contains: view.value };
  }
  if (view.customer) {
    const text = { contains: view.customer };
    conditions.or = [
      { customer: { name: text } },
      { customer: { number: text } },
      { customer: { email: text } },
    ];
  }
  return conditions;
}

/// The filter of the list: that of the figures, the bar that is picked, and the words that are searched.
export function listFilterOf(view, period) {
  const all = [filterOf(view, period), pickFilter(view, period)];
  if (view.search) all.push({ search: view.search });
  return { and: all.filter((filter) => filter !== null) };
}

/// What a bar stands for, as the values of `view.pick`: its kind, then its values. An empty value is none.
function pickFilter(view, period) {
  const [kind, ...values] = view.pick;
  const text = (value) => (value === null || value === "" ? { isNull: true } : { eq: value });
  switch (kind) {
    case "answered":
      return { answered: values[0] === "true" };
    case "between":
      return { startedAt: { gte: values[0], lt: values[1] }, ...answered(values[2]) };
    case "hour":
      return { or: hoursOfWeek(period, view.zone, Number(values[0]), Number(values[1])).map((startedAt) => ({ startedAt })) };
    case "technician":
      return values[0] ? { technician: { username: { eq: values[0] } } } : { answered: false };
    case "customer":
      return { customer: { name: text(values[0]), number: text(values[1]) } };
    case "computer":
      // All computers without a name are one.
      return { computer: { name: text(values[0]), ...(values[0] && { domain: text(values[1]) }) } };
    case "os":
      return { computer: { os: text(values[0]) } };
    default:
      return null;
  }
}

const answered = (value) => (value === undefined ? {} : { answered: value === "true" });
