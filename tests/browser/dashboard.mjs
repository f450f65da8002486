// The dashboard, on the demo account at the time of docs/QUERIES.md.

import { readFile } from "node:fs/promises";

import { SCHEMES, WIDTHS, browserTest, until } from "./support.mjs";

const NOW = new Date("2026-01-02T03:04:05Z");
const MAX_COMPRESSED_BYTES = 300_000;
const LAST_30_DAYS = "period=own&from=2025-12-03T03:04:05&until=2026-01-02T03:04:06";

await browserTest(async (test) => {
  await withoutKey(test);
  await atEachWidth(test);
  await isSmall(test);
  await figuresOfTheDocs(test);
  await barsLeadToTheirSessions(test);
  await theListIsWhatIsShown(test);
  await computersWithoutAName(test);
  await aFailedListIsReadAgain(test);
  await oneSession(test);
  await jobsTakeFewSteps(test);
  await aViewCanBeSent(test);
  await newSessionsAppear(test);
});

async function open(test, parameters = "", options) {
  const context = await test.context({ locale: "en-GB", timezoneId: "Europe/Lisbon", ...options });
  await context.clock.setFixedTime(NOW);
  const page = await test.openWithKey(`dashboard${parameters && `?${parameters}`}`, { context });
  await settled(page);
  return page;
}

/// Waits until the figures and the list are there.
async function settled(page) {
  await page.locator(".list tbody a, .list > p").first().waitFor();
  await until(page, async () => (await page.locator('[aria-busy="true"]').count()) === 0);
  await until(page, async () => !(await page.locator(".figures").innerText()).includes("…"));
}

function figure(page, name) {
  return page.locator(".figure").filter({ hasText: name }).locator("dd > :first-child").innerText();
}

async function withoutKey(test) {
  const page = await test.open("dashboard");
  await page.getByText("Enter a key at the top.").waitFor();
  await test.accessible(page, "the dashboard without a key");

  const refused = test.allow(/status of 401/);
  await page.getByLabel("API key").fill("not-a-key");
  await page.locator(".key-hint").filter({ hasText: "The server refused this key" }).waitFor();
  await page.getByText("Enter a key at the top.").waitFor();
  test.equal("a wrong key is sent once", refused.seen, 1);
  await page.context().close();
}

async function atEachWidth(test) {
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      const page = await open(test, "", { width, scheme });
      await page.locator(".chart a").first().waitFor();
      const name = `the dashboard, ${width} px, ${scheme}`;
      await test.fits(page, name);
      await test.accessible(page, name);
      await test.shot(page, `dashboard-${width}-${scheme}`, { fullPage: width < 1400 });
      await page.context().close();
    }
  }
}

async function isSmall(test) {
  // With a clock that stands, the browser tells nothing of what it loaded.
  const page = await test.openWithKey("dashboard");
  await settled(page);
  const sizes = await page.evaluate(async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const files = [location.href, ...loaded.filter((name) => name.includes("/assets/"))];
    const answers = await Promise.all(files.map((name) => fetch(name)));
    return answers.map(({ headers }) => Number(headers.get("content-length")));
  });
  test.check("each file has a size", sizes.length >= 4 && sizes.every((size) => size > 0), sizes);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  test.check("the page is small", bytes > 50_000 && bytes <= MAX_COMPRESSED_BYTES, `${bytes} bytes`);
  await page.context().close();
}

