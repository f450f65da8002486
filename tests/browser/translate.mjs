// Drives the page that translates calls of the old URL. support.mjs says how to run it.

import { readFile } from "node:fs/promises";

import { parseCall, toQuery } from "../../web/src/translate/call.js";
import { firstSessions } from "../../web/src/translate/indent.js";
import { editorIsReady, resultHas, run } from "./editor.mjs";
import { SCHEMES, WIDTHS, browserTest, until } from "./support.mjs";

// As the published description has it, with line breaks.
const PUBLISHED = (key) => `get_session_history.php?KEY=${key}&VARS=ID CUSTOMER_NUMBER
DATE_START&FILTER_DATE_START_INI=2011-01-01&
FILTER_PROCESSED=ANSWERED&FILTER_TECH_USERNAME=mytech@techplace.com`;
const PUBLISHED_PARAMS = {
  VARS: "ID CUSTOMER_NUMBER DATE_START",
  FILTER_DATE_START_INI: "2011-01-01",
  FILTER_PROCESSED: "ANSWERED",
  FILTER_TECH_USERNAME: "mytech@techplace.com",
};

const params = (page) => Object.fromEntries(new URL(page.url()).searchParams);
const field = (page) => page.getByLabel("Old URL, or its parameters");
const code = (page, title) => page.getByRole("group", { name: `Text: ${title}` });

await browserTest(async (test) => {
  await texts(test);
  await pasted(test);
  await form(test);
  await answers(test);
  await mistakes(test);
  await links(test);
  await keyboard(test);
  for (const width of WIDTHS) for (const scheme of SCHEMES) await layout(test, width, scheme);
});

/// What the server makes of a call.
async function translated(test, query) {
  const response = await fetch(test.url(`translate?${query}`));
  return (await response.text()).trim();
}

/// The page reads each text as the server does.
async function texts(test) {
  for (const raw of [
    "VARS=ID,date_start&filter_processed=answered",
    "VARS=ID%0ADATE_START&%0AFILTER_ID=7",
    "_VARS=ID&amp;FILTER_CUSTOMER_NAME=A%26B+%E4&amp;OUTPUT_FORMAT=json",
    "VARS[]=ID&VARS[]=NOTES&FILTER_ID=1&FILTER_ID=2",
    "VARS=ID&FILTER_CUSTOMER_NAME=%C3%84rzte%20%3D%20%22x%22&FILTER_CUSTOMER_EMAIL=",
    "VARS=ID&FILTER_SHOES=1",
    "VARS=ID+OUTPUT_FORMAT=JSON",
    `VARS=ID&FILTER_CUSTOMER_NAME=a${"%20+".repeat(20)}b`,
  ]) {
    const query = toQuery(parseCall(raw).params);
    test.equal(`${raw} is read as the server reads it`, await translated(test, query), await translated(test, raw));
  }
  const command = `curl -H 'Accept: */*' "https://old.example/get_session_history.php?KEY=abc&VARS=ID&FILTER_ID=7#x" -o out`;
  const { params: found, key } = parseCall(command);
  test.equal("a URL in a command", [...found, key], [["VARS", "ID"], ["FILTER_ID", "7"], "abc"]);
  const broken = parseCall("VARS=ID KEY=abc&FILTER_ID=7");
  test.check("a key without an ampersand is left out", !toQuery(broken.params).includes("abc"));
}

async function pasted(test) {
  const page = await test.open("translate");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  test.equal("the title", await page.title(), "Translate an old URL - Session history");

  await page.evaluate((text) => navigator.clipboard.writeText(text), PUBLISHED(test.key));
  await field(page).focus();
  await page.keyboard.press("Control+V");
  await code(page, "Query").waitFor();
  test.equal("the address has the call", params(page), PUBLISHED_PARAMS);
  test.check("the text loses its key", !(await field(page).inputValue()).includes(test.key));
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  test.check("nothing is stored", !stored.includes(test.key));

  const query = new URL(page.url()).search.slice(1);
  const shown = `${await code(page, "Query").innerText()}\n\n${await code(page, "Variables").innerText()}`;
  test.equal("the translation is that of the server", shown, await translated(test, query));
  for (const [name, title] of [["python", "Python"], ["javascript", "JavaScript"], ["curl", "curl"]]) {
    await page.getByRole("button", { name: title, exact: true }).click();
    const program = await code(page, title).innerText();
    test.equal(`the program in ${title}`, program.trim(), await translated(test, `${query}&as=${name}`));
    await page.getByRole("button", { name: `Copy ${title}`, exact: true }).click();
    const copied = await until(page, async () => {
      const text = await page.evaluate(() => navigator.clipboard.readText());
      return text.trim() === program.trim();
    });
    test.check(`the program in ${title} can be copied`, copied);
  }

  const compare = page.getByRole("button", { name: "Compare the answers" });
  test.check("answers need a key", await compare.isDisabled());
  await page.getByRole("button", { name: "Use this key" }).click();
  await page.locator(".key-hint", { hasText: "Account demo, key serve --demo" }).waitFor();
  test.equal("a key is offered once", await page.getByRole("button", { name: "Use this key" }).count(), 0);
  await test.keepsKey(page);

  const another = await test.open(page.url());
  await code(another, "Query").waitFor();
  test.equal("an address opens the same call", params(another), PUBLISHED_PARAMS);
  await another.context().close();
  await page.context().close();
}

