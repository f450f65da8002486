// CSV as the gateway writes it (RFC 4180), for rows that a page has already.

const NEEDS_QUOTES = /[",\r\n]|^ | $/;

/// A spreadsheet runs a text that begins with one of these signs as a formula.
const BEGINS_FORMULA = /^[=+\-@\t\r\n\0]/;

/// The lines of a table. A text that begins like a formula gets `'` before it.
export function toCsv(columns, rows) {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return quoted(typeof value === "object" ? JSON.stringify(value) : String(value));
  return quoted(BEGINS_FORMULA.test(value) ? `'${value}` : value);
}

function quoted(text) {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
