#!/usr/bin/env node
// Prints sessions of the session history gateway, one JSON object a line. It needs Node.js 18 or later and
// no packages.
//
// SESSION_HISTORY_KEY=... SESSION_HISTORY_URL=https://gateway.example/graphql node history.mjs
const url = process.env.SESSION_HISTORY_URL ?? "http://127.0.0.1:8080/graphql";
const key = process.env.SESSION_HISTORY_KEY;

const query = `
{{DOCUMENT}}`;

const variables = {{VARIABLES}};

// The lists of a session, which can have more than one page.
const lists = {{LISTS}};

const more = (name, fields) => `
query More($id: ID!, $after: String) {
  session(id: $id) {
    ${name}(after: $after, first: {{ITEMS}}) { pageInfo { hasNextPage endCursor } nodes { ${fields} } }
  }
}`;

async function send(query, variables, accept) {
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", Accept: accept },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

async function readRest(session) {
  for (const [name, fields] of Object.entries(lists)) {
    const page = session[name];
    while (page.pageInfo.hasNextPage) {
      const variables = { id: session.id, after: page.pageInfo.endCursor };
      const response = await send(more(name, fields), variables, "application/json");
      const { data, errors } = await response.json();
      if (errors) throw new Error(JSON.stringify(errors));
      page.nodes.push(...data.session[name].nodes);
      page.pageInfo = data.session[name].pageInfo;
    }
  }
}

const response = await send(query, variables, "application/x-ndjson");
let rest = "";
let isComplete = false;
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const item = JSON.parse(line);
    if ("complete" in item) {
      isComplete = true;
    } else {
      await readRest(item);
      console.log(JSON.stringify(item));
    }
  }
}
if (!isComplete) throw new Error("The answer was cut short.");