async function figuresOfTheDocs(test) {
  // "Billing by customer and month"
  for (const [month, sessions, billed] of [
    ["2025-10", "6", "3.8 h"],
    ["2025-11", "8", "3.5 h"],
    ["2025-12", "9", "4.3 h"],
  ]) {
    const page = await open(test, `period=month&month=${month}&customer=C-15884`);
    test.equal(`sessions of ${month}`, await figure(page, "Sessions"), sessions);
    test.equal(`billed in ${month}`, await figure(page, "Billed"), billed);
    await page.context().close();
  }
  // "Today's board"
  const day = await open(test, "zone=UTC&period=own&from=2026-01-01T03:04:05&until=2026-01-02T03:04:06");
  test.equal("sessions of a day", await figure(day, "Sessions"), "24");
  test.equal("answered on a day", await figure(day, "Answered"), "23");
  test.equal("missed on a day", await figure(day, "Missed"), "1");
  test.equal("median of a day", await figure(day, "Median duration"), "15 min 50 s");
  test.equal("time with a session on a day", await figure(day, "Time with a session"), "5 h");
  // The period begins within an hour.
  const bars = await day.locator(".chart").first().locator("a > [aria-label]").evaluateAll((shown) =>
    shown.map((bar) => Number(bar.getAttribute("aria-label").match(/: (\d+) (answered|missed)$/)[1])),
  );
  test.equal("the bars have all sessions of a day", bars.reduce((sum, count) => sum + count, 0), 24);
  await day.context().close();

  // "Missed requests and first response by hour of the day"
  const month = await open(test, LAST_30_DAYS);
  test.equal("sessions of 30 days", await figure(month, "Sessions"), "506");
  test.equal("missed in 30 days", await figure(month, "Missed"), "40");
  const labels = await month.locator('.chart a > [aria-label*=" 8:00: "]').evaluateAll((cells) =>
    cells.map((cell) => cell.getAttribute("aria-label").match(/: (\d+) sessions, (\d+) missed/).slice(1).map(Number)),
  );
  const sum = (index) => labels.reduce((total, numbers) => total + numbers[index], 0);
  test.equal("sessions and missed ones at 8 o'clock", [sum(0), sum(1)], [45, 6]);
  await month.context().close();

  // "Computers with repeat issues"
  const quarter = await open(test, "zone=UTC&period=own&from=2025-10-04T03:04:05&until=2026-01-02T03:04:06");
  const computers = quarter.getByRole("region", { name: "Computers with repeated sessions" }).locator("tbody tr");
  test.equal("computers", await cells(computers, 2), [
    ["BLUEF-WS871, BLUEFINCH", "29"],
    ["BLUEF-WS663, BLUEFINCH", "25"],
  ]);
  await quarter.context().close();
}

async function cells(rows, most) {
  const texts = [];
  for (const row of (await rows.all()).slice(0, most)) {
    texts.push([await row.locator("th").innerText(), await row.locator("td").first().innerText()]);
  }
  return texts;
}

/// The sessions of a group, as the API finds them by its statistics: not by the filters of the page.
async function sessionsOfGroup(test, groupBy, isGroup) {
  const range = '{ gte: "2025-12-03T03:04:05Z", lt: "2026-01-02T03:04:06Z" }';
  const { sessionStats } = await test.api(`{
    sessionStats(filter: { startedAt: ${range} }, groupBy: ${groupBy}, timeZone: "Europe/Lisbon", first: 170) {
      nodes {
        key {
          technician { name } customerName customerNumber computer { name domain } computerOs
          dayOfWeek hourOfDay periodStart answered
        }
        sessions(first: 150) { nodes { legacyId } }
      }
    }
  }`);
  const found = sessionStats.nodes.filter(({ key }) => isGroup(key));
  return found.flatMap(({ sessions }) => sessions.nodes.map(({ legacyId }) => legacyId));
}

