// A call of the old URL as a list of parameters. It reads texts as the server does: docs/LEGACY.md, "Quirks".

/// The length limit of a text with a call, in characters. A server takes no longer URL.
export const MAX_LENGTH = 50_000;

const VARS = /^VARS(\[.*\])?$/;

/// Parses a text with a call: a URL, a command with a URL in quotation marks, or only the parameters.
///
/// Returns the parameters without the key, each name once and in upper case, and the key. A text that is too long has
/// none.
export function parseCall(text) {
  const params = new Map();
  let key = "";
  if (text.length > MAX_LENGTH) return { params, key };
  for (const part of parameters(text)) {
    const [rawName, ...rest] = part.split("=");
    const name = bareName(decode(rawName));
    const value = onOneLine(decode(rest.join("=")));
    if (name === "KEY") key = value.replace(/\s/g, "");
    else if (VARS.test(name)) params.set("VARS", [params.get("VARS"), elements(value)].filter(Boolean).join(" "));
    else if (name !== "" && name !== "AS") params.set(name, value);
  }
  for (const [name, value] of params) if (value === "") params.delete(name);
  return { params, key };
}

/// The text without the value of its key.
export function withoutKey(text) {
  return text.replace(/(^|[?&\s_;])(KEY\s*=)[^&"']*/gi, "$1");
}

/// The call as parameters of an address.
export function toQuery(params) {
  return new URLSearchParams([...params]).toString();
}

/// The call as a URL of this server, without a key.
export function toUrl(params) {
  const query = [...params].map(([name, value]) => `${name}=${encoded(value)}`).join("&");
  return new URL(`get_session_history.php?${query}`, document.baseURI).href;
}

/// Encodes what has a meaning in a query string. The rest stays readable.
function encoded(value) {
  return encodeURIComponent(value).replace(/%(?:2C|2F|3A|40)/g, decodeURIComponent);
}

/// The elements in `VARS`, each once, without a format.
export function elementsOf(params) {
  const names = (params.get("VARS") ?? "").toUpperCase().split(/[\s,]+/).filter(Boolean);
  return [...new Set(names)].filter((name) => !name.startsWith("OUTPUT_FORMAT"));
}

/// The format of the answer.
export function formatOf(params) {
  const inVars = /OUTPUT_FORMAT=(\w+)/i.exec(params.get("VARS") ?? "");
  return (params.get("OUTPUT_FORMAT") ?? inVars?.[1] ?? "XML").toUpperCase();
}

/// The parameters with another value of one. An empty value removes it.
export function withParam(params, name, value) {
  const changed = new Map(params);
  if (value === "") changed.delete(name);
  else changed.set(name, value);
  return changed;
}

function onOneLine(value) {
  const lines = value.split(/[\r\n]/).map((line) => line.trim());
  return lines.filter(Boolean).join(" ");
}

function parameters(text) {
  const start = text.indexOf("?");
  const [before, after] = start < 0 ? ["", text] : [text.slice(0, start), text.slice(start + 1)];
  const [, quote] = /(["'])[^"']*$/.exec(before) ?? [];
  const query = quote === undefined ? after : after.split(quote)[0];
  const [withoutFragment] = query.split("#");
  return withoutFragment.split("&").filter((part) => part.includes("="));
}

/// The value of `VARS` without a key that follows it where an `&` is missing.
function elements(value) {
  return value.replace(/\bKEY\s*=\s*\S*/gi, "").trim();
}

function bareName(name) {
  return name.replace(/^([\s_]|amp;)+|\s+$/gi, "").toUpperCase();
}

/// Decodes the encoding of forms: UTF-8, or else Windows-1252.
function decode(raw) {
  const bytes = [];
  const parts = raw.replaceAll("+", " ").split(/%([0-9a-f]{2})/i);
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) bytes.push(Number.parseInt(part, 16));
    else for (const byte of new TextEncoder().encode(part)) bytes.push(byte);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return new TextDecoder("windows-1252").decode(new Uint8Array(bytes));
  }
}
