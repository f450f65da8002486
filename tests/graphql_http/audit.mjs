// Runs the public audits of GraphQL over HTTP against the URL in the first argument, with the key in
// AUDIT_KEY. Prints a summary as JSON, and fails if an audit fails.
import { auditServer } from 'graphql-http';

const EXPECTED = 61;

const authorization = `Bearer ${process.env.AUDIT_KEY}`;
const results = await auditServer({
  url: process.argv[2],
  fetchFn: (url, init = {}) =>
    fetch(url, { ...init, headers: { ...init.headers, authorization } }),
});
const failed = [];
for (const result of results) {
  if (result.status === 'ok') continue;
  const { id, name, status, reason, response } = result;
  failed.push({ id, name, status, reason, http: response?.status });
}
const passed = results.length - failed.length;
console.log(JSON.stringify({ audits: results.length, passed, failed }, null, 2));
process.exitCode = results.length === EXPECTED && failed.length === 0 ? 0 : 1;
