//! Clients that send wrong keys, and how the log names clients.

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, Server, stdout},
    wire::{self, Reply},
};

const WRONG: &str = "wrong-key-0123456789";

struct Served {
    server: Server,
    keys: Vec<String>,
    _environment: CommandEnvironment,
}

impl Served {
    /// A server over a new database with an account and two keys.
    fn start(on: DatabaseKind, flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        let key = |label| {
            let create = ["key", "create", "--account", "acme", "--label", label];
            stdout(&environment, &create).trim().to_owned()
        };
        let keys = vec![key("dashboard"), key("nightly")];
        let server = Server::start(&environment, flags);
        Self { server, keys, _environment: environment }
    }

    fn graphql(&self, key: &str, headers: &[(&str, &str)]) -> Reply {
        let key = [("x-api-key", key), ("content-type", "application/json")];
        let body = br#"{"query":"query Name { viewer { keyLabel } }"}"#;
        wire::send(&self.server.url, "POST", "/graphql", &[&key, headers].concat(), body)
    }

    fn legacy(&self, key: &str, headers: &[(&str, &str)]) -> Reply {
        let target = format!("/get_session_history.php?KEY={key}&VARS=ID");
        wire::send(&self.server.url, "GET", &target, headers, b"")
    }
}

on_sqlite_alone!(an_address_waits_after_many_wrong_keys, "no storage is involved");
fn an_address_waits_after_many_wrong_keys(on: DatabaseKind) {
    let served = Served::start(on, &["--legacy-status", "true"]);
    let [known, unknown] = [&*served.keys[0], &*served.keys[1]];
    // The server trusts proxies on this machine.
    let attacker = [("x-forwarded-for", "192.0.2.66")];
    let other = [("x-forwarded-for", "192.0.2.1")];
    assert_eq!(served.graphql(known, &other).status, 200);
    // Requests without a key are no attempts.
    for _ in 0..20 {
        assert_eq!(served.legacy("", &attacker).status, 401);
    }
    let looked_up = until_wait(4, |nth| match nth % 2 {
        0 => served.graphql(WRONG, &attacker),
        _ => served.legacy(WRONG, &attacker),
    });
    assert!(looked_up >= 13, "{looked_up}");
    let answer = served.graphql(WRONG, &attacker);
    assert_eq!(answer.status, 429);
    assert!(answer.text().contains("This address sent too many wrong keys."), "{}", answer.text());
    let answer = served.legacy(unknown, &attacker);
    assert_eq!(answer.text(), "<response><error_msg>Too many requests.</error_msg></response>");
    // A key that was valid before works from everywhere, any key from other addresses.
    assert_eq!(served.graphql(known, &attacker).status, 200);
    assert_eq!(served.graphql(unknown, &other).status, 200);
    assert_eq!(served.graphql(unknown, &attacker).status, 200);
    assert_eq!(served.graphql(WRONG, &other).status, 401);
    let log = served.server.stop();
    // What is refused in the wait has no line of its own.
    assert!(!log.contains("status=429"), "{log}");
    assert_eq!(
        log.lines()
            .filter(|line| line.contains("192.0.2.66") && line.contains("status=401"))
            .count(),
        20 + looked_up
    );
}