async function barsLeadToTheirSessions(test) {
  const page = await open(test, `${LAST_30_DAYS}&columns=["startedAt","legacyId"]`);
  const inRegion = (name) => page.getByRole("region", { name }).getByRole("link");
  const missedOfDay = '.chart a:has([aria-label$=" missed"])';
  // Each bar, how the API groups its sessions, and which group it is. A bar or a name has a text.
  const bars = [
    ["Missed", page.locator(".figure").filter({ hasText: "Missed" }).getByRole("link"), "[{ by: ANSWERED }]", (key) => !key.answered],
    ["a technician", inRegion("Technicians").first(), "[{ by: TECHNICIAN }]", (key, text) => key.technician?.name === text],
    ["no technician", inRegion("Technicians").filter({ hasText: "(not answered)" }), "[{ by: TECHNICIAN }]", (key) => key.technician === null],
    ["a customer", inRegion("Customers").first(), "[{ by: CUSTOMER_NAME }, { by: CUSTOMER_NUMBER }]", (key, text) => `${key.customerName}, ${key.customerNumber}` === text],
    ["a computer", inRegion("Computers with repeated sessions").first(), "[{ by: COMPUTER }]", (key, text) => `${key.computer.name}, ${key.computer.domain}` === text],
    ["an operating system", inRegion("Operating systems").last(), "[{ by: COMPUTER_OS }]", (key, text) => key.computerOs === text],
    ["an hour of the week", page.locator('.chart a:has([aria-label^="Mon 9:00"])'), "[{ by: DAY_OF_WEEK }, { by: HOUR_OF_DAY }]", (key) => key.dayOfWeek === 1 && key.hourOfDay === 9],
    ["missed ones of a day", page.locator(missedOfDay).first(), "[{ by: DAY }, { by: ANSWERED }]", (key, text) => !key.answered && text.includes(` ${dayOf(key)}: `)],
  ];
  for (const [name, link, groupBy, isGroup] of bars) {
    const text = (await link.textContent()).trim();
    const expected = await sessionsOfGroup(test, groupBy, (key) => isGroup(key, text));
    await link.click();
    await page.locator(".picked").waitFor();
    const total = page.locator(".sessions h2 span");
    await until(page, async () => Number(await total.innerText()) === expected.length);
    test.check(`${name} has sessions`, expected.length > 0);
    const shown = await scroll(page, (seen) => seen.size >= expected.length);
    test.equal(`the sessions of ${name}`, [...shown].sort(), expected.sort());
    await page.getByRole("link", { name: "Show all" }).click();
    await page.locator(".picked").waitFor({ state: "detached" });
  }
  await page.context().close();
}

