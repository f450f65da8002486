// The first sessions of an answer of the old URL, with line breaks and indentation for reading. An answer can be
// incomplete, so no parser of whole documents can read it.

const STEP = "  ";

/// Shows the first `most` sessions of an answer. Returns the text and the number of sessions in it.
export function firstSessions(answer, format, most) {
  switch (format) {
    case "JSON":
      return json(answer, most);
    case "CSV":
      return csv(answer, most + 1);
    case "NDJSON":
      return lines(answer.split("\n"), most, "\n");
    default:
      return xml(answer, most);
  }
}

// An element with a text or nothing, another tag, or a text.
const XML_PART = /<([^\s<>/?]+)>[^<]*<\/\1>|<[^>]*>|[^<>\s][^<]*/g;

function xml(answer, most) {
  let [shown, depth, sessions] = ["", 0, 0];
  for (const [part] of answer.matchAll(XML_PART)) {
    const isEnd = part.startsWith("</");
    const isStart = /^<[^?/][^<]*[^/]>$/.test(part);
    if (isEnd) depth = Math.max(0, depth - 1);
    shown += `${STEP.repeat(depth)}${part}\n`;
    if (isStart) depth += 1;
    if (part.toLowerCase() === "</request>") sessions += 1;
    if (sessions === most) break;
  }
  return { shown, sessions };
}

/// A session is an object in the outermost list.
function json(answer, most) {
  let [shown, sessions, inText] = ["", 0, false];
  const open = [];
  const line = () => `\n${STEP.repeat(open.length)}`;
  for (let at = 0; at < answer.length && sessions < most; at += 1) {
    const sign = answer[at];
    if (inText) {
      shown += sign === "\\" ? sign + (answer[(at += 1)] ?? "") : sign;
      inText = sign !== '"';
    } else if (sign === "{" || sign === "[") {
      open.push(sign);
      const isEmpty = "}]".includes(answer[at + 1] ?? "");
      shown += isEmpty ? sign : sign + line();
    } else if (sign === "}" || sign === "]") {
      const isEmpty = "{[".includes(answer[at - 1]);
      const closed = open.pop();
      shown += isEmpty ? sign : line() + sign;
      if (closed === "{" && open.indexOf("[") === open.length - 1 && open.length > 0) sessions += 1;
    } else if (sign === ",") {
      shown += sign + line();
    } else if (sign === ":") {
      shown += ": ";
    } else if (!/\s/.test(sign)) {
      shown += sign;
      inText = sign === '"';
    }
  }
  return { shown, sessions };
}

/// The first line of CSV has the names of the columns. A line break in quotation marks is a part of a cell.
function csv(answer, most) {
  const rows = [""];
  for (const [index, part] of answer.split('"').entries()) {
    if (index > 0) rows[rows.length - 1] += '"';
    const [first, ...more] = index % 2 === 1 ? [part] : part.split("\r\n");
    rows[rows.length - 1] += first;
    rows.push(...more);
  }
  const { shown, sessions } = lines(rows, most, "\n");
  return { shown, sessions: Math.max(0, sessions - 1) };
}

function lines(all, most, between) {
  // The text after the last line break is no line, or an incomplete one.
  const whole = all.slice(0, -1).slice(0, most);
  return { shown: whole.join(between), sessions: whole.length };
}
