// The translations of a call, which the server makes.

import { useEffect, useState } from "react";

import { send } from "../shared/api.js";
import { toQuery } from "./call.js";

export const PROGRAMS = [
  ["curl", "curl"],
  ["python", "Python"],
  ["javascript", "JavaScript"],
];

const PAUSE_MS = 250;

/// The translation of a call: `null` while the server makes it, or with an `error` of it.
export function useTranslation(params) {
  const query = toQuery(params);
  const [made, setMade] = useState({ query: null });

  useEffect(() => {
    if (query === "") return undefined;
    const abort = new AbortController();
    const translate = () =>
      translation(query, abort.signal).then(
        (result) => setMade({ query, ...result }),
        (error) => {
          if (!abort.signal.aborted) setMade({ query, error: error.message });
        },
      );
    const timer = setTimeout(translate, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query]);
  return made.query === query ? made : null;
}

async function translation(query, signal) {
  const first = await ask(query, signal);
  if (first.status === 403) return { isClosed: true };
  if (first.status === 400) return { refusal: first.text.trim() };
  if (first.status !== 200) throw new Error(`The server cannot translate: HTTP ${first.status}. ${first.text}`);

  const programs = await Promise.all(
    PROGRAMS.map(async ([name]) => [name, (await ask(`${query}&as=${name}`, signal)).text]),
  );
  // The document has no empty line.
  const end = first.text.indexOf("\n\n");
  return {
    document: first.text.slice(0, end),
    variables: JSON.parse(first.text.slice(end)),
    programs: Object.fromEntries(programs),
  };
}

async function ask(query, signal) {
  const response = await send(`translate?${query}`, { headers: { Accept: "text/plain" }, signal });
  return { status: response.status, text: await response.text() };
}
