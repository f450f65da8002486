import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";

import { LINKED } from "./address.js";
import { EXAMPLES } from "./examples.js";
import { fetcher } from "./fetcher.js";
import { EditorOptions, FoldVariables, ForgetAnswers, NameTabs, ReadableColours, keepOrderOfArguments } from "./repairs.jsx";
import { Result } from "./result.jsx";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

const NEW_TAB = `# Ctrl-Space lists the fields that can be selected here. Ctrl-Enter runs the query.
# The book icon at the left shows all types and fields.
`;

export function App() {
  return (
    <main className="page-main">
      <h1 className="unseen">GraphiQL</h1>
      {/* The key has a field of its own: GraphiQL can store headers that are typed in its editor. */}
      <GraphiQL
        fetcher={fetcher}
        plugins={PLUGINS}
        initialQuery={LINKED?.query}
        initialVariables={LINKED?.variables}
        defaultTabs={LINKED === null ? EXAMPLES : [LINKED, ...EXAMPLES]}
        defaultQuery={NEW_TAB}
        defaultEditorToolsVisibility={false}
        isHeadersEditorEnabled={false}
        showPersistHeadersSettings={false}
        shouldPersistHeaders={false}
        onSchemaChange={keepOrderOfArguments}
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>
          <Links />
        </GraphiQL.Logo>
        <GraphiQL.Footer>
          <Result />
        </GraphiQL.Footer>
        <EditorOptions />
        <FoldVariables />
        <ForgetAnswers />
        <NameTabs />
        <ReadableColours />
      </GraphiQL>
    </main>
  );
}

function Links() {
  const showDocs = () => document.querySelector('[aria-label$=" Documentation Explorer"]')?.click();
  return (
    <span className="links">
      <button className="button" type="button" onClick={showDocs}>
        Docs
      </button>
      <a className="button" href="schema.graphql">
        Schema
      </a>
    </span>
  );
}
