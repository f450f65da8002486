// The frame of each page: its name, the links to the other pages, and the key.

import { createRoot } from "react-dom/client";

import { KeyField } from "./key-field.jsx";

const PAGES = [
  ["dashboard", "Dashboard"],
  ["translate", "Translate"],
  ["graphiql", "GraphiQL"],
];

/// Shows a page. `name` is that of its file.
export function show(name, content) {
  createRoot(document.getElementById("root")).render(
    <div className="page">
      <header className="page-header">
        <a className="page-name" href="./">
          Session history
        </a>
        <nav className="page-nav" aria-label="Pages">
          {PAGES.map(([page, title]) => (
            <a key={page} href={page} aria-current={page === name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <KeyField />
      </header>
      {content}
    </div>,
  );
}
