// GraphQL over HTTP, with the key of the moment. One function for the life of the page: GraphiQL
// fetches the schema anew whenever it is handed another one.

import { KeyState, currentKey, keyState, noteAnswer } from "./key.js";

const ENDPOINT = new URL("graphql", document.baseURI);
const JSON_TYPES = /^application\/(graphql-response\+)?json\b/i;

/// Answers with an observable, so that the stop button ends the request.
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
    throw new Error("The server could not be reached. Is it still running?", { cause });
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
