// What the tests of the pages share: a browser that reaches the server only, and what must hold on every page.
//
// A test is a program: `SESSION_HISTORY_KEY=… node PAGE.mjs BASE_URL SCREENSHOT_FOLDER`. It needs `npm ci --prefix web`
// and a Chromium (CHROMIUM names it, else /usr/bin/chromium), and a server with data at BASE_URL. It prints a
// summary as JSON, and exits with 1 and a reason when a check fails.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const AXE = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/// No step of a test takes longer, unless the machine is stalled.
export const TIMEOUT = 30_000;
export const WIDTHS = [1400, 800, 390];
export const SCHEMES = ["light", "dark"];

/// Runs a test, prints its summary, and sets the exit code of the program.
export async function browserTest(run) {
  const [base, folder] = process.argv.slice(2);
  const key = process.env.SESSION_HISTORY_KEY;
  if (!base || !folder || !key) {
    console.error("usage: SESSION_HISTORY_KEY=… node PAGE.mjs BASE_URL SCREENSHOT_FOLDER");
    process.exit(2);
  }
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: CHROMIUM_FLAGS,
  });
  const test = new BrowserTest(browser, base, folder, key);
  try {
    await run(test);
  } catch (error) {
    test.faults.push(error.stack.split("\n").slice(0, 6).join("\n"));
  } finally {
    await browser.close();
  }
  const { traffic, checks, faults } = test;
  console.log(JSON.stringify({ ok: faults.length === 0, traffic, checks, faults }, null, 2));
  if (faults.length > 0) {
    console.error(`failed: ${faults.join("\n")}`);
    process.exitCode = 1;
  }
}

class BrowserTest {
  constructor(browser, base, folder, key) {
    this.browser = browser;
    /// With a slash at its end, so that paths of pages are relative to it.
    this.base = base.endsWith("/") ? base : `${base}/`;
    this.folder = folder;
    this.key = key;
    this.faults = [];
    this.checks = [];
    this.allowed = [];
    this.traffic = { requests: 0, bytes: 0, authorized: 0 };
  }

  check(name, holds, detail = "") {
    this.checks.push({ name, ok: Boolean(holds) });
    if (!holds) this.faults.push(`${name}${detail === "" ? "" : `: ${text(detail)}`}`);
  }

  equal(name, is, expected) {
    const [one, other] = [JSON.stringify(is), JSON.stringify(expected)];
    this.check(name, one === other, `${one} instead of ${other}`);
  }

  url(path) {
    return new URL(path, this.base).href;
  }

  /// Errors whose text matches are no faults, `most` times. `seen` counts them.
  allow(pattern, most = Infinity) {
    const allowed = { pattern, most, seen: 0 };
    this.allowed.push(allowed);
    return allowed;
  }

  /// The data of a query, for what the page must show.
  async graphql(query, variables = {}) {
    const { data, errors } = JSON.parse(await this.bulk(query, "application/json", variables));
    if (errors) throw new Error(errors[0].message);
    return data;
  }

