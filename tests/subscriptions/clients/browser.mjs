// Reads a stream of events with fetch in Chromium, and prints a line for each event.
//
//   KEY=… node browser.mjs URL COUNT
//
// Needs `npm ci --prefix web` and a Chromium (CHROMIUM names it, else /usr/bin/chromium).

import { createRequire } from "node:module";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [base, count] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  await page.goto(`${base}/graphiql`);
  await page.exposeFunction("print", (line) => console.log(line));
  await page.evaluate(
    async ([key, count]) => {
      const answer = await fetch("/graphql", {
        method: "POST",
        headers: { accept: "text/event-stream", "content-type": "application/json", "x-api-key": key },
        body: JSON.stringify({ query: "subscription { sessionChanges { legacyId } }" }),
      });
      await print(`connected ${answer.status} ${answer.headers.get("content-type")}`);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let [text, changes] = ["", 0];
      while (changes < count) {
        const { value, done } = await reader.read();
        if (done) throw new Error("the stream has ended");
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events.filter((event) => !event.startsWith(":"))) {
          const data = JSON.parse(event.slice(event.indexOf("data: ") + 6));
          await print(`change ${data.data.sessionChanges.legacyId}`);
          changes += 1;
        }
      }
      await reader.cancel();
    },
    [process.env.KEY, Number(count)],
  );
  console.log("end");
} finally {
  await browser.close();
}
