// How the requests of the editor went. GraphiQL itself has only the texts of the answers.

const listeners = new Set();

/// Calls a function at the start of each request (with null) and at each answer.
export function onAnswer(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/// `about` has the HTTP status, the time in milliseconds and the size in bytes.
export function noteAnswer(about) {
  for (const listener of listeners) listener(about);
}
