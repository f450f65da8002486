// Follows the change feed with a public client, and prints a line for each thing that happens.
//
//   KEY=… node follow.mjs sse|ws URL VARIABLES COUNT
//
// Ends after COUNT changes.

import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

const [kind, url, variables, count] = process.argv.slice(2);
const authorization = `Bearer ${process.env.KEY}`;
const on = { connected: () => console.log("connected"), closed: (event) => console.log("closed", event?.code) };
const retry = { retryAttempts: 300, retryWait: () => new Promise((done) => setTimeout(done, 100)) };
const client =
  kind === "sse"
    ? createSseClient({ url, headers: { authorization }, on, retry: retry.retryWait, ...retry })
    : createWsClient({
        url: url.replace("http", "ws"),
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
        on,
        shouldRetry: () => true,
        ...retry,
      });
const query = `subscription ($after: String) {
  sessionChanges(after: $after) { kind legacyId cursor }
}`;

let changes = 0;
for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) {
  if (result.errors) {
    console.log("errors", JSON.stringify(result.errors));
    break;
  }
  console.log("change", result.data.sessionChanges.legacyId);
  changes += 1;
  if (changes === Number(count)) break;
}
console.log("end");
process.exit(0);
