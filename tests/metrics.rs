//! The metrics: what they count, and what they never have.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    commands::fails,
    subscriptions::Socket,
    support::{
        database::{DatabaseKind, on_each_database, on_each_server, on_sqlite_alone},
        process::{self, CommandEnvironment, Server},
        server::dedicated::DedicatedServer,
        tls::Transport,
        wire,
    },
};

/// A text of a session, the name of an account, the label of a key and the name of an operation.
pub(crate) const TEXTS: [&str; 4] =
    ["Zoe-Gutenberg", "acme-of-zoe", "label-of-zoe", "operationOfZoe"];

/// A server that counts, and its address for metrics.
pub(crate) struct Counted {
    pub(crate) server: Server,
    metrics: String,
    pub(crate) key: String,
    _environment: CommandEnvironment,
}

impl Counted {
    fn start(on: DatabaseKind) -> Self {
        Self::start_over(Transport::Plain, on, &[])
    }

    pub(crate) fn start_over(over: Transport, on: DatabaseKind, flags: &[&str]) -> Self {
        Self::start_in(CommandEnvironment::new(on), over, flags)
    }

    pub(crate) fn start_in(
        environment: CommandEnvironment,
        over: Transport,
        flags: &[&str],
    ) -> Self {
        let [customer, account, label, _] = TEXTS;
        process::stdout(&environment, &["account", "create", account]);
        let create = ["key", "create", "--account", account, "--label", label];
        let key = process::stdout(&environment, &create).trim().to_owned();
        let session =
            json!({"id": 1, "date_start": "2024-01-01 00:00:00", "customer_name": customer});
        let document = json!({ "requests": [session] }).to_string();
        fs::write(environment.path().join("history.json"), document).unwrap();
        process::stdout(&environment, &["import", "history.json", "--account", account]);
        let tls = over.flags(environment.path());
        let flags = [&["--metrics-listen", "127.0.0.1:0"], flags, tls].concat();
        let server = Server::start(&environment, &flags);
        Self::of(server, key, environment)
    }

    pub(crate) fn of(server: Server, key: String, environment: CommandEnvironment) -> Self {
        let metrics = server.greeted("Metrics").strip_suffix("/metrics").unwrap().to_owned();
        Self { server, metrics, key, _environment: environment }
    }

    fn text(&self) -> String {
        let answer = wire::send(&self.metrics, "GET", "/metrics", &[], b"");
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        answer.text()
    }

    /// The value of a metric with these labels, as they are written. None before the first one.
    pub(crate) fn value(&self, metric: &str) -> Option<f64> {
        let name = format!("session_history_{metric} ");
        let text = self.text();
        let value = text.lines().find_map(|line| line.strip_prefix(&name))?;
        Some(value.parse().unwrap())
    }

    /// Waits until a metric has a value.
    pub(crate) fn await_value(&self, metric: &str, expected: f64) {
        let start = Instant::now();
        while self.value(metric) != Some(expected) {
            let late = start.elapsed() > Duration::from_secs(20);
            assert!(!late, "{metric} is not {expected} in\n{}", self.text());
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn graphql(&self, key: &str, query: &str) -> u16 {
        let media_type = "application/graphql-response+json";
        let headers =
            [("x-api-key", key), ("content-type", "application/json"), ("accept", media_type)];
        let body = json!({"query": query}).to_string();
        wire::send(&self.server.url, "POST", "/graphql", &headers, body.as_bytes()).status
    }

    /// Asks the server to end, and waits until it does.
    pub(crate) fn terminate(self) {
        self.server.terminate();
    }

    fn get(&self, target: &str) -> u16 {
        wire::send(&self.server.url, "GET", target, &[], b"").status
    }

    /// Sends requests of every kind, so that each metric has a value.
    pub(crate) fn use_all(&self) {
        let [customer, account, label, operation] = TEXTS;
        let key = &self.key;
        let query = format!(
            "query {operation} {{ sessions(filter: {{customer: {{name: {{eq: \"{customer}\"}}}}}}) {{
                nodes {{ customer {{ name }} }} }} }}"
        );
        assert_eq!(self.graphql(key, &query), 200);
        assert_eq!(self.graphql(key, &format!("{{ {operation} }}")), 400);
        assert_eq!(self.graphql(customer, "{ viewer { keyLabel } }"), 401);
        let call =
            format!("/get_session_history.php?KEY={key}&VARS=ID&FILTER_CUSTOMER_NAME={customer}");
        assert_eq!(self.get(&call), 200);
        assert_eq!(self.get(&format!("/get_session_history.php?KEY={label}&VARS=ID")), 200);
        for path in [customer, account, &**key] {
            assert_eq!(self.get(&format!("/{path}")), 404);
        }
        let mut socket = Socket::of(&self.server, key);
        socket.subscribe(operation, "subscription { sessionChanges { legacyId } }", json!({}));
        self.await_value("websockets_open", 1.0);
        self.await_value("subscriptions_open", 1.0);
        drop(socket);
        self.await_value("websockets_open", 0.0);
        self.await_value("subscriptions_open", 0.0);
        // The first run of the retention.
        self.await_value("job_runs_total{job=\"retention\",outcome=\"ok\"}", 1.0);
    }
}