/// Sends wrong keys until an answer asks to wait for so many seconds, and answers how many were looked up.
fn until_wait(seconds: u64, mut send: impl FnMut(usize) -> Reply) -> usize {
    let (mut looked_up, mut longest) = (0, 0);
    for nth in 0..1_000 {
        let answer = send(nth);
        match answer.header("retry-after") {
            None => {
                assert_eq!(answer.status, 401);
                looked_up += 1;
            }
            Some(wait) => {
                assert!(answer.status == 429 && looked_up >= 11, "{looked_up}");
                longest = longest.max(wait.parse().unwrap());
                if longest >= seconds {
                    return looked_up;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
    }
    panic!("the longest wait was {longest} s");
}

on_sqlite_alone!(the_wait_ends, "no storage is involved");
fn the_wait_ends(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    until_wait(1, |_| served.graphql(WRONG, &[]));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    // A right key that was not used before.
    assert_eq!(served.graphql(&served.keys[0], &[]).status, 200);
}

on_sqlite_alone!(clients_of_a_proxy_that_is_not_trusted_do_not_wait, "no storage is involved");
fn clients_of_a_proxy_that_is_not_trusted_do_not_wait(on: DatabaseKind) {
    let served = Served::start(on, &["--trusted-proxies", "10.0.0.0/8"]);
    for _ in 0..30 {
        assert_eq!(served.graphql(WRONG, &[("x-forwarded-for", "192.0.2.66")]).status, 401);
    }
    assert_eq!(served.graphql(&served.keys[0], &[]).status, 200);
    assert!(until_wait(1, |_| served.graphql(WRONG, &[])) >= 11);
}

on_sqlite_alone!(
    the_line_of_a_request_names_client_account_key_and_error,
    "no storage is involved"
);
fn the_line_of_a_request_names_client_account_key_and_error(on: DatabaseKind) {
    let served = Served::start(on, &["--log-format", "json", "--rate-limit", "1000"]);
    let client = [("x-forwarded-for", "1.1.1.1, 192.0.2.7")];
    let ids: Vec<String> = [
        served.graphql(&served.keys[0], &client),
        served.legacy(&served.keys[1], &client),
        served.legacy(WRONG, &client),
        served.graphql(WRONG, &client),
        served.legacy(&format!("{}&FILTER_ID=secret", served.keys[0]), &client),
        wire::send(&served.server.url, "GET", "/health/live", &[], b""),
        wire::send(&served.server.url, "GET", "/health/live", &[("host", "another")], b""),
    ]
    .iter()
    .map(|answer| answer.header("x-request-id").expect("an id").to_owned())
    .collect();
    let log = served.server.stop();
    for key in served.keys.iter().map(String::as_str).chain([WRONG, "secret"]) {
        assert!(!log.contains(key), "{log}");
    }
    let line = |id: &str| {
        let line = log.lines().find(|line| line.contains(id) && line.contains("answered"));
        let line = line.unwrap_or_else(|| panic!("no line with {id}: {log}"));
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line["fields"][name].as_str().unwrap_or("-").to_owned();
        let status = line["fields"]["status"].as_u64().unwrap();
        (status, text("client"), text("account"), text("key"), text("error"))
    };
    let lines: Vec<_> = ids.iter().map(|id| line(id)).collect();
    let expected = [
        (200, "192.0.2.7", "acme", "dashboard", "-"),
        (200, "192.0.2.7", "acme", "nightly", "-"),
        (200, "192.0.2.7", "-", "-", "Invalid KEY."),
        (401, "192.0.2.7", "-", "-", "UNAUTHENTICATED"),
        (200, "192.0.2.7", "acme", "dashboard", "Invalid request."),
        (200, "127.0.0.1", "-", "-", "-"),
        (400, "127.0.0.1", "-", "-", "-"),
    ];
    for (line, (status, client, account, key, error)) in lines.iter().zip(expected) {
        let texts = [client, account, key, error].map(str::to_owned);
        let [client, account, key, error] = texts;
        assert_eq!(*line, (status, client, account, key, error));
    }
}

on_sqlite_alone!(a_trusted_proxy_gives_a_request_its_id, "no storage is involved");
fn a_trusted_proxy_gives_a_request_its_id(on: DatabaseKind) {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ids = |served: &Served| {
        [&[("x-request-id", "proxy-17")][..], &[("traceparent", trace)], &[]].map(|headers| {
            let answer = wire::send(&served.server.url, "GET", "/health/live", headers, b"");
            answer.header("x-request-id").unwrap().to_owned()
        })
    };
    let trusting = Served::start(on, &[]);
    let [id, traced, new] = ids(&trusting);
    assert_eq!((&*id, &*traced), ("proxy-17", "4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_eq!(new.len(), 16);
    assert!(trusting.server.stop().contains("id=\"proxy-17\""));
    let distrusting = Served::start(on, &["--trusted-proxies", "10.0.0.0/8"]);
    let [first, second, third] = ids(&distrusting);
    assert!([&first, &second, &third].iter().all(|id| id.len() == 16), "{first} {second} {third}");
    assert!(first != second && second != third);
}
