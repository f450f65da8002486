// GraphQL over HTTP with the current key. The page has one fetcher: GraphiQL loads the schema again
// whenever it gets another one.

import { subscribe } from "../shared/api.js";
import { noteAnswer } from "./request-log.js";

/// The name of the query with which GraphiQL loads the schema.
const SCHEMA_QUERY = "IntrospectionQuery";

/// Returns an observable, so that the stop button aborts the request.
export function fetcher(params) {
  const note = params.operationName === SCHEMA_QUERY ? () => {} : noteAnswer;
  return {
    subscribe(observer) {
      const abort = new AbortController();
      const start = performance.now();
      note(null);
      subscribe(params, abort.signal, (result, { status, bytes }) => {
        note({ status, bytes, milliseconds: performance.now() - start });
        observer.next(result);
      }).then(
        () => observer.complete(),
        (error) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => abort.abort() };
    },
  };
}