/// The day of a group, such as 8 Dec.
function dayOf({ periodStart }) {
  return new Date(periodStart).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/// The numbers of the list's sessions, which are in its last column, as they come while it is scrolled.
async function scroll(page, isEnough) {
  const list = page.getByRole("region", { name: "List of sessions" });
  const seen = new Set();
  await until(page, async () => {
    for (const id of await list.locator("tbody td:last-child").allInnerTexts()) {
      if (/^\d+$/.test(id)) seen.add(id);
    }
    await list.evaluate((frame) => frame.scrollBy(0, frame.clientHeight));
    return isEnough(seen);
  });
  return seen;
}

async function theListIsWhatIsShown(test) {
  const page = await open(test, `${LAST_30_DAYS}&search=printer`);
  const total = Number(await page.locator(".sessions h2 span").innerText());
  await page.locator("summary").click();
  await page.getByRole("checkbox", { name: "Number", exact: true }).check();
  await page.getByRole("checkbox", { name: "Problem" }).uncheck();
  await page.locator("summary").click();
  await page.getByRole("button", { name: "Duration" }).click();
  await page.getByRole("columnheader", { name: "Duration ↓" }).waitFor();
  await settled(page);
  const titles = (await page.locator(".list thead th").allInnerTexts()).map((title) => title.trim());
  test.equal("columns", titles, ["Start", "Number", "Customer", "Technician", "Computer", "Duration ↓"]);
  const rows = await until(page, async () => {
    const ids = await page.locator(".list tbody td:nth-child(2)").allInnerTexts();
    return ids.length >= Math.min(total, 10) && ids;
  });

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trimEnd().split(/\r?\n/);
  test.equal("the head of the file", lines[0], "startedAt,legacyId,customer.name,customer.email,technician.name,technician.username,computer.name,computer.domain,durationSeconds");
  test.equal("the number of lines", lines.length - 1, total);
  test.equal("the order of the file", lines.slice(1, rows.length + 1).map((line) => line.split(",")[1]), rows);
  await page.context().close();

  // Endless scrolling: each session comes once, in order, and back at the top the first ones are there again.
  const long = await open(test, 'zone=UTC&period=own&from=2025-01-01T00:00&until=2026-01-03T00:00&columns=["legacyId"]');
  const list = long.getByRole("region", { name: "List of sessions" });
  const ids = () => long.locator(".list tbody a").allInnerTexts();
  const top = await ids();
  const seen = await scroll(long, (seen) => seen.size >= 2_000);
  const numbers = [...seen].map(Number);
  test.check("the list goes on", seen.size >= 2_000, `${seen.size}`);
  test.check("in its order", numbers.every((id, row) => row === 0 || id < numbers[row - 1]));
  await list.evaluate((frame) => frame.scrollTo(0, 0));
  const again = await until(long, async () => (await ids())[0] === top[0] && ids());
  test.equal("the first sessions are read again", again?.slice(0, 10), top.slice(0, 10));
  await long.context().close();
}

/// Answers a query of the page by `answer`, which gets its number, or not if that returns null.
async function answerInstead(page, query, answer) {
  let number = 0;
  await page.route("**/graphql", (route) => {
    if (!route.request().postData()?.includes(query)) return route.fallback();
    number += 1;
    const given = answer(number);
    if (given === null) return route.fallback();
    return route.fulfill({ contentType: "application/graphql-response+json", ...given });
  });
}

async function computersWithoutAName(test) {
  const page = await open(test);
  const nodes = [{ key: { computer: null }, count: 2, lastStartedAt: "2026-01-01T00:00:00Z" }];
  const body = JSON.stringify({ data: { sessionStats: { totalCount: 1, nodes } } });
  await answerInstead(page, "query Computers", () => ({ body }));
  await page.getByRole("button", { name: "90 days" }).click();
  const request = page.waitForRequest((it) => it.postData()?.includes("query Count(") && it.postData().includes("isNull"));
  await page.getByRole("region", { name: "Computers with repeated sessions" }).getByRole("link", { name: "(none)" }).click();
  const { variables } = (await request).postDataJSON();
  test.equal("the filter of no name", variables.filter.and[1], { computer: { name: { isNull: true } } });
  await page.context().close();
}

async function aFailedListIsReadAgain(test) {
  test.allow(/status of 503/, 1);
  const page = await open(test);
  const body = JSON.stringify({ errors: [{ message: "The database is busy." }] });
  await answerInstead(page, "query Sessions(", (number) => (number === 1 ? { status: 503, body } : null));
  await page.getByRole("button", { name: "90 days" }).click();
  await page.getByText("The database is busy.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".list tbody a").first().waitFor();
  test.check("a failed list is read again", true);
  await page.context().close();
}

async function oneSession(test) {
  const page = await open(test, "search=printer");
  // The second click of a double click does not close what the first one opened.
  await page.locator(".list tbody a").first().dblclick();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Started by").waitFor();
  await dialog.locator("mark").first().waitFor();
  test.check("the word is marked", /printer/i.test(await dialog.locator("mark").first().innerText()));
  await test.accessible(page, "a session");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.goBack();
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });

  // "Chats that mention a word"
  const chat = await open(test, "session=15975&search=driver");
  await chat.locator(".chat li", { hasText: "The driver still points to the printer's old address." }).waitFor();
  await test.shot(chat, "dashboard-session");
  await chat.context().close();
  await page.context().close();
}

