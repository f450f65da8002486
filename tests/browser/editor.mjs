// What a user does in GraphiQL.

import { TIMEOUT, until } from "./support.mjs";

/// Waits until the editor is there and has the schema.
export async function editorIsReady(page) {
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector(".graphiql-sidebar .graphiql-spin"),
    undefined,
    { timeout: TIMEOUT },
  );
}

/// Replaces the query by another.
export async function write(page, query) {
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(query);
}

export async function run(page) {
  await page.getByRole("button", { name: "Execute query" }).click();
}

export async function newTab(page) {
  await page.getByRole("button", { name: "New tab" }).click();
}

export async function closeLastTab(page) {
  await page.getByRole("button", { name: /^Close tab/ }).last().click();
}

export function tabs(page) {
  return page.locator(".graphiql-tab-button");
}

/// The text of the answer, without the lines that the editor has scrolled out of view.
export async function resultText(page) {
  const lines = await page.locator(".result-window .view-line").allInnerTexts();
  return lines.join("\n").replaceAll("\u00a0", " ");
}

/// Waits until the answer has a text, and returns what is shown of it.
export async function resultHas(page, text) {
  let shown = "";
  const found = await until(page, async () => {
    shown = await resultText(page);
    return shown.includes(text);
  });
  if (!found) throw new Error(`no ${text} in the answer: ${shown.slice(0, 300)}`);
  return shown;
}

/// The whole answer, parsed.
export async function result(page) {
  return JSON.parse(
    await page.evaluate(() => {
      const models = globalThis.__MONACO.editor.getModels();
      return models.find((model) => model.uri.path.endsWith("response.json")).getValue();
    }),
  );
}

/// The errors that the language services report in all editors, after some time.
export async function markers(page) {
  await page.waitForTimeout(800);
  return page.evaluate(() =>
    globalThis.__MONACO.editor
      .getModelMarkers({})
      .filter((marker) => marker.severity >= 8)
      .map((marker) => marker.message),
  );
}
