//! The harness: the production gateway over a database of its own.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use clap::Parser;
use http_body_util::BodyExt;
use sea_orm::Statement;
use serde_json::{Value, json};
use session_history::{
    app::App,
    config,
    domain::{
        session::StartMethod,
        time::{Clock, Timestamp},
        viewer::{AccountId, Scope},
    },
    graphql::limits::Limits,
    history::{
        limits::check,
        record::Record,
        writer::{Outcome, Writer, WriterAudit},
    },
    http,
    ingest::reader::{self, Entry},
    legacy::Profile,
    store::{Event, Options, Store, api_key::NewKey},
};
use tower::ServiceExt;

use database::{Database, DatabaseKind};

pub mod browser;
pub mod connection;
pub mod database;
pub mod feed;
pub mod graphql_schema;
pub mod import;
pub mod node;
pub mod process;
pub mod rounds;
pub mod server;
pub mod tls;
pub mod wire;

/// A gateway in memory, over a new database.
pub struct Gateway {
    pub router: Router,
    pub store: Store,
    pub database: Database,
}

/// An account with a key that may read it.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub account: AccountId,
    pub key: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The time in tests.
pub fn clock() -> Clock {
    Clock(|| Timestamp::parse_rfc3339("2026-01-02T03:04:05Z").unwrap())
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    server: config::Server,
    #[command(flatten)]
    connections: config::Connections,
    #[command(flatten)]
    limits: config::Limits,
}

impl Gateway {
    /// With the default settings.
    pub async fn start(on: DatabaseKind) -> Self {
        Self::start_with(on, &[]).await
    }

    /// With settings as on the command line of `serve`.
    pub async fn start_with(on: DatabaseKind, flags: &[&str]) -> Self {
        Self::over(Database::new(on), Duration::from_secs(10), flags).await
    }

    /// Over a database of the test's choice, with a time to wait for a connection.
    pub async fn over(database: Database, wait: Duration, flags: &[&str]) -> Self {
        let options = Options {
            url: database.url(),
            readers: 4,
            exports: 3,
            acquire_timeout: wait,
            ..Options::default()
        };
        let store = Store::connect(&options).await.unwrap();
        store.migrate().await.unwrap();
        Self { router: router(&store, flags), store, database }
    }

    /// The same gateway, whose answers of more than `whole` bytes are sent in chunks of about `chunk`.
    pub fn in_chunks(&self, whole: usize, chunk: usize) -> Router {
        let mut app = app(&self.store, &[]);
        let limits = Limits::clone(&app.limits);
        app.limits = Arc::new(Limits { whole_answer: whole, answer_chunk: chunk, ..limits });
        http::router(app)
    }

    /// Gives every statement that ends from now on to a listener.
    pub fn observe_statements(&self, listener: impl Fn(&Statement) + Send + Sync + 'static) {
        self.store.observe(Arc::new(move |event| {
            if let Event::Statement { statement, .. } = event {
                listener(statement);
            }
        }));
    }

    /// A new account with a key to read it.
    pub async fn tenant(&self, name: &str) -> Tenant {
        let account = self.store.create_account(name, clock().now()).await.unwrap();
        let key = format!("key-of-{name}-0123456789");
        self.key(account, &key, &[Scope::Read]).await;
        Tenant { account, key }
    }

    /// A new key. Answers its number.
    pub async fn key(&self, account: AccountId, secret: &str, scopes: &[Scope]) -> i64 {
        let key = NewKey { account, label: "test", scopes, expires_at: None };
        self.store.create_key(&key, secret, clock().now()).await.unwrap()
    }

    /// The same account with another key, which has these scopes.
    pub async fn with_scopes(&self, tenant: &Tenant, scopes: &[Scope]) -> Tenant {
        let names: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        let key = format!("{}-{}", tenant.key, names.join("-"));
        self.key(tenant.account, &key, scopes).await;
        Tenant { account: tenant.account, key }
    }