/// The names of the metrics of a text, without the suffixes of histograms.
fn declared(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The names of metrics in a text, and of the series of histograms.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let is_metric = |it: &&str| it.starts_with("session_history_") || it.starts_with("process_");
    words.filter(is_metric).map(str::to_owned).collect()
}

on_each_database!(no_key_and_no_text_of_a_caller_is_in_the_metrics);
fn no_key_and_no_text_of_a_caller_is_in_the_metrics(on: DatabaseKind) {
    let counted = Counted::start(on);
    counted.use_all();
    let text = counted.text();
    for secret in TEXTS.iter().copied().chain([&*counted.key, &counted.key[..8], "127.0.0."]) {
        let line = text.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(line, None, "{secret}");
    }
}

on_sqlite_alone!(requests_are_counted_by_route_status_and_code, "no storage is involved");
fn requests_are_counted_by_route_status_and_code(on: DatabaseKind) {
    let counted = Counted::start(on);
    counted.use_all();
    for (metric, expected) in [
        ("http_requests_total{route=\"/graphql\",status=\"2xx\"}", 1.0),
        ("http_requests_total{route=\"/graphql\",status=\"4xx\"}", 2.0),
        ("http_requests_total{route=\"/graphql\",status=\"1xx\"}", 1.0),
        ("http_requests_total{route=\"/get_session_history.php\",status=\"2xx\"}", 2.0),
        ("http_requests_total{route=\"unknown\",status=\"4xx\"}", 3.0),
        ("http_refused_requests_total{code=\"UNAUTHENTICATED\"}", 2.0),
        ("http_refused_requests_total{code=\"BAD_USER_INPUT\"}", 1.0),
        ("http_requests_in_progress", 0.0),
        ("exported_records_total{format=\"XML\"}", 1.0),
        ("key_lookups_total{outcome=\"invalid\"}", 2.0),
        ("websockets_closed_total{code=\"client\"}", 1.0),
        ("database_host_up{host=\"0\",role=\"primary\"}", 1.0),
        ("database_connections_in_use{host=\"0\",pool=\"reads\"}", 0.0),
        ("connections_open", 0.0),
        ("connections_limit", 800.0),
    ] {
        counted.await_value(metric, expected);
    }
    for metric in ["database_statements_total{outcome=\"ok\"}", "database_rows_total"] {
        assert!(counted.value(metric) > Some(0.0), "{metric}");
    }
    let accepted = counted.value("connections_accepted_total").unwrap();
    assert_eq!(counted.get("/health/live"), 200);
    assert_eq!(counted.value("connections_accepted_total"), Some(accepted + 1.0));
}

on_sqlite_alone!(what_the_server_does_with_connections_is_counted, "no storage is involved");
fn what_the_server_does_with_connections_is_counted(on: DatabaseKind) {
    let counted = Counted::start_over(Transport::Tls, on, &["--head-timeout", "1"]);
    let address = counted.server.url.strip_prefix("https://").unwrap();
    let silent = TcpStream::connect(address).unwrap();
    counted.await_value("connections_open", 1.0);
    counted.await_value("connections_closed_total{reason=\"head_timeout\"}", 1.0);
    counted.await_value("connections_open", 0.0);
    counted.await_value("tls_handshake_failures_total", 1.0);
    drop(silent);
    let id = counted.server.id().to_string();
    assert!(Command::new("kill").args(["-s", "HUP", &id]).status().unwrap().success());
    counted.await_value("tls_certificate_reads_total{outcome=\"exchanged\"}", 1.0);
    assert_eq!(counted.get("/health/live"), 200);
}

