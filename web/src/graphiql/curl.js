// A request of the editor as a command. The key is a variable of the shell: it is in no history of commands.

const ENDPOINT = new URL("graphql", document.baseURI).href;

/// The command for a POSIX shell, or null if the variables are not JSON.
export function asCurl({ query, variables, operationName }) {
  const request = { query };
  if (operationName) request.operationName = operationName;
  if (variables.trim() !== "") {
    try {
      request.variables = JSON.parse(variables);
    } catch {
      return null;
    }
  }
  // No line of it is END: JSON has no line break within a text.
  const body = JSON.stringify(request, null, 2);
  const accept = /^\s*subscription\b/m.test(query) ? "text/event-stream" : "application/graphql-response+json";
  return `printf 'header = "Authorization: Bearer %s"\\n' "\${SESSION_HISTORY_KEY:?}" |
  curl --silent --show-error --no-buffer --config - \\
    --header 'Content-Type: application/json' --header 'Accept: ${accept}' \\
    --data-binary @/dev/fd/3 '${ENDPOINT}' 3<<'END'
${body}
END
`;
}
