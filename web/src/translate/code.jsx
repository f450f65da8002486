import { CopyButton } from "../shared/copy.jsx";

/// A text that can be copied, below a heading.
export function Code({ title, text, children }) {
  return (
    <section className="panel code" aria-label={title}>
      <header className="code-head">
        <h3>{title}</h3>
        <CopyButton text={text} of={title} />
      </header>
      {children}
      <pre className="code-text" tabIndex={0} role="group" aria-label={`Text: ${title}`}>
        {text}
      </pre>
    </section>
  );
}
