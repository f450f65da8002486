// Drives the GraphiQL page in Chromium, for checks that need a browser.
//
//   SESSION_HISTORY_KEY=… node tests/browser/graphiql.mjs BASE_URL SCREENSHOT.png
//
// Needs `npm ci --prefix web` and a Chromium (CHROMIUM names it, else /usr/bin/chromium), and a
// server with data at BASE_URL. Prints a JSON summary; exits with 1 and a reason when a check fails.

import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [base, screenshot] = process.argv.slice(2);
const key = process.env.SESSION_HISTORY_KEY;
if (!base || !screenshot || !key) {
  console.error("usage: SESSION_HISTORY_KEY=… node graphiql.mjs BASE_URL SCREENSHOT.png");
  process.exit(2);
}

const TIMEOUT = 20_000;
const origin = new URL(base).origin;
const pageUrl = new URL("graphiql", base.endsWith("/") ? base : `${base}/`).href;

const faults = [];
const checks = [];
// The test sends two queries that are refused. Chromium reports each as an error on the console.
let refusalsExpected = 0;
// The test stops a subscription, whose request then fails.
let stopsExpected = 0;
const traffic = { requests: 0, bytes: 0, authorized: 0 };

function check(name, holds, detail = "") {
  checks.push({ name, ok: Boolean(holds) });
  if (!holds) faults.push(`${name}${detail && `: ${detail}`}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

try {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  await context.addInitScript(() => {
    globalThis.__violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.__violations.push(`${event.effectiveDirective} blocked ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT);
  watch(page, context);

  await context.route("**/*", (route) => {
    const url = new URL(route.request().url());
    if (url.origin === origin || url.protocol === "data:" || url.protocol === "blob:") {
      return route.continue();
    }
    faults.push(`request to another origin: ${url.origin}${url.pathname}`);
    return route.abort();
  });

  const answer = await page.goto(pageUrl, { waitUntil: "load" });
  const policy = answer.headers()["content-security-policy"] ?? "";
  check("the page has a strict policy", /default-src 'none'/.test(policy), policy);
  check("the policy forbids eval", !policy.includes("unsafe-eval"), policy);
  check("the title is right", (await page.title()) === "Session history");

  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await schemaIsLoaded(page);
  const hint = page.locator(".key-hint");
  check("the hint says that there is no key", /without a key/i.test(await hint.innerText()));
  check("the key is hidden", (await field(page).getAttribute("type")) === "password");

  refusalsExpected = 2;
  await page.getByRole("button", { name: "Execute query" }).click();
  await resultHas(page, "UNAUTHENTICATED", "a query without a key is refused");

  await field(page).fill("not-a-key");
  await page.getByRole("button", { name: "Execute query" }).click();
  await hint.filter({ hasText: /refused this key/ }).waitFor();
  check("both queries were refused with 401", refusalsExpected === 0, `${refusalsExpected} left`);

  await field(page).fill(key);
  await page.getByRole("button", { name: "Show key" }).click();
  check("the key can be shown", (await field(page).getAttribute("type")) === "text");
  await page.getByRole("button", { name: "Hide key" }).click();

  await page.getByRole("button", { name: "Execute query" }).click();
  const latest = await resultHas(page, '"legacyId"', "the first example has rows");
  check("the hint says that the key is sent", /every query/.test(await hint.innerText()));

  const tabs = page.getByRole("tab");
  const titles = (await tabs.allInnerTexts()).map((text) => text.trim());
  check("eight examples are open", titles.length === 8, titles.join(", "));
  const answers = { [titles[0]]: latest };
  for (let index = 1; index < titles.length; index += 1) {
    await tabs.nth(index).click();
    // GraphiQL updates the name of the operation some time after the text.
    await page.waitForTimeout(500);
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Control+Enter");
    answers[titles[index]] = await resultHas(page, '"data"', `${titles[index]} answers`);
    check(`${titles[index]} has no errors`, !answers[titles[index]].includes('"errors"'));
    check(`${titles[index]} is valid`, (await markers(page)).length === 0, await markers(page));
  }
  check("the search finds rows", answers[titles[3]]?.includes('"legacyId"'));

  await page.getByRole("button", { name: "New tab" }).click();
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("{ nonsense }");
  check("an invalid query is marked", (await markers(page)).some((text) => text.includes("nonsense")));
  await page.getByRole("button", { name: "Close Tab" }).last().click();

  const { cursor, nodes } = await firstChange(page);
  await page.getByRole("button", { name: "New tab" }).click();
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("Control+A");
  const filter = `{ legacyId: { eq: "${nodes[0].legacyId}" } }`;
  const changes = `sessionChanges(after: "${cursor}", filter: ${filter})`;
  await page.keyboard.insertText(`subscription { ${changes} { kind } }`);
  await page.waitForTimeout(500);
  await page.keyboard.press("Control+Enter");
  await resultHas(page, '"STORED"', "a subscription shows changes");
  stopsExpected = 1;
  await page.getByRole("button", { name: "Stop query" }).click();
  await page.getByRole("button", { name: "Execute query" }).waitFor();
  await page.getByRole("button", { name: "Close Tab" }).last().click();

  await tabs.first().click();
  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  await page.locator(".graphiql-explorer-root").getByText("sessions").first().waitFor();
  check("the explorer opens", true);

  const stored = await page.evaluate(
    (secret) => ({
      session: Object.values({ ...sessionStorage }).includes(secret),
      local: JSON.stringify({ ...localStorage }).includes(secret),
      cookie: document.cookie.includes(secret),
      url: location.href.includes(secret),
    }),
    key,
  );
  check("sessionStorage has the key", stored.session);
  check("localStorage, cookies and the address do not", !stored.local && !stored.cookie && !stored.url);

  // The explorer scrolls by itself.
  await page.evaluate(() => {
    document.activeElement?.blur();
    for (const part of document.querySelectorAll(".graphiql-plugin, .graphiql-plugin *")) {
      part.scrollTop = 0;
    }
  });
  await page.mouse.move(700, 5);
  await page.waitForTimeout(500);
  await page.screenshot({ path: screenshot });

  await page.reload({ waitUntil: "load" });
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  check("the key outlives a reload", (await field(page).inputValue()) === key);
  const another = await context.newPage();
  await another.goto(pageUrl, { waitUntil: "load" });
  check("another tab has no key", (await field(another).inputValue()) === "");

  const linked = await context.newPage();
  await linked.goto(`${pageUrl}#key=${encodeURIComponent(key)}`, { waitUntil: "load" });
  check("a link brings its key", (await field(linked).inputValue()) === key);
  const address = await linked.evaluate(() => location.href);
  check("the key leaves the address", address === pageUrl, address.replaceAll(key, "…"));

  for (const open of [page, another, linked]) {
    for (const violation of await open.evaluate(() => globalThis.__violations)) {
      faults.push(`policy violation: ${violation}`);
    }
  }
  check("the key was sent", traffic.authorized > 0);
} catch (error) {
  faults.push(error.message.split("\n")[0]);
} finally {
  await browser.close();
}

