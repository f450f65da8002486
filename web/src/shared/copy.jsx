// Buttons that copy a text.

import { useEffect, useState } from "react";

const SHOWN_MS = 2000;

export function CopyButton({ text, label = "Copy", of }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = () =>
    copyText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Not copied"),
    );
  return (
    <>
      <button className="button" type="button" onClick={copy} aria-label={of && `${label} ${of}`}>
        {said || label}
      </button>
      <span className="unseen" role="status">
        {said}
      </span>
    </>
  );
}

async function copyText(text) {
  // Browsers have it on HTTPS and on this computer only.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);

  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!isCopied) throw new Error("The browser does not copy.");
  return undefined;
}
