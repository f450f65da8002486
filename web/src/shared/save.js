// How long the content stays after the click. A browser may begin to read it some time later.
const KEPT_MS = 60_000;

/// Saves a blob as a file of the user.
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