console.log(JSON.stringify({ ok: faults.length === 0, page: pageUrl, traffic, checks, faults }, null, 2));
if (faults.length > 0) {
  console.error(`failed: ${faults[0]}`);
  process.exitCode = 1;
}

function field(page) {
  return page.getByLabel("API key");
}

function watch(page, context) {
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    if (refusalsExpected > 0 && message.text().includes("status of 401")) {
      refusalsExpected -= 1;
    } else {
      faults.push(`console: ${message.text()}`);
    }
  });
  context.on("weberror", (error) => faults.push(`page error: ${error.error().message}`));
  page.on("worker", (worker) => {
    worker.on("console", (message) => {
      if (message.type() === "error") faults.push(`worker console: ${message.text()}`);
    });
  });
  context.on("requestfailed", (request) => {
    if (stopsExpected > 0 && request.failure()?.errorText === "net::ERR_ABORTED") {
      stopsExpected -= 1;
      return;
    }
    faults.push(`request failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  context.on("response", async (response) => {
    traffic.requests += 1;
    if (response.request().headers().authorization === `Bearer ${key}`) traffic.authorized += 1;
    if (response.status() >= 400 && !response.url().endsWith("/graphql")) {
      faults.push(`HTTP ${response.status()} for ${response.url()}`);
    }
    traffic.bytes += Number(response.headers()["content-length"] ?? 0);
  });
}

/// The first change, and the cursor before it.
async function firstChange(page) {
  return page.evaluate(async (key) => {
    const query = "{ start: sessionChanges(first: 0) { cursor } sessionChanges(first: 1) { nodes { legacyId } } }";
    const answer = await fetch("graphql", {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query }),
    });
    const { start, sessionChanges } = (await answer.json()).data;
    return { cursor: start.cursor, nodes: sessionChanges.nodes };
  }, key);
}

async function schemaIsLoaded(page) {
  await page.waitForFunction(
    () => !document.querySelector(".graphiql-sidebar .graphiql-spin"),
    undefined,
    { timeout: TIMEOUT },
  );
}

async function resultText(page) {
  const lines = await page.locator(".result-window .view-line").allInnerTexts();
  return lines.join("\n").replaceAll("\u00a0", " ");
}

/// Waits until the result pane shows `text`, and returns all of its text.
async function resultHas(page, text, name) {
  const until = Date.now() + TIMEOUT;
  let shown = "";
  while (Date.now() < until) {
    shown = await resultText(page);
    if (shown.includes(text)) {
      check(name, true);
      return shown;
    }
    await page.waitForTimeout(100);
  }
  check(name, false, shown.slice(0, 300));
  return shown;
}

/// The errors that the language services report in all editors, after some time.
async function markers(page) {
  await page.waitForTimeout(800);
  return page.evaluate(() =>
    globalThis.__MONACO.editor
      .getModelMarkers({})
      .filter((marker) => marker.severity >= 8)
      .map((marker) => marker.message),
  );
}
