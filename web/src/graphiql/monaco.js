// Monaco runs its language services in workers, which are files of their own beside this one.
// The three names are filled in by build.mjs.

/* global EDITOR_WORKER, GRAPHQL_WORKER, JSON_WORKER */

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    switch (label) {
      case "graphql":
        return new Worker(new URL(GRAPHQL_WORKER, import.meta.url));
      case "json":
        return new Worker(new URL(JSON_WORKER, import.meta.url));
      default:
        return new Worker(new URL(EDITOR_WORKER, import.meta.url));
    }
  },
};