on_each_server!(a_database_host_that_is_down_is_shown);
fn a_database_host_that_is_down_is_shown(on: DatabaseKind) {
    let mut database = DedicatedServer::start(on);
    let environment = CommandEnvironment::bare(on);
    let url = database.url();
    let flags = ["--database-url", &url, "--migrate", "--metrics-listen", "127.0.0.1:0"];
    let counted = Counted::of(Server::start(&environment, &flags), String::new(), environment);
    let up = "database_host_up{host=\"0\",role=\"primary\"}";
    counted.await_value(up, 1.0);
    database.stop();
    assert_eq!(counted.get("/health/ready"), 503);
    counted.await_value(up, 0.0);
    database.start_again();
    counted.await_value(up, 1.0);
    assert_eq!(counted.get("/health/ready"), 200);
}

on_sqlite_alone!(what_callers_send_makes_no_new_series, "no storage is involved");
fn what_callers_send_makes_no_new_series(on: DatabaseKind) {
    let counted = Counted::start(on);
    let send = |number: u32| {
        for target in ["assets/", "", "graphql/", "any/get_session_history.php?KEY="] {
            counted.get(&format!("/{target}{number}"));
        }
        let headers = [("x-api-key", &*number.to_string())];
        wire::send(&counted.server.url, "GET", "/graphql?query=%7Ba%7D", &headers, b"");
    };
    let series = || counted.text().lines().count();
    counted.use_all();
    // So many wrong keys that the next ones have to wait.
    (0..15).for_each(send);
    let before = series();
    (15..40).for_each(send);
    assert_eq!(series(), before, "{}", counted.text());
}

on_sqlite_alone!(metrics_are_never_at_the_public_address, "no storage is involved");
fn metrics_are_never_at_the_public_address(on: DatabaseKind) {
    let counted = Counted::start(on);
    assert_eq!(counted.get("/metrics"), 404);
    for path in ["/", "/graphql", "/health/live", "/metrics/"] {
        assert_eq!(wire::send(&counted.metrics, "GET", path, &[], b"").status, 404, "{path}");
    }
    let environment = CommandEnvironment::new(on);
    let address = counted.server.url.strip_prefix("http://").unwrap();
    let flags = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", address];
    assert!(fails(&environment, &flags).contains(&format!("cannot listen on {address}")));
}

on_sqlite_alone!(the_documents_name_the_metrics_that_exist, "the metrics are the same on each");
fn the_documents_name_the_metrics_that_exist(on: DatabaseKind) {
    let counted = Counted::start(on);
    counted.use_all();
    let text = counted.text();
    let declared = declared(&text);
    let documented = named(&file("docs/OPERATIONS.md"));
    assert_eq!(documented, declared, "docs/OPERATIONS.md and /metrics");
    let series: BTreeSet<_> = named(&text);
    for path in ["monitoring/session-history.rules.yml", "monitoring/grafana-dashboard.json"] {
        let used = named(&file(path));
        assert!(used.len() > 10, "{path}: {used:?}");
        let unknown: Vec<_> = used.difference(&series).collect();
        assert!(unknown.is_empty(), "{path} has {unknown:?}");
    }
    let dashboard: Value =
        serde_json::from_str(&file("monitoring/grafana-dashboard.json")).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
}

on_sqlite_alone!(promtool_accepts_the_metrics_and_the_rules, "the metrics are the same on each");
fn promtool_accepts_the_metrics_and_the_rules(on: DatabaseKind) {
    let counted = Counted::start(on);
    counted.use_all();
    let promtool = || Command::new("promtool");
    let mut check = promtool()
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool: apt install prometheus");
    check.stdin.take().unwrap().write_all(counted.text().as_bytes()).unwrap();
    let checked = check.wait_with_output().unwrap();
    let said = [checked.stdout, checked.stderr].concat();
    assert!(checked.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring/session-history.rules.yml");
    let checked =
        promtool().args(["check", "rules", "--lint=all", "--lint-fatal"]).arg(rules).output();
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
