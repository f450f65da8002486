// GraphQL over HTTP with the current key. The page has one fetcher: GraphiQL loads the schema again
// whenever it gets another one.

import { KeyState, currentKey, keyState, noteAnswer } from "./key.js";

const ENDPOINT = new URL("graphql", document.baseURI);
const JSON_TYPES = /^application\/(graphql-response\+)?json\b/i;

/// Returns an observable, so that the stop button aborts the request.
export function fetcher(params) {
  return {
    subscribe(observer) {
      const abort = new AbortController();
      send(params, abort.signal, (result) => observer.next(result)).then(
        () => observer.complete(),
        (error) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => abort.abort() };
    },
  };
}

/// Gives each answer to `next`. A subscription has many.
async function send(params, signal, next) {
  const headers = {
    Accept: "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8",
    "Content-Type": "application/json",
  };
  const key = keyState() === KeyState.UNSENDABLE ? "" : currentKey();
  if (key !== "") headers.Authorization = `Bearer ${key}`;

  let response;
  try {
    response = await fetch(ENDPOINT, {
      method: "POST",
      headers,
      body: JSON.stringify(params),
      signal,
    });
  } catch (cause) {
    throw new Error("The server cannot be reached. Check that it is running, then try again.", { cause });
  }

  const type = response.headers.get("Content-Type") ?? "";
  const noted = (result) => {
    noteAnswer(key, response.status !== 401 && !isUnauthenticated(result));
    next(result);
  };
  if (type.startsWith("text/event-stream")) return readEvents(response.body, noted);
  if (!JSON_TYPES.test(type)) {
    const text = (await response.text()).slice(0, 500).trim();
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text}`);
  }
  noted(await response.json());
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
      if (event.startsWith("event: next")) next(JSON.parse(event.slice(event.indexOf("data: ") + 6)));
    }
  }
}

function isUnauthenticated(result) {
  const errors = Array.isArray(result?.errors) ? result.errors : [];
  return errors.some((error) => error?.extensions?.code === "UNAUTHENTICATED");
}
