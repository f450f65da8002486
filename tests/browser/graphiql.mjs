// Drives GraphiQL in Chromium. support.mjs says how to run it.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { toCsv } from "../../web/src/shared/csv.js";
import {
  closeLastTab,
  editorIsReady,
  markers,
  newTab,
  result,
  resultHas,
  run,
  tabs,
  write,
} from "./editor.mjs";
import { browserTest, until } from "./support.mjs";

const ARGUMENTS = ["filter", "orderBy", "first", "after", "last", "before"];

await browserTest(async (test) => {
  const page = await test.open("graphiql");
  await editorIsReady(page);
  test.equal("the title", await page.title(), "GraphiQL - Session history");
  await withoutKey(test, page);
  await withKey(test, page);
  await examples(test, page);
  await mistakes(test, page);
  await subscription(test, page);
  await order(test, page);
  await test.shot(page, "graphiql-explorer");
  await keyLasts(test, page);
  await link(test);
  await table(test);
  await anotherKey(test);
  formulas(test);
});

async function withoutKey(test, page) {
  const hint = page.locator(".key-hint");
  const field = page.getByLabel("API key");
  test.check("the hint says that there is no key", /without a key/i.test(await hint.innerText()));
  test.equal("the key is hidden", await field.getAttribute("type"), "password");

  const refusals = test.allow(/status of 401/);
  await run(page);
  await resultHas(page, "UNAUTHENTICATED");
  await field.fill("not-a-key");
  await hint.filter({ hasText: /refused this key/ }).waitFor();
  await page.locator(".result-about", { hasText: "HTTP 401" }).waitFor();
  test.check("requests without a valid key get 401", refusals.seen >= 2, refusals.seen);
  refusals.most = refusals.seen;
}

async function withKey(test, page) {
  const field = page.getByLabel("API key");
  await page.getByRole("button", { name: "Show key" }).click();
  test.equal("the key can be shown", await field.getAttribute("type"), "text");
  await page.getByLabel("Remember on this computer").check();
  await field.fill(test.key);
  await page.locator(".key-hint", { hasText: "Account demo, key serve --demo" }).waitFor();
  await test.keepsKey(page, { remembered: true });

  await page.getByRole("button", { name: "Change key" }).click();
  test.equal("the key can be changed", await field.inputValue(), test.key);
  await page.getByLabel("Remember on this computer").uncheck();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Change key" }).waitFor();
  await test.keepsKey(page);
}

async function examples(test, page) {
  const titles = (await tabs(page).allInnerTexts()).map((text) => text.trim());
  test.equal("eight examples are open", titles.length, 8);
  for (const [index, title] of titles.entries()) {
    await tabs(page).nth(index).click();
    // GraphiQL updates the name of the operation some time after the text.
    await page.waitForTimeout(500);
    await run(page);
    await resultHas(page, '"data"');
    const answer = await result(page);
    test.check(`${title} has no errors`, answer.errors === undefined, answer.errors);
    const errors = await markers(page);
    test.check(`${title} is valid`, errors.length === 0, errors);
    if (title === "Search") test.check("the search finds rows", answer.data.sessions.nodes.length > 0);
    const hasVariables = /\$\w+:/.test(await queryText(page));
    const fold = `${hasVariables ? "Hide" : "Show"} editor tools`;
    await page.getByRole("button", { name: fold }).waitFor();
    test.check(`${title} opens its variables, if any`, true);
  }
}

async function queryText(page) {
  return page.evaluate(() => {
    const models = globalThis.__MONACO.editor.getModels();
    return models.find((model) => model.uri.path.endsWith("operation.graphql")).getValue();
  });
}

async function mistakes(test, page) {
  await newTab(page);
  await write(page, "{ nonsense }");
  const isMarked = async () => (await markers(page)).some((text) => text.includes("nonsense"));
  test.check("a mistake is marked", await until(page, isMarked));
  await closeLastTab(page);
}

async function subscription(test, page) {
  const { start, sessionChanges } = await test.graphql(
    "{ start: sessionChanges(first: 0) { cursor } sessionChanges(first: 1) { nodes { legacyId } } }",
  );
  const filter = `{ legacyId: { eq: "${sessionChanges.nodes[0].legacyId}" } }`;
  await newTab(page);
  await write(page, `subscription { sessionChanges(after: "${start.cursor}", filter: ${filter}) { kind } }`);
  await page.waitForTimeout(500);
  await page.keyboard.press("Control+Enter");
  await resultHas(page, '"STORED"');
  const stops = test.allow(/request failed.*ERR_ABORTED/, 1);
  await page.getByRole("button", { name: "Stop query" }).click();
  await page.getByRole("button", { name: "Execute query" }).waitFor();
  await until(page, () => stops.seen === 1);
  test.equal("the stop button ends the request", stops.seen, 1);
  await closeLastTab(page);
}

