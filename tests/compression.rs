//! Answers are compressed as the client accepts it, and are the same after decoding.

use std::io::Read;

use axum::{
    Router,
    body::Body,
    http::{
        Request,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY},
    },
};
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// Sixty sessions, of which a page has five.
async fn gateway(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, &["--legacy-page-size", "5"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, &history()).await;
    (gateway, tenant)
}

fn history() -> String {
    let session = |id: i64| {
        json!({
            "id": id, "date_start": "2024-01-01 00:00:00", "notes": format!("Ünïcode {id} ").repeat(600),
            "chat_info": [{"date": "2024-01-01 00:00:01", "sender": "a", "text": "b"}],
        })
    };
    json!({ "requests": (1..=60).map(session).collect::<Vec<_>>() }).to_string()
}

/// Requests whose answers are short, long and streamed.
fn requests(tenant: &Tenant) -> Vec<Request<Body>> {
    let legacy = |parameters: &str| {
        let url = format!("/get_session_history.php?KEY={}&VARS={parameters}", tenant.key);
        Request::get(url).body(Body::empty()).unwrap()
    };
    let query = |first| {
        let query = "query($n: Int) { sessions(first: $n) { nodes { legacyId notes } } }";
        Gateway::graphql_request(tenant, query, json!({ "n": first }))
    };
    vec![
        query(1),
        query(60),
        legacy("ID+NOTES&FILTER_ID=3"),
        legacy("ID+NOTES+CHAT_INFO"),
        legacy("ID+NOTES+CHAT_INFO&OUTPUT_FORMAT=JSON"),
    ]
}

async fn send(router: &Router, mut request: Request<Body>, accept: &'static str) -> Answer {
    request.headers_mut().insert(ACCEPT_ENCODING, accept.parse().unwrap());
    Gateway::call_router(router, request).await
}

fn decoded(answer: &Answer) -> Vec<u8> {
    decode(&answer.body, answer.headers[CONTENT_ENCODING].to_str().unwrap())
}

fn decode(body: &[u8], coding: &str) -> Vec<u8> {
    let mut decoder: Box<dyn Read + '_> = match coding {
        "gzip" => Box::new(MultiGzDecoder::new(body)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(body).unwrap()),
        other => panic!("{other}"),
    };
    let mut text = Vec::new();
    decoder.read_to_end(&mut text).unwrap();
    text
}

fn varies_by_encoding(answer: &Answer) -> bool {
    let lines = answer.headers.get_all(VARY).iter().map(|line| line.to_str().unwrap());
    lines
        .flat_map(|line| line.split(','))
        .any(|it| it.trim().eq_ignore_ascii_case("accept-encoding"))
}

on_each_database!(async a_compressed_answer_is_the_same_after_decoding);
async fn a_compressed_answer_is_the_same_after_decoding(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    // Answers of GraphQL are sent in chunks too.
    let router = gateway.in_chunks(10_000, 4_096);
    let plain = |nth: usize| send(&router, requests(&tenant).remove(nth), "identity");
    for nth in 0..requests(&tenant).len() {
        let plain = plain(nth).await;
        assert!(plain.status == 200 && varies_by_encoding(&plain), "{:?}", plain.headers);
        assert!(!plain.headers.contains_key(CONTENT_ENCODING));
        for (accept, coding) in [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "zstd")] {
            let packed = send(&router, requests(&tenant).remove(nth), accept).await;
            assert_eq!(packed.headers[CONTENT_ENCODING], coding);
            assert!(!packed.headers.contains_key(CONTENT_LENGTH) && varies_by_encoding(&packed));
            assert!(packed.body.len() < plain.body.len() / 4);
            assert!(decoded(&packed) == plain.body, "{nth} {coding}");
        }
        for accept in ["gzip;q=0", "br", "identity, gzip;q=0, zstd;q=0"] {
            assert!(send(&router, requests(&tenant).remove(nth), accept).await.body == plain.body);
        }
    }
}

on_sqlite_alone!(async a_short_answer_and_an_error_are_sent_as_they_are, "no storage is involved");
async fn a_short_answer_and_an_error_are_sent_as_they_are(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    let viewer = Gateway::graphql_request(&tenant, "{ viewer { account } }", json!({}));
    let wrong = Gateway::graphql_request(&tenant, "{ nothing }", json!({}));
    let url = "/get_session_history.php?KEY=wrong&VARS=ID";
    let refused = Request::get(url).body(Body::empty()).unwrap();
    for request in [viewer, wrong, refused] {
        let answer = send(&gateway.router, request, "gzip, zstd").await;
        assert!(!answer.headers.contains_key(CONTENT_ENCODING) && varies_by_encoding(&answer));
        assert!(std::str::from_utf8(&answer.body).is_ok_and(|body| !body.is_empty()));
    }
}

on_each_database!(async callers_that_hang_up_on_a_compressed_answer_release_their_connections);
async fn callers_that_hang_up_on_a_compressed_answer_release_their_connections(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    let begin = async || {
        let mut request = requests(&tenant).remove(3);
        request.headers_mut().insert(ACCEPT_ENCODING, "gzip".parse().unwrap());
        gateway.router.clone().oneshot(request).await.unwrap().into_body()
    };
    // The harness has three connections for long answers, of which one account gets two.
    for _ in 0..30 {
        assert!(begin().await.frame().await.unwrap().is_ok());
    }
    let whole = begin().await.collect().await.unwrap().to_bytes();
    assert!(decode(&whole, "gzip").ends_with(b"</requests></response>"));
}

on_sqlite_alone!(a_compressed_answer_on_a_socket, "no storage is involved");
fn a_compressed_answer_on_a_socket(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    std::fs::write(environment.path().join("history.json"), history()).unwrap();
    process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let server = Server::start(&environment, &["--legacy-page-size", "5"]);
    for filter in ["", "&FILTER_ID=3"] {
        let path = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES{filter}", key.trim());
        let plain = wire::send(&server.url, "GET", &path, &[], b"");
        for coding in ["gzip", "zstd"] {
            let packed = wire::send(&server.url, "GET", &path, &[("accept-encoding", coding)], b"");
            assert_eq!(packed.header("content-encoding"), Some(coding));
            assert_eq!(packed.header("content-length"), None);
            assert!(decode(&packed.body, coding) == plain.body);
            // The head is that of GET.
            let head =
                wire::send_raw(&server.url, "HEAD", &path, &[("accept-encoding", coding)], b"").0;
            assert_eq!((head.header("content-encoding"), head.body.len()), (Some(coding), 0));
            assert_eq!(head.header("content-length"), None);
        }
    }
}
