// GraphQL over HTTP with the current key. The page has one fetcher: GraphiQL loads the schema again
// whenever it gets another one.

import { subscribe } from "../shared/api.js";

/// Returns an observable, so that the stop button aborts the request.
export function fetcher(params) {
  return {
    subscribe(observer) {
      const abort = new AbortController();
      subscribe(params, abort.signal, (result) => observer.next(result)).then(
        () => observer.complete(),
        (error) => {
          if (!abort.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => abort.abort() };
    },
  };
}