/// Each element and filter of the documentation is in the form.
async function form(test) {
  const page = await test.open("translate");
  await page.getByText("Build an old URL with a form").click();
  const document = await readFile(new URL("../../docs/LEGACY.md", import.meta.url), "utf8");
  const [, elements, filters] = document.split(/### Elements of VARS|### Filters|## Answers/);
  const names = (text) => [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort();
  const inForm = async (selector) =>
    (await page.locator(selector).evaluateAll((all) => all.map((each) => each.name))).sort();
  test.equal("all elements are in the form", await inForm("input[type=checkbox][name]"), names(elements));
  test.equal("all filters are in the form", await inForm("[name^=FILTER_]"), names(filters));

  const choose = async (label) => page.getByRole("checkbox", { name: label }).check();
  await choose(/CUSTOMER_NUMBER$/);
  await choose(/Number of the session ID$/);
  await page.getByLabel(/FILTER_CUSTOMER_NAME/).fill("Meyer & Söhne = 1");
  await page.getByLabel(/FILTER_PROCESSED/).selectOption("NOT_ANSWERED");
  await page.getByLabel(/OUTPUT_FORMAT/).selectOption("JSON");
  const expected = {
    VARS: "CUSTOMER_NUMBER ID",
    FILTER_CUSTOMER_NAME: "Meyer & Söhne = 1",
    FILTER_PROCESSED: "NOT_ANSWERED",
    OUTPUT_FORMAT: "JSON",
  };
  test.equal("the address has the call of the form", params(page), expected);
  const url = new URL(await field(page).inputValue());
  test.equal("the URL has the call of the form", Object.fromEntries(url.searchParams), expected);
  test.check("the URL is one of this server", url.href.startsWith(test.url("get_session_history.php?")), url.href);
  await code(page, "Variables").filter({ hasText: "Meyer & Söhne = 1" }).waitFor();

  await page.getByRole("checkbox", { name: /Number of the session ID$/ }).uncheck();
  await page.getByLabel(/FILTER_PROCESSED/).selectOption("");
  const { VARS, FILTER_PROCESSED } = params(page);
  test.equal("parts can be removed", [VARS, FILTER_PROCESSED], ["CUSTOMER_NUMBER", undefined]);
  await page.context().close();
}

/// Both answers have the same sessions, in each format.
async function answers(test) {
  const { sessions } = await test.graphql("{ sessions(first: 3, orderBy: STARTED_AT_ASC) { nodes { legacyId } } }");
  const expected = sessions.nodes.map(({ legacyId }) => legacyId);
  const patterns = { XML: /<id>(\d+)</g, JSON: /^ {6}"id": (\d+)/gm, CSV: /^(\d+),/gm, NDJSON: /^\{"id":(\d+)/gm };
  for (const [format, pattern] of Object.entries(patterns)) {
    const call = new URLSearchParams({ VARS: "ID NOTES CHAT_INFO", OUTPUT_FORMAT: format });
    const page = await test.openWithKey(`translate?${call}`);
    await page.getByRole("button", { name: "Compare the answers" }).click();
    const legacy = await code(page, `Old URL (${format})`).innerText();
    test.equal(`the old answer in ${format}`, [...legacy.matchAll(pattern)].map(([, id]) => id), expected);
    const graphql = JSON.parse(await code(page, "GraphQL").innerText());
    const ids = graphql.data.sessions.nodes.map(({ legacyId }) => legacyId);
    test.equal(`the GraphQL answer beside ${format}`, ids, expected);
    await page.context().close();
  }

  const response = await fetch(test.url("get_session_history.php"), {
    method: "POST",
    body: new URLSearchParams({
      KEY: test.key,
      VARS: "ID NOTES CHAT_INFO CUSTOM_FIELD_NAME",
      FILTER_HAS_VIDEOS: "TRUE",
      OUTPUT_FORMAT: "JSON",
    }),
  });
  const whole = await response.text();
  const { shown, sessions: count } = firstSessions(whole, "JSON", Infinity);
  const parsed = JSON.parse(whole);
  test.equal("indented JSON is the same JSON", JSON.parse(shown), parsed);
  test.equal("each session of JSON is counted", count, parsed.requests.length);
  test.equal("indented JSON looks like all JSON", shown, JSON.stringify(parsed, null, 2));
}

async function mistakes(test) {
  test.allow(/status of 40[01]/);
  const page = await test.open("translate");
  for (const [text, message] of [
    ["nothing", "This text has no parameters."],
    [`VARS=ID&FILTER_NOTES=${"%20\t".repeat(20_000)}`, "This text is too long: it has 80,021 characters"],
    ["FILTER_ID=1", "The call needs VARS"],
    ["VARS=ID SHOES", "There is no element SHOES."],
    ["VARS=ID&FILTER_DATE_START_INI=yesterday", "FILTER_DATE_START_INI must be a date: YYYY-MM-DD"],
    ["VARS=ID&FILTER_PROCESSED=MAYBE", "FILTER_PROCESSED can be ALL, ANSWERED or NOT_ANSWERED."],
    ["VARS=ID&FILTER_COLOUR=RED", "There is no filter FILTER_COLOUR."],
    ["VARS=ID&OUTPUT_FORMAT=YAML", "The format can be XML, JSON, CSV or NDJSON."],
  ]) {
    await field(page).fill(text);
    await page.getByRole("alert").filter({ hasText: message }).waitFor();
    test.check(`${text.slice(0, 60)} is explained`, true);
  }
  await field(page).fill("VARS=ID&SHOES=2");
  await page.getByText("The server ignores this parameter: SHOES").waitFor();

  await page.getByLabel("API key").fill("not-a-key");
  await page.getByRole("button", { name: "Compare the answers" }).click();
  await code(page, "Old URL (XML)").filter({ hasText: "Invalid KEY." }).waitFor();
  await page.getByRole("region", { name: "GraphQL", exact: true }).getByRole("alert").waitFor();
  test.check("both answers refuse a wrong key", true);
  await page.context().close();
}

/// The link of an answer opens the page, which leads to GraphiQL.
async function links(test) {
  const call = new URLSearchParams({ VARS: "ID DATE_START", FILTER_PROCESSED: "ANSWERED", KEY: test.key });
  const response = await fetch(test.url("get_session_history.php"), { method: "POST", body: call });
  const [, link] = /<([^>]+)>/.exec(response.headers.get("link"));
  await response.body.cancel();
  const page = await test.openWithKey(new URL(link, test.base).href);
  await page.getByRole("link", { name: "Open in GraphiQL" }).click();
  await editorIsReady(page);
  await run(page);
  await resultHas(page, '"legacyId"');
  test.check("GraphiQL runs the translated query", true);
  await page.context().close();
}

/// Each part of the page can be reached and used without a mouse.
async function keyboard(test) {
  const page = await test.openWithKey("translate?VARS=ID");
  await page.getByText("Build an old URL with a form").click();
  await code(page, "Query").waitFor();
  await field(page).focus();
  const reached = [];
  while (reached.length < 80 && reached.at(-1) !== "Compare the answers") {
    await page.keyboard.press("Tab");
    const name = () => document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText;
    reached.push((await page.evaluate(name)) || (await page.evaluate(() => document.activeElement.name)));
  }
  const parts = ["ID", "FILTER_ID", "Copy Query", "Text: Variables", "Open in GraphiQL", "Python", "Compare the answers"];
  test.equal("the keyboard reaches each part", parts.filter((part) => !reached.includes(part)), []);
  await page.keyboard.press("Enter");
  await code(page, "GraphQL").waitFor();
  await page.context().close();
}

async function layout(test, width, scheme) {
  const address = `translate?${new URLSearchParams(PUBLISHED_PARAMS)}`;
  const name = `translate-${width}-${scheme}`;
  const page = await test.openWithKey(address, { width, scheme });
  await page.getByRole("button", { name: "Compare the answers" }).click();
  await code(page, "GraphQL").waitFor();
  await code(page, "Old URL (XML)").waitFor();
  await test.shot(page, name, { fullPage: true });
  await page.evaluate(() => scrollTo(0, 0));
  await test.shot(page, `${name}-top`);
  await page.getByText("Build an old URL with a form").click();
  await test.accessible(page, name);
  await test.fits(page, name);
  await page.context().close();
}