/// The explorer of GraphiQL sorts the arguments of the schema.
async function order(test, page) {
  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  await page.locator(".graphiql-explorer-root").getByText("sessions").first().waitFor();
  await page.getByRole("button", { name: "Docs", exact: true }).click();
  const docs = page.locator(".graphiql-doc-explorer");
  await docs.getByRole("link", { name: "Query", exact: true }).click();
  const field = docs.locator(".graphiql-doc-explorer-item").filter({ hasText: /^sessions\(/ });
  await field.waitFor();
  const documented = (await field.innerText()).matchAll(/^(\w+):/gm);
  test.equal("the documentation has the order of the schema", [...documented].map(([, name]) => name), ARGUMENTS);

  await newTab(page);
  await write(page, "{ sessions(");
  await page.keyboard.press("Control+Space");
  const suggestions = page.locator(".suggest-widget.visible .monaco-list-row .label-name");
  await suggestions.first().waitFor();
  test.equal("completion has the order of the schema", await suggestions.allInnerTexts(), ARGUMENTS);
  await page.keyboard.press("Escape");
  await closeLastTab(page);
  await tabs(page).first().click();
  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  await page.locator(".graphiql-explorer-root").getByText("sessions").first().waitFor();
}

async function keyLasts(test, page) {
  await page.reload({ waitUntil: "load" });
  await page.getByRole("button", { name: "Change key" }).waitFor();
  test.check("the key outlives a reload", true);
  const another = await test.open("graphiql", { context: page.context() });
  test.equal("another tab has no key", await another.getByLabel("API key").inputValue(), "");
  await another.close();
}

/// `graphiql?query=…&variables=…` opens a tab, and only once.
async function link(test) {
  const query = "query Linked($n: Int) { sessions(first: $n, orderBy: STARTED_AT_ASC) { nodes { legacyId } } }";
  const address = new URLSearchParams({ query, variables: '{"n": 2}' });
  const page = await test.openWithKey(`graphiql?${address}`);
  await editorIsReady(page);
  test.equal("the query leaves the address", page.url(), test.url("graphiql"));
  await page.getByRole("button", { name: "Hide editor tools" }).waitFor();
  await run(page);
  await resultHas(page, '"data"');
  test.equal("the variables of a link are used", (await result(page)).data.sessions.nodes.length, 2);

  const count = await tabs(page).count();
  test.equal("the tab of a link is open", await page.locator(".graphiql-tab-active").innerText(), "Linked");
  // GraphiQL stores its tabs some time after a change.
  const isStored = () => page.evaluate(() => JSON.stringify({ ...localStorage }).includes("Linked"));
  test.check("the tab of a link is stored", await until(page, isStored));
  await page.reload({ waitUntil: "load" });
  await editorIsReady(page);
  test.equal("a reload opens no other tab", await tabs(page).count(), count);
  test.equal("a reload keeps the tab", await page.locator(".graphiql-tab-active").innerText(), "Linked");
  await page.context().close();
}

async function anotherKey(test) {
  test.allow(/status of 401/);
  const query = "{ sessions(first: 4) { nodes { legacyId } } }";
  const page = await test.openWithKey(`graphiql?${new URLSearchParams({ query })}`);
  await editorIsReady(page);
  await run(page);
  await resultHas(page, '"data"');
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByRole("button", { name: "Change key" }).click();
  await page.getByLabel("API key").fill("not-a-key");
  await page.getByText("Run the query to see its answer.").waitFor();
  await page.getByRole("button", { name: "JSON" }).click();
  const shown = await page.locator(".result-window").innerText();
  test.check("another key takes the answer away", !shown.includes("legacyId"), shown);
  await page.context().close();
}

async function table(test) {
  const query = `{ sessions(first: 4, orderBy: STARTED_AT_ASC) { nodes {
    __typename legacyId durationSeconds customer { name } chatMessages(first: 2) { nodes { body } } } } }`;
  const page = await test.openWithKey(`graphiql?${new URLSearchParams({ query })}`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await editorIsReady(page);
  await run(page);
  await resultHas(page, '"data"');
  const { nodes } = (await result(page)).data.sessions;
  const about = await page.locator(".result-about").innerText();
  test.check("status, time, size and rows are shown", /^HTTP 200 · [\d.,]+ ms · [\d.,]+ kB · 4 rows$/.test(about), about);

  await page.getByRole("button", { name: "Table" }).click();
  const columns = ["legacyId", "durationSeconds", "customer.name", "chatMessages"];
  test.equal("the columns", await page.locator(".result-table th").allInnerTexts(), columns);
  const rows = await page.locator(".result-table tbody tr").all();
  const shown = await Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
  const expected = nodes.map(({ legacyId, durationSeconds, customer, chatMessages }) => {
    const { length } = chatMessages.nodes;
    const list = length === 0 ? "" : `${length} ${length === 1 ? "item" : "items"}`;
    return [legacyId, String(durationSeconds ?? ""), customer?.name ?? "", list];
  });
  test.equal("the rows", shown, expected);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).click(),
  ]);
  const csv = await readFile(await download.path(), "utf8");
  const bulk = await test.bulk(query.replace("first: 4, ", ""), "text/csv");
  test.equal("the CSV is that of a bulk request", csv.split("\r\n").slice(0, 5), bulk.split("\r\n").slice(0, 5));

  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  test.check("the command has no key", !command.includes(test.key) && command.includes("$"), command);
  const { stdout } = await promisify(execFile)("sh", ["-c", command]);
  test.equal("the command gets the same answer", JSON.parse(stdout).data.sessions.nodes, nodes);
  await page.context().close();
}

/// The CSV of a page is as that of the gateway with `--csv-disarm-formulas`.
function formulas(test) {
  const cells = ["=1+1", "+1", "-1", "@x", "\tx", "=\"a\",b", -1, null, true, " x", "a\nb", ["=1"]];
  const expected = [
    ["'=1+1", "'+1", "'-1", "'@x", "'\tx"],
    ['"\'=""a"",b"', "-1", "", "true", '" x"', '"a\nb"', '"[""=1""]"'],
  ];
  test.equal("formulas are disarmed", toCsv(["a"], [cells]), `a\r\n${expected.flat().join(",")}\r\n`);
}
