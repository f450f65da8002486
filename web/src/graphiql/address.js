// The query of a link: `graphiql?query=…&variables=…`.

const { searchParams } = new URL(location.href);

/// The tab that a link opens. Null without a query in the address.
export const LINKED = searchParams.has("query")
  ? { query: searchParams.get("query"), variables: searchParams.get("variables") ?? "" }
  : null;

// The tab is stored once it is open. Another load of the page must not open it again.
if (LINKED !== null) history.replaceState(history.state, "", location.pathname + location.hash);
