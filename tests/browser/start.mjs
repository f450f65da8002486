// The start page, and the key that all pages share.

import { SCHEMES, WIDTHS, browserTest, until } from "./support.mjs";

await browserTest(async (test) => {
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      const page = await test.openWithKey("", { width, scheme });
      const name = `the start page, ${width} px, ${scheme}`;
      await page.locator(".key-hint").filter({ hasText: "Account demo" }).waitFor();
      await test.fits(page, name);
      await test.accessible(page, name);
      await page.context().close();
    }
  }

  const page = await test.open("");
  const status = page.locator(".key-hint");
  test.check("it tells that a key is missing", /needs a key/.test(await status.innerText()));
  test.check("the key is hidden", (await field(page).getAttribute("type")) === "password");

  test.allow(/status of 401/);
  await field(page).fill("not-a-key");
  await status.filter({ hasText: "The server refused this key" }).waitFor();
  await test.accessible(page, "the start page with a wrong key");
  await field(page).fill("schlüssel");
  await status.filter({ hasText: "a key has only ASCII letters" }).waitFor();

  await field(page).fill(test.key);
  await status.filter({ hasText: /Account demo, key / }).waitFor();
  await page.getByText(/^Version \d+\.\d+\.\d+, with SQLite\.$/).waitFor();
  test.equal("the field is gone", await field(page).count(), 0);
  await test.keepsKey(page);
  await test.accessible(page, "the start page with a key");
  await test.shot(page, "start");

  // The other pages of this tab have the key.
  for (const link of ["Dashboard", "Translate", "GraphiQL"]) {
    await page.getByRole("navigation").getByRole("link", { name: link }).click();
    await page.waitForURL(test.url(link.toLowerCase()));
    await page.locator(".key-hint").filter({ hasText: "Account demo" }).waitFor();
  }
  const schema = await page.evaluate(async () => (await fetch("schema.graphql")).text());
  test.check("the schema is served", schema.includes("type Session implements Node"));

  // Another tab has it only if the user wants this computer to remember it.
  const other = await test.open("", { context: page.context() });
  test.equal("another tab has no key", await field(other).inputValue(), "");
  await page.goto(test.url(""));
  await page.getByRole("button", { name: "Change key" }).click();
  await page.getByLabel("Remember on this computer").check();
  await test.keepsKey(page, { remembered: true });
  await page.getByRole("button", { name: "Done" }).click();
  await other.reload();
  await other.locator(".key-hint").filter({ hasText: "Account demo" }).waitFor();

  await page.getByRole("button", { name: "Change key" }).click();
  await page.getByLabel("Remember on this computer").uncheck();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  test.check("it is forgotten on request", !stored.includes(test.key), stored);

  // A link can bring the key. It leaves the address at once.
  const linked = await test.openWithKey("dashboard");
  await linked.locator(".key-hint").filter({ hasText: "Account demo" }).waitFor();
  test.equal("the key leaves the address", linked.url(), test.url("dashboard"));
  await test.keepsKey(linked);

  test.check("the key was sent", await until(page, () => test.traffic.authorized > 0));
});

function field(page) {
  return page.getByLabel("API key");
}
