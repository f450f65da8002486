import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useGraphiQL } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect } from "react";

import { EXAMPLES } from "./examples.js";
import { fetcher } from "./fetcher.js";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

const NEW_TAB = `# Ctrl-Space lists the fields that can be selected here. Ctrl-Enter runs the query.
# The book icon at the left shows all types and fields.
`;

export function App() {
  return (
    <main className="page-main">
      {/* The key has a field of its own: GraphiQL can store headers that are typed in its editor. */}
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
  );
}

/// GraphiQL has no setting to wrap long lines of a query.
function WrapLongLines() {
  const editor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => {
    editor?.updateOptions({ wordWrap: "on", wrappingIndent: "indent" });
  }, [editor]);
  return null;
}
