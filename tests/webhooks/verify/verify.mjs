// Verifies messages with the public library of Standard Webhooks. Prints how many are valid.
// Arguments: the secret, and a file with a message a line: {"headers": {…}, "body": "…"}.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const [secret, file] = process.argv.slice(2);
const webhook = new Webhook(secret);
const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
for (const line of lines) {
  const { headers, body } = JSON.parse(line);
  webhook.verify(body, headers);
}
console.log(lines.length);