    /// Stores records, all of which must be taken.
    pub async fn store(&self, tenant: &Tenant, records: &[Record]) -> Vec<Outcome> {
        let outcomes = write_records(&writer(&self.store, tenant), records).await;
        for outcome in &outcomes {
            assert!(!matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
        }
        outcomes
    }

    /// Imports a legacy document, all of whose sessions must be taken.
    pub async fn import(&self, tenant: &Tenant, document: &str) -> Vec<Outcome> {
        self.store(tenant, &records(document)).await
    }

    /// Sends any request.
    pub async fn call(&self, request: Request<Body>) -> Answer {
        Self::call_router(&self.router, request).await
    }

    /// Sends any request to a router.
    pub async fn call_router(router: &Router, request: Request<Body>) -> Answer {
        let response = router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, headers, body }
    }

    /// Sends a GET request without a key in the headers.
    pub async fn get(&self, url: &str) -> Answer {
        self.call(Request::get(url).body(Body::empty()).unwrap()).await
    }

    /// Sends a GraphQL request with a tenant's key.
    pub async fn graphql(&self, tenant: &Tenant, query: &str, variables: Value) -> Answer {
        self.call(Self::graphql_request(tenant, query, variables)).await
    }

    /// A GraphQL request with a tenant's key.
    pub fn graphql_request(tenant: &Tenant, query: &str, variables: Value) -> Request<Body> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("authorization", format!("Bearer {}", tenant.key));
        request.body(Body::from(body)).unwrap()
    }

    /// The data of a GraphQL request that must succeed.
    pub async fn data(&self, tenant: &Tenant, query: &str, variables: Value) -> Value {
        let answer = self.graphql(tenant, query, variables).await.json();
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].clone()
    }

    /// Calls the legacy URL with parameters, percent-encoded as a careful client does.
    pub async fn legacy(&self, key: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("KEY", key).extend_pairs(parameters);
        self.get(&format!("/get_session_history.php?{}", query.finish())).await
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// The codes of a GraphQL answer's errors.
    pub fn codes(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let code = |error: &Value| error["extensions"]["code"].as_str().unwrap_or("none").into();
        errors.iter().map(code).collect()
    }
}

/// What writes records into an account, at the time of tests.
pub fn writer(store: &Store, tenant: &Tenant) -> Writer {
    Writer {
        store: store.clone(),
        account: tenant.account,
        start_method: StartMethod::Applet,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock: clock(),
    }
}

/// Writes the sessions of a legacy document, as one batch.
pub async fn write(writer: &Writer, sessions: &[Value]) -> Vec<Outcome> {
    write_records(writer, &records(&json!(sessions).to_string())).await
}

async fn write_records(writer: &Writer, records: &[Record]) -> Vec<Outcome> {
    let valid: Vec<_> = records.iter().cloned().map(|it| check(it).unwrap()).collect();
    let written = writer.write(&Vec::from_iter(&valid)).await.unwrap();
    written.into_iter().map(|it| it.outcome).collect()
}

/// A gateway over an open database.
pub fn router(store: &Store, flags: &[&str]) -> Router {
    http::router(app(store, flags))
}

fn app(store: &Store, flags: &[&str]) -> App {
    let settings = Settings::parse_from(["serve"].iter().chain(flags));
    let Settings { server, connections, limits } = &settings;
    let mut app = App::new(store.clone(), server, connections, limits, clock(), None);
    let profile = Profile::built_in(&server.legacy.profile).map(str::to_owned);
    let profile =
        profile.unwrap_or_else(|| std::fs::read_to_string(&server.legacy.profile).unwrap());
    app.legacy_profile = Arc::new(Profile::parse(&profile).unwrap());
    app
}

/// The records of a legacy document, all of which must be readable.
pub fn records(document: &str) -> Vec<Record> {
    let reader = reader::open(document.as_bytes(), Arc::default()).unwrap();
    let record = |entry: Result<Entry, _>| match entry.unwrap() {
        Entry::Accepted(accepted) => Record::clone(&accepted.record),
        Entry::Rejected(rejection) => panic!("{rejection}"),
    };
    reader.map(record).collect()
}
