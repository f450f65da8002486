// Sends a query twice with a public client, and prints a line for each HTTP request and each result.
//
//   KEY=… node query.mjs CLIENT URL POST|GET QUERY [MANIFEST]
//
// CLIENT is apollo, urql, or one of these with the ids of a manifest instead of hashes: apollo-manifest (a manifest of
// Apollo), urql-manifest (an object from ids to texts).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

// As in a page: in development, urql refuses documents without definitions.
process.env.NODE_ENV = "production";

const [kind, url, method, query, file] = process.argv.slice(2);
const manifest = file && JSON.parse(readFileSync(file, "utf8"));
const headers = { authorization: `Bearer ${process.env.KEY}` };

/// The fetch of Node.js, which prints what the client sends.
async function printingFetch(target, options = {}) {
  const inUrl = Object.fromEntries(new URL(target).searchParams);
  const sent = options.body ? JSON.parse(options.body) : inUrl;
  const parts = ["query", "documentId", "extensions"].filter((member) => member in sent);
  console.log(options.method ?? "GET", ...parts);
  return fetch(target, options);
}

function apollo(persisted) {
  const link = new PersistedQueryLink({ ...persisted, useGETForHashedQueries: method === "GET" });
  const client = new ApolloClient({
    link: link.concat(new HttpLink({ uri: url, headers, fetch: printingFetch })),
    cache: new InMemoryCache({ addTypename: false }),
  });
  return () => client.query({ query: gql(query), fetchPolicy: "no-cache", errorPolicy: "all" });
}

function urql(document, exchanges) {
  const client = new Client({
    url,
    exchanges: [...exchanges, fetchExchange],
    fetch: printingFetch,
    fetchOptions: { headers },
    preferGetMethod: method === "GET" ? "force" : false,
  });
  return () => client.query(document, {}, { requestPolicy: "network-only" }).toPromise();
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const send = {
  apollo: () => apollo({ sha256 }),
  "apollo-manifest": () =>
    apollo(generatePersistedQueryIdsFromManifest({ loadManifest: async () => manifest })),
  urql: () =>
    urql(query, [persistedExchange({ preferGetForPersistedQueries: method === "GET" ? "force" : false })]),
  "urql-manifest": () => {
    // As GraphQL Code Generator writes the documents of a client.
    const [documentId] = Object.entries(manifest).find(([, text]) => text === query) ?? ["unknown"];
    return urql({ kind: "Document", definitions: [], documentId }, []);
  },
}[kind]();

for (let round = 0; round < 2; round += 1) {
  const { data, error } = await send();
  const errors = error?.errors ?? error?.graphQLErrors ?? (error ? [error] : []);
  const codes = errors.map((it) => it.extensions?.code ?? it.message);
  console.log(codes.length === 0 ? `data ${JSON.stringify(data)}` : `errors ${codes.join(" ")}`);
}
process.exit(0);
