import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useGraphiQL } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect } from "react";

import { EXAMPLES } from "./examples.js";
import { fetcher } from "./fetcher.js";
import { KeyField } from "./key-field.jsx";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

const NEW_TAB = `# Ctrl-Space lists what can be asked for here, Ctrl-Enter runs the query.
# The book at the left has every type and field.
`;

export function App() {
  return (
    <div className="page">
      <header className="page-header">
        <h1>Session history</h1>
        <KeyField />
      </header>
      <main className="page-main">
        {/* The key has its own field, so that no header is ever typed that could be stored. */}
        <GraphiQL
          fetcher={fetcher}
          plugins={PLUGINS}
          defaultTabs={EXAMPLES}
          defaultQuery={NEW_TAB}
          defaultEditorToolsVisibility="variables"
          isHeadersEditorEnabled={false}
          showPersistHeadersSettings={false}
          shouldPersistHeaders={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <WrapLongLines />
        </GraphiQL>
      </main>
    </div>
  );
}

/// GraphiQL cuts long lines of a query off and has no setting for it.
function WrapLongLines() {
  const editor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => {
    editor?.updateOptions({ wordWrap: "on", wrappingIndent: "indent" });
  }, [editor]);
  return null;
}
