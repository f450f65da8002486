// The language service of GraphQL, in a worker of Monaco.

import { initialize } from "monaco-editor/esm/vs/editor/editor.worker.js";
import { GraphQLWorker } from "monaco-graphql/esm/GraphQLWorker.js";

/// Completion has fields and arguments in the order of the schema. Monaco sorts by a text, the label if there is none.
class OrderedWorker extends GraphQLWorker {
  async doComplete(uri, position) {
    const items = await super.doComplete(uri, position);
    return items.map((item, index) => ({ ...item, sortText: String(index).padStart(5, "0") }));
  }
}

globalThis.onmessage = () => {
  initialize((context, data) => new OrderedWorker(context, data));
};
