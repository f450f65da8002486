// Each page without a key and with a wrong one. support.mjs says how to run it.

import { SCHEMES, WIDTHS, browserTest } from "./support.mjs";

const PAGES = ["", "dashboard", "translate", "graphiql"];

await browserTest(async (test) => {
  test.allow(/status of 401/);
  for (const path of PAGES) {
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) {
        const page = await test.open(path, { width, scheme });
        const name = `/${path}, ${width} px, ${scheme}`;
        await page.locator(".key-hint", { hasText: "Data needs a key." }).waitFor();
        await test.fits(page, name);
        await test.accessible(page, name);
        // The server lets an address wait that sends many wrong keys.
        if (scheme === SCHEMES[0] && width === WIDTHS[2]) await withWrongKey(test, page, name);
        await page.context().close();
      }
    }
  }
});

async function withWrongKey(test, page, name) {
  await page.getByLabel("API key").fill("not-a-key");
  await page.locator(".key-hint", { hasText: "The server refused this key" }).waitFor();
  await test.fits(page, `${name}, with a wrong key`);
  await test.accessible(page, `${name}, with a wrong key`);
}