  /// The answer of a query in a format.
  async bulk(query, format, variables = {}) {
    const response = await fetch(this.url("graphql"), {
      method: "POST",
      headers: {
        Accept: format,
        Authorization: `Bearer ${this.key}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  }

  /// What the API itself answers.
  async api(query, variables = {}) {
    const answer = await fetch(this.url("graphql"), {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": this.key },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(errors[0].message);
    return data;
  }

  /// A browser profile of its own. Everything that goes wrong in it is a fault of the test.
  async context({ width = 1400, height = 900, scheme = "light", ...more } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      ...more,
    });
    context.setDefaultTimeout(TIMEOUT);
    await this.#guardNetwork(context);
    await this.#watch(context);
    return context;
  }

  /// Opens a page of the server, in a context of its own unless one is given.
  async open(path, { context, ...options } = {}) {
    const page = await (context ?? (await this.context(options))).newPage();
    page.on("worker", (worker) => {
      worker.on("console", (message) => {
        if (message.type() === "error") this.#fault(`worker console: ${message.text()}`);
      });
    });
    const answer = await page.goto(this.url(path), { waitUntil: "load" });
    const policy = answer.headers()["content-security-policy"] ?? "";
    const name = new URL(page.url()).pathname;
    this.check(`${name} has a strict policy`, isStrict(policy), policy);
    return page;
  }

  /// Opens a page with the key.
  async openWithKey(path, options) {
    return this.open(`${path}#key=${encodeURIComponent(this.key)}`, options);
  }

  /// What axe-core finds that hinders people seriously.
  async accessible(page, name) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const found = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target).join(" and ")}`);
    this.check(`${name} is accessible`, found.length === 0, found);
  }

  /// Nothing is cut off at the right, so the page does not scroll sideways.
  async fits(page, name) {
    const [width, shown] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    this.check(`${name} fits its width`, width <= shown, `${width} > ${shown}`);
  }

  /// The key is where it was entered, and where other users or servers could find it it is not.
  async keepsKey(page, { remembered = false } = {}) {
    const found = await page.evaluate(
      (key) => ({
        session: JSON.stringify({ ...sessionStorage }).includes(key),
        local: JSON.stringify({ ...localStorage }).includes(key),
        cookie: document.cookie.includes(key),
        address: location.href.includes(key),
      }),
      this.key,
    );
    const expected = { session: true, local: remembered, cookie: false, address: false };
    this.equal("the key is stored in its place only", found, expected);
  }

  async shot(page, name, options) {
    await page.screenshot({ path: join(this.folder, `${name}.png`), ...options });
  }

  #fault(message, isFault = true) {
    const allowed = this.allowed.find(
      ({ pattern, most, seen }) => seen < most && pattern.test(message),
    );
    if (allowed) allowed.seen += 1;
    else if (isFault) this.faults.push(message.replaceAll(this.key, "(the key)"));
  }

  async #guardNetwork(context) {
    const { origin } = new URL(this.base);
    await context.route("**/*", (route) => {
      const url = new URL(route.request().url());
      url.hash = "";
      if (url.href.includes(this.key)) this.#fault(`the key is in a request: ${url.pathname}`);
      if (url.origin === origin || url.protocol === "data:" || url.protocol === "blob:") {
        return route.continue();
      }
      this.#fault(`request to another origin: ${url.origin}${url.pathname}`);
      return route.abort();
    });
  }

  async #watch(context) {
    await context.exposeBinding("reportViolation", (_, violation) => {
      this.#fault(`policy violation: ${violation}`);
    });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        globalThis.reportViolation(`${event.effectiveDirective} blocked ${event.blockedURI}`);
      });
    });
    context.on("console", (message) => {
      if (message.type() === "error") this.#fault(`console: ${message.text()}`);
    });
    context.on("weberror", (error) => this.#fault(`page error: ${error.error().message}`));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // A page ends requests whose answers it does not need any more, and all of them when it is closed.
      const isFault = reason !== "net::ERR_ABORTED";
      this.#fault(`request failed: ${request.url()} ${reason}`, isFault);
    });
    context.on("response", (response) => {
      const { authorization } = response.request().headers();
      this.traffic.requests += 1;
      this.traffic.bytes += Number(response.headers()["content-length"] ?? 0);
      if (authorization === `Bearer ${this.key}`) this.traffic.authorized += 1;
    });
  }
}

function isStrict(policy) {
  return policy.startsWith("default-src 'none'; ") && !/unsafe-eval|https?:/.test(policy);
}

function text(detail) {
  return typeof detail === "string" ? detail : JSON.stringify(detail);
}

/// Calls `found` until it answers something that counts as true, and answers that.
export async function until(page, found) {
  const end = Date.now() + TIMEOUT;
  for (;;) {
    const value = await found();
    if (value || Date.now() > end) return value;
    await page.waitForTimeout(50);
  }
}
