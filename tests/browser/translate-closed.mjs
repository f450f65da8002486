// The page that translates, of a server whose schema is not open. support.mjs says how to run it.

import { browserTest } from "./support.mjs";

await browserTest(async (test) => {
  test.allow(/status of 403/);
  const page = await test.openWithKey("translate?VARS=ID");
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "does not translate in the browser, because its schema is not open" }).waitFor();
  test.check("the page says why it does not translate", true);
  await test.accessible(page, "the refusal");
});