/// The jobs of docs/PAGES.md. A step is a click or a typed word.
async function jobsTakeFewSteps(test) {
  const job = async (name, run) => {
    const page = await open(test);
    let steps = 0;
    const click = async (place) => {
      steps += 1;
      await place.click();
    };
    const type = async (place, text) => {
      steps += text.split(" ").length;
      await place.fill(text);
    };
    await run(page, click, type);
    test.check(`${name} takes few steps`, steps > 0 && steps <= 5, `${steps}`);
    await page.context().close();
  };

  await job("the hours billed to a customer in a month", async (page, click, type) => {
    await click(page.getByRole("button", { name: "Month" }));
    await type(page.getByLabel("Month", { exact: true }), "2025-11");
    await type(page.getByRole("textbox", { name: "Customer" }), "C-15884");
    await page.waitForURL(/month=2025-11.*customer=C-15884/);
    await settled(page);
    test.equal("billed to a customer in a month", await figure(page, "Billed"), "3.5 h");
  });

  await job("what was missed yesterday", async (page, click) => {
    await click(page.getByRole("button", { name: "Yesterday" }));
    await page.waitForURL(/yesterday/);
    await settled(page);
    const missed = await figure(page, "Missed");
    await click(page.locator(".figure").filter({ hasText: "Missed" }).getByRole("link"));
    await page.locator(".picked").waitFor();
    await until(page, async () => (await page.locator(".sessions h2 span").innerText()) === missed);
    const times = await page.locator(".list tbody tr.missed td:first-child").allInnerTexts();
    test.equal("the missed ones are listed", times.length, Number(missed));
    test.check("with their times of the day", times.every((time) => /^1 Jan 2026, \d\d:\d\d$/.test(time)), times);
  });

  await job("the chat that mentions something", async (page, click, type) => {
    await type(page.getByRole("searchbox", { name: "Words" }), "printer driver");
    await page.waitForURL(/search=/);
    await settled(page);
    await click(page.locator(".list tbody a").first());
    await page.locator(".chat mark", { hasText: "driver" }).first().waitFor();
  });
}

async function aViewCanBeSent(test) {
  const page = await open(test);
  await page.getByRole("button", { name: "90 days" }).click();
  await page.getByRole("combobox", { name: "Technician" }).selectOption({ label: "Mara Lindqvist" });
  await page.getByRole("textbox", { name: "Computer" }).fill("WS");
  await page.waitForURL(/computer=WS/);
  await settled(page);
  const content = async (shown) => [
    await shown.locator(".figures").innerText(),
    await shown.locator(".rankings").innerText(),
    await shown.locator(".list tbody").innerText(),
  ];
  const sent = new URL(page.url());
  const other = await open(test, sent.search.slice(1));
  test.equal("another browser shows the same", await content(other), await content(page));
  test.check("the view is not the usual one", sent.search.includes("technician=") && sent.search.includes("90d"), sent.search);

  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForURL((url) => !url.search.includes("technician"));
  await page.goBack();
  await page.waitForURL(sent.href);
  await settled(page);
  test.equal("the back button leads back", await content(page), await content(other));

  // What an address has that is no view is left out.
  const usual = await open(test);
  for (const wrong of [
    'period=never&zone=Mars/Base&columns=["no"]&pick=7&other=1',
    'period=constructor&zone=%2B05:30&order=NONE&pick=["between","x","y"]',
    'period=month&month=0002-03&period=30d&pick=["hour","1","99"]',
    'toString=1&pick=["nothing"]',
  ]) {
    const shown = await open(test, wrong);
    test.equal(`the address ${wrong}`, await content(shown), await content(usual));
    test.equal(`no bar is picked by ${wrong}`, await shown.locator(".picked").count(), 0);
    await shown.context().close();
  }
  for (const [from, until] of [["0202-01-01T00:00", "2026-01-01T00:00"], ["2026-01-02T00:00", "2026-01-01T00:00"]]) {
    const shown = await test.openWithKey(`dashboard?period=own&from=${from}&until=${until}`);
    await shown.getByText("Choose the beginning and the end of the period.").waitFor();
    await shown.context().close();
  }
  for (const shown of [page, other, usual]) await shown.context().close();
}

async function newSessionsAppear(test) {
  const page = await open(test, "period=today&zone=UTC");
  await page.getByText("New sessions appear by themselves.").waitFor();
  const session = { legacyId: "990001", startedAt: "2026-01-02T03:03:00Z", customer: { name: "Zoe New" } };
  const record = "mutation($sessions: [SessionInput!]!) { recordSessions(sessions: $sessions) { results { outcome } } }";
  const { recordSessions } = await test.api(record, { sessions: [session] });
  test.equal("a session is recorded", recordSessions.results, [{ outcome: "NEW" }]);
  await page.locator(".list").getByText("Zoe New").waitFor();
  test.check("a new session appears", true);
  await page.context().close();
}
