//! The map of ARCHITECTURE.md, for the test of its last column.

const GRAPHQL: &[&str] = &["apollo_compiler", "async_graphql", "async_graphql_value"];
const HTTP: &[&str] = &[
    "axum",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "rustix",
    "socket2",
    "tokio_rustls",
    "tower",
    "tower_http",
    "tungstenite",
];
/// Statements, and the tables.
const SQL: &[&str] = &["entity", "migration", "sea_orm", "sea_orm_migration", "sea_query_sqlx"];
const STATEMENTS: &[&str] = &["migration", "sea_orm", "sea_orm_migration", "sea_query_sqlx"];
const TABLES: &[&str] = &["entity", "migration"];
const XML: &[&str] = &["quick_xml"];
const JSON: &[&str] = &["serde_json"];
const COMMAND_LINE: &[&str] = &["clap", "indicatif"];

/// A part of the code, and what it may know.
pub struct Part {
    /// The module, or `main`, which is the file of the program.
    pub module: &'static str,
    /// What it may name of other modules.
    pub knows: &'static [&'static str],
    /// The groups of crates that it must not name.
    pub without: &'static [&'static [&'static str]],
}

/// The map of ARCHITECTURE.md. Imports lead downwards: a part knows only parts below it.
pub static MAP: [Part; 22] = [
    Part {
        module: "main",
        knows: &["cli"],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "cli",
        knows: &[
            "app",
            "config",
            "demo",
            "domain",
            "error",
            "graphql::filter_text",
            "graphql::sdl",
            "history",
            "http",
            "ingest",
            "jobs",
            "legacy",
            "metrics",
            "store",
            "sync",
            "telemetry",
            "traces",
            "webhook",
        ],
        without: &[GRAPHQL, SQL, XML],
    },
    Part {
        module: "jobs",
        knows: &["app", "domain", "error", "history", "ingest", "store", "sync", "webhook"],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "webhook",
        knows: &["app", "domain", "error", "graphql::subscription", "outgoing", "store"],
        without: &[HTTP, SQL, XML, COMMAND_LINE],
    },
    Part {
        module: "http",
        knows: &[
            "app",
            "domain",
            "error",
            "export",
            "graphql::context",
            "graphql::error",
            "graphql::execute",
            "graphql::json",
            "graphql::records",
            "graphql::sdl",
            "graphql::subscription",
            "legacy",
            "metrics",
            "store::Reads",
            "traces",
        ],
        without: &[SQL, XML, COMMAND_LINE],
    },
    Part {
        module: "app",
        knows: &[
            "config",
            "domain",
            "error",
            "graphql::Schema",
            "graphql::context",
            "graphql::limits",
            "graphql::subscription",
            "legacy::Profile",
            "metrics",
            "store",
            "traces",
        ],
        without: &[GRAPHQL, HTTP, SQL, XML, COMMAND_LINE],
    },
    Part {
        module: "legacy",
        knows: &["domain", "error", "export", "graphql::records"],
        without: &[HTTP, SQL, COMMAND_LINE],
    },
    Part {
        module: "export",
        knows: &["domain", "error", "graphql::records"],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "graphql",
        knows: &["domain", "error", "history", "store"],
        without: &[HTTP, SQL, XML, COMMAND_LINE],
    },
    Part {
        module: "sync",
        knows: &["domain", "error", "history", "ingest", "outgoing", "store"],
        without: &[GRAPHQL, HTTP, STATEMENTS, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "outgoing",
        knows: &[],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "ingest",
        knows: &["domain", "error", "history"],
        without: &[GRAPHQL, HTTP, SQL, COMMAND_LINE],
    },
    Part {
        module: "demo",
        knows: &["domain", "history::record"],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "history",
        knows: &["domain", "error", "store"],
        without: &[GRAPHQL, HTTP, STATEMENTS, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "store",
        knows: &["domain", "error"],
        without: &[GRAPHQL, HTTP, XML, JSON, COMMAND_LINE],
    },
    Part {
        module: "store::cluster",
        knows: &["domain::time", "domain::viewer", "error", "store::memory"],
        without: &[TABLES],
    },
    Part {
        module: "domain",
        knows: &["error"],
        without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE],
    },
    Part { module: "error", knows: &[], without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE] },
    Part { module: "config", knows: &[], without: &[GRAPHQL, HTTP, SQL, XML] },
    Part { module: "metrics", knows: &[], without: &[GRAPHQL, HTTP, SQL, XML, JSON, COMMAND_LINE] },
    Part { module: "traces", knows: &[], without: &[GRAPHQL, SQL, XML, JSON, COMMAND_LINE] },
    Part {
        module: "telemetry",
        knows: &["traces"],
        without: &[GRAPHQL, HTTP, SQL, XML, COMMAND_LINE],
    },
];
