// The answers of both interfaces, of a few sessions only.

import { graphql, send } from "../shared/api.js";
import { currentKey } from "../shared/key.js";
import { formatOf } from "./call.js";
import { firstSessions } from "./indent.js";

/// The number of sessions that are shown.
export const SHOWN = 3;

// Of an answer whose sessions are not recognised, or very long.
const MAX_CHARACTERS = 60_000;

/// The answer of the GraphQL query, for its first sessions.
export async function graphqlAnswer({ document, variables }, signal) {
  const data = await graphql(document, { ...variables, first: SHOWN }, signal);
  return JSON.stringify({ data }, null, 2);
}

/// The answer of the old URL. It has no pages, so the request is stopped once the first sessions are there.
export async function legacyAnswer(params, signal) {
  const form = new URLSearchParams([...params, ["KEY", currentKey()]]);
  const response = await send("get_session_history.php", { method: "POST", body: form, signal });
  const format = formatOf(params);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let answer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { text: firstSessions(answer, format, SHOWN).shown, status: response.status };
    answer += value;
    const { shown, sessions } = firstSessions(answer, format, SHOWN);
    if (sessions === SHOWN || answer.length > MAX_CHARACTERS) {
      await reader.cancel();
      return { text: shown.slice(0, MAX_CHARACTERS), status: response.status };
    }
  }
}
