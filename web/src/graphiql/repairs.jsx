// What GraphiQL has no setting for.

import { useGraphiQL, useGraphiQLActions, useMonaco } from "@graphiql/react";
import { useEffect, useRef } from "react";

import { useKey } from "../shared/key-field.jsx";

/// Long lines are wrapped. Letters of other scripts than Latin are not marked as if they were mistakes.
export function EditorOptions() {
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const response = useGraphiQL((state) => state.responseEditor);
  useEffect(() => {
    for (const editor of [query, variables, response]) {
      editor?.updateOptions({
        wordWrap: "on",
        wrappingIndent: "indent",
        unicodeHighlight: { ambiguousCharacters: false },
      });
    }
  }, [query, variables, response]);
  return null;
}

/// The explorer sorts the arguments of the schema in place, so that completion and documentation have another
/// order than the schema.
export function keepOrderOfArguments(schema) {
  for (const type of Object.values(schema.getTypeMap())) {
    for (const field of Object.values(type.getFields?.() ?? {})) {
      if (field.args) Object.defineProperty(field.args, "sort", { value: () => field.args });
    }
  }
}

/// The pane of the variables is open only in tabs that have some.
export function FoldVariables() {
  const isReady = useGraphiQL((state) => Boolean(state.variableEditor));
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]);
  const hasVariables = (tab.variables ?? "").trim() !== "";
  useEffect(() => {
    if (!isReady) return;
    const label = hasVariables ? "Show editor tools" : "Hide editor tools";
    document.querySelector(`.graphiql-toggle-editor-tools[aria-label="${label}"]`)?.click();
    // Not while the user types variables.
  }, [isReady, tab.id]);
  return null;
}

/// Each tab is a list item with two buttons. GraphiQL says that the item is a tab, which must have no buttons.
export function NameTabs() {
  const tabs = useGraphiQL((state) => state.tabs);
  const active = useGraphiQL((state) => state.activeTabIndex);
  useEffect(() => {
    const list = document.querySelector(".graphiql-tabs");
    list?.removeAttribute("role");
    for (const [index, item] of [...(list?.children ?? [])].entries()) {
      item.removeAttribute("role");
      item.removeAttribute("aria-selected");
      item.querySelector(".graphiql-tab-button").setAttribute("aria-pressed", index === active);
      item.querySelector(".graphiql-tab-close")?.setAttribute("aria-label", `Close tab ${tabs[index].title}`);
    }
    const panel = document.getElementById("graphiql-session");
    panel?.setAttribute("role", "group");
  }, [tabs, active]);
  return null;
}

/// Another key is another account: the data of the last one leaves all tabs.
export function ForgetAnswers() {
  const key = useKey();
  const last = useRef(key);
  const tabs = useGraphiQL((state) => state.tabs);
  const active = useGraphiQL((state) => state.activeTabIndex);
  const editor = useGraphiQL((state) => state.responseEditor);
  const { stop, updateActiveTabValues } = useGraphiQLActions();
  useEffect(() => {
    if (last.current === key) return;
    last.current = key;
    stop();
    const answered = tabs.filter(({ response }) => /^\s*"data": \{/m.test(response ?? ""));
    // GraphiQL has no action for a tab that is not active.
    for (const tab of answered) if (tab !== tabs[active]) tab.response = null;
    if (!answered.includes(tabs[active])) return;
    editor.setValue("");
    updateActiveTabValues({ response: null });
  }, [key]);
  return null;
}

/// Comments and line numbers are too dark on the dark background.
export function ReadableColours() {
  const monaco = useMonaco((state) => state.monaco);
  const theme = useGraphiQL((state) => state.theme);
  useEffect(() => {
    monaco?.editor.defineTheme("graphiql-DARK", DARK);
  }, [monaco, theme]);
  return null;
}

const DARK = {
  base: "vs-dark",
  inherit: true,
  colors: {
    "editor.background": "#ffffff00",
    "editorLineNumber.foreground": "#93a0b8",
    "scrollbar.shadow": "#ffffff00",
    "editorHoverWidget.background": "#212a3b",
    "editorSuggestWidget.background": "#212a3b",
    "editorWidget.background": "#212a3b",
    "menu.background": "#212a3b",
    focusBorder: "#8db4ff",
  },
  rules: [
    { token: "comment", foreground: "93b884" },
    { token: "argument.identifier.gql", foreground: "a9a5ff" },
  ],
};
