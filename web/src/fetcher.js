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
      send(params, abort.signal).then(
        (result) => {
          observer.next(result);
          observer.complete();
        },
        (error) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => abort.abort() };
    },
  };
}

async function send(params, signal) {
  const headers = {
    Accept: "application/graphql-response+json, application/json;q=0.9",
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

  if (!JSON_TYPES.test(response.headers.get("Content-Type") ?? "")) {
    const text = (await response.text()).slice(0, 500).trim();
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text}`);
  }
  const result = await response.json();
  noteAnswer(key, response.status !== 401 && !isUnauthenticated(result));
  return result;
}

function isUnauthenticated(result) {
  const errors = Array.isArray(result?.errors) ? result.errors : [];
  return errors.some((error) => error?.extensions?.code === "UNAUTHENTICATED");
}
