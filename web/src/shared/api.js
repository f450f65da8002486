// Requests to the gateway with the current key.

import { currentKey, keyHeaders, noteAnswer } from "./key.js";

const ENDPOINT = new URL("graphql", document.baseURI);
const JSON_TYPES = /^application\/(graphql-response\+)?json\b/i;
const UNREACHABLE = "The server cannot be reached. Check that it is running, then try again.";
const INCOMPLETE = "The answer of the server is not complete. Try again.";

/// The data of a query.
///
/// Throws an error with a message for the user, also when only a part of the data failed. Its `code` is that of
/// docs/GRAPHQL.md.
export async function graphql(query, variables, signal) {
  const key = currentKey();
  const response = await post({ query, variables }, "application/graphql-response+json", signal);
  const result = await answer(response, key);
  if (result.errors?.length > 0) {
    const { message, extensions } = result.errors[0];
    throw Object.assign(new Error(message), { code: extensions?.code });
  }
  if (!result.data) throw new Error(INCOMPLETE);
  return result.data;
}

/// A bulk answer in a format, to be read as it comes.
export async function bulk(query, variables, format, signal) {
  const key = currentKey();
  const response = await post({ query, variables }, format, signal);
  if (response.ok) return response;
  const { errors } = await answer(response, key);
  throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
}

/// Gives each answer of a query or subscription to `next`, with its HTTP status and its size in bytes. Calls `opened`
/// when the server has accepted a subscription.
export async function subscribe(params, signal, next, opened = () => {}) {
  const accept =
    "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8";
  const key = currentKey();
  const response = await post(params, accept, signal);
  const type = response.headers.get("Content-Type") ?? "";
  const isStream = type.startsWith("text/event-stream");
  if (isStream) opened();
  const read = isStream ? (each) => readEvents(response.body, each) : async (each) => each(await textOf(response));
  await read((text) => {
    const result = JSON.parse(text);
    noteResult(key, response, result);
    next(result, { status: response.status, bytes: new Blob([text]).size });
  });
}

/// A request to this server. The message of an error is for the user.
export async function send(url, options) {
  try {
    return await fetch(url, options);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new Error(UNREACHABLE, { cause });
  }
}

function post(params, accept, signal) {
  return send(ENDPOINT, {
    method: "POST",
    headers: { Accept: accept, "Content-Type": "application/json", ...keyHeaders() },
    body: JSON.stringify(params),
    signal,
  });
}

/// The answer as GraphQL has it.
async function answer(response, key) {
  const result = parsed(await textOf(response));
  noteResult(key, response, result);
  return result;
}

function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch (cause) {
    throw new Error(INCOMPLETE, { cause });
  }
}

async function textOf(response) {
  const text = await response.text().catch((cause) => {
    throw new Error(INCOMPLETE, { cause });
  });
  if (JSON_TYPES.test(response.headers.get("Content-Type") ?? "")) return text;
  throw new Error(`HTTP ${response.status} ${response.statusText}: ${text.slice(0, 500).trim()}`);
}

/// Notes what an answer says of the key. That of a busy server says nothing.
function noteResult(key, response, result) {
  const errors = Array.isArray(result?.errors) ? result.errors : [];
  const isUnknown = errors.some((error) => error?.extensions?.code === "UNAUTHENTICATED");
  if (response.status === 401 || isUnknown) noteAnswer(key, false);
  else if (response.ok) noteAnswer(key, true);
}

/// Reads server-sent events to the event `complete`. Lines that begin with ':' are comments.
async function readEvents(body, next) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The server ended the subscription. Run it again.");
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      if (event.startsWith("event: complete")) return;
      if (event.startsWith("event: next")) next(event.slice(event.indexOf("data: ") + 6));
    }
  }
}
