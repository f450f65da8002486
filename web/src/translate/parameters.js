// What a call of the old URL can have, in plain words. docs/LEGACY.md has the same lists.

export const FORMATS = ["XML", "JSON", "CSV", "NDJSON"];

/// The elements of VARS, in groups.
export const ELEMENTS = [
  ["Session", [
    ["ID", "Number of the session"],
    ["DATE_START", "Start"],
    ["DATE_END", "End"],
    ["PROBLEM_DESCRIPTION", "Problem, as described before"],
    ["NOTES", "Notes of the technician"],
  ]],
  ["Technician", [
    ["TECH_NAME", "Name"],
    ["TECH_USERNAME", "User name (e-mail address)"],
  ]],
  ["Customer", [
    ["CUSTOMER_NAME", "Name"],
    ["CUSTOMER_EMAIL", "E-mail address"],
    ["CUSTOMER_NUMBER", "Customer number"],
  ]],
  ["Computer", [
    ["COMPUTER_NAME", "Name"],
    ["COMPUTER_DOMAIN", "Domain"],
    ["COMPUTER_OS", "Operating system"],
  ]],
  ["Chat, videos and custom fields", [
    ["CHAT_INFO", "Messages of the chat"],
    ["HAS_VIDEOS", "Whether there are videos"],
    ["VIDEO_LINKS", "URLs of the videos"],
    ["CUSTOM_FIELD_NAME", "Names of the custom fields"],
    ["CUSTOM_FIELD_VALUE", "Values of the custom fields"],
  ]],
];

const DATE = { kind: "date", hint: "YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, in UTC" };

/// The filters, in groups, with their labels.
export const FILTERS = [
  ["Session", [
    ["FILTER_ID", "Number of the session", { kind: "number", hint: "a whole number" }],
    ["FILTER_DATE_START_INI", "Started after", DATE],
    ["FILTER_DATE_START_END", "Started before", DATE],
    ["FILTER_PROCESSED", "Answered by a technician", { words: [
      ["ALL", "all"],
      ["ANSWERED", "answered"],
      ["NOT_ANSWERED", "not answered"],
    ] }],
    ["FILTER_START_METHOD", "Started from", { words: [
      ["ALL", "anything"],
      ["AGENT", "the agent on the computer"],
      ["APPLET", "anything else, such as a PIN"],
    ] }],
    ["FILTER_HAS_VIDEOS", "Videos", { words: [
      ["TRUE", "with videos"],
      ["FALSE", "without videos"],
    ] }],
  ]],
  ["Technician and customer", [
    ["FILTER_TECH_USERNAME", "User name of the technician", text(100)],
    ["FILTER_CUSTOMER_NAME", "Name of the customer", text(100)],
    ["FILTER_CUSTOMER_EMAIL", "E-mail address of the customer", text(100)],
    ["FILTER_CUSTOMER_NUMBER", "Customer number", text(50)],
  ]],
  ["Computer and custom field", [
    ["FILTER_COMPUTER_NAME", "Name of the computer", text(100)],
    ["FILTER_COMPUTER_DOMAIN", "Domain of the computer", text(100)],
    ["FILTER_CUSTOM_FIELD_NAME", "Name of a custom field", text(32)],
    ["FILTER_CUSTOM_FIELD_VALUE", "Value of the custom field", text(100)],
  ]],
];

const FILTER_VALUES = new Map(
  FILTERS.flatMap(([, filters]) => filters.map(([name, , value]) => [name, value])),
);
const KNOWN = new Set(["VARS", "OUTPUT_FORMAT", ...FILTER_VALUES.keys()]);

/// The names of parameters that the server ignores.
export function ignored(params) {
  return [...params.keys()].filter((name) => !KNOWN.has(name) && !name.startsWith("FILTER_"));
}

/// What an error of the server means, and what to do.
export function explain(error) {
  const [, name, token, kind] = /^Invalid (\w+)(?: setting: (.*)| (setting|value))\.$/s.exec(error) ?? [];
  if (token !== undefined) return `There is no element ${token}. The form has all elements.`;
  if (name === "VARS") return "The call needs VARS: the elements that the answer shall have. Choose them in the form.";
  if (name === "OUTPUT_FORMAT") return `The format can be ${list(FORMATS)}.`;
  const value = FILTER_VALUES.get(name);
  if (value === undefined) return name && kind ? `There is no filter ${name}. The form has all filters.` : "";
  if (value.words) return `${name} can be ${list(value.words.map(([word]) => word))}.`;
  return `${name} must be ${value.kind === "date" ? "a date: " : ""}${value.hint}.`;
}

function text(most) {
  return { kind: "text", hint: `a text of up to ${most} characters`, most };
}

function list(words) {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
