// GraphiQL on wide and narrow screens, light and dark. support.mjs says how to run it.

import { editorIsReady, resultHas, run } from "./editor.mjs";
import { SCHEMES, WIDTHS, browserTest } from "./support.mjs";

await browserTest(async (test) => {
  for (const width of WIDTHS) for (const scheme of SCHEMES) await layout(test, width, scheme);
});

async function layout(test, width, scheme) {
  const page = await test.openWithKey("graphiql", { width, scheme });
  await editorIsReady(page);
  await run(page);
  await resultHas(page, '"data"');
  const name = `graphiql-${width}-${scheme}`;
  await test.shot(page, name);
  await test.fits(page, name);
  await page.getByRole("button", { name: "Table" }).click();
  await page.locator(".result-table td").first().waitFor();
  await test.shot(page, `${name}-table`);
  // A click on something that is covered fails. The icons come last, because each shows a tooltip.
  for (const part of [".result-bar button:enabled", ".graphiql-editor-tools button", ".graphiql-sidebar button"]) {
    for (const button of await page.locator(part).all()) await button.click({ trial: true });
  }
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").waitFor();
  await test.accessible(page, name);
  for (const [part, least] of [[".graphiql-plugin", 200], [".result-table", 300], [".graphiql-query-editor", 300]]) {
    const box = await page.locator(part).boundingBox();
    test.check(`${name} has room for ${part}`, box.width >= least && box.height >= 100, box);
  }
  await test.shot(page, `${name}-docs`);
  await page.context().close();
}
