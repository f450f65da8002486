//! Requests of the legacy URL as old programs send them: their paths, bodies and keys.

use axum::{
    body::Body,
    http::{Request, StatusCode, header::CONTENT_TYPE},
};
use session_history::domain::viewer::Scope;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

const HISTORY: &str = r#"<response><requests>
<request><id>7</id><customer_name>Zoë É</customer_name><date_start>2011-01-03 09:15:02</date_start></request>
<request><id>8</id><customer_name>Jo</customer_name><date_start>2011-01-05 00:00:00</date_start></request>
</requests></response>"#;

async fn history(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    (gateway, tenant)
}

fn xml(ids: &[i64]) -> String {
    let sessions: String =
        ids.iter().map(|id| format!("<request><id>{id}</id></request>")).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><nrequests>{}</nrequests>\
         <requests>{sessions}</requests></response>",
        ids.len()
    )
}

fn error(message: &str) -> String {
    format!("<response><error_msg>{message}</error_msg></response>")
}

async fn post(
    gateway: &Gateway,
    url: &str,
    media_type: Option<&str>,
    body: impl Into<Vec<u8>>,
) -> Answer {
    let request = Request::post(url);
    let request = media_type.into_iter().fold(request, |it, media| it.header(CONTENT_TYPE, media));
    gateway.call(request.body(Body::from(body.into())).unwrap()).await
}

/// A multipart form with a boundary of dashes, as curl and browsers choose it.
fn multipart(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("------b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value, b"\r\n"].concat());
    }
    body.extend(b"------b0--\r\n");
    body
}

const MULTIPART: &str = "multipart/form-data; boundary=----b0";

on_sqlite_alone!(async any_path_that_ends_in_the_name_of_the_script_is_served, "no storage is involved");
async fn any_path_that_ends_in_the_name_of_the_script_is_served(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = format!("KEY={}&VARS=ID&FILTER_ID=7", tenant.key);
    for path in [
        "/get_session_history.php",
        "/get_history_api.php",
        "/integration/get_session_history.php",
        "/INTEGRATION/GET_SESSION_HISTORY.PHP",
        "/Integration/Get_History_Api.php/",
        "//get_session_history.php//",
        "/a/b%20c/%C3%A9/get_history_api.php",
        "/graphql/get_session_history.php",
    ] {
        let answer = gateway.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.text(), xml(&[7]), "{path}");
        let form = "application/x-www-form-urlencoded";
        let answer = post(&gateway, path, Some(form), query.clone()).await;
        assert_eq!(answer.text(), xml(&[7]), "{path}");
        let request = Request::head(format!("{path}?{query}")).body(Body::empty()).unwrap();
        let answer = gateway.call(request).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0), "{path}");
        let request = Request::delete(path).body(Body::empty()).unwrap();
        let answer = gateway.call(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.headers["allow"], "GET,HEAD,POST", "{path}");
    }
    for path in [
        "/nothing",
        "/get_session_history",
        "/xget_session_history.php",
        "/get_session_history.php/x",
        "/get_session_history.php%3FKEY=x",
        "/integration/",
    ] {
        let answer = gateway.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().starts_with("There is nothing at this path. "), "{path}");
        assert!(answer.text().contains("/get_session_history.php"), "{path}");
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8", "{path}");
    }
}

on_sqlite_alone!(async a_multipart_form_is_read_like_an_urlencoded_one, "no storage is involved");
async fn a_multipart_form_is_read_like_an_urlencoded_one(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let key = tenant.key.as_bytes();
    let url = "/get_session_history.php?VARS=NOTES&FILTER_ID=8";
    for (fields, expected) in [
        (&[("KEY", key), ("VARS", b"ID"), ("FILTER_ID", b"7")][..], xml(&[7])),
        (&[("KEY", key), ("vars[]", b"ID"), ("FILTER_ID", b"")], xml(&[7, 8])),
        (&[("KEY", key), ("VARS[1]", b"ID"), ("VARS[0]", b"ID"), ("X", b"a&b=c")], xml(&[8])),
        // The values are as they are, in UTF-8 or Windows-1252.
        (
            &[
                ("KEY", key),
                ("VARS", b"ID"),
                ("FILTER_ID", b""),
                ("FILTER_CUSTOMER_NAME", "ZOË É".as_bytes()),
            ],
            xml(&[7]),
        ),
        (
            &[
                ("KEY", key),
                ("VARS", b"ID"),
                ("FILTER_ID", b""),
                ("FILTER_CUSTOMER_NAME", b"ZO\xCB \xC9"),
            ],
            xml(&[7]),
        ),
        (
            &[("KEY", key), ("VARS", b"ID"), ("FILTER_ID", b""), ("FILTER_CUSTOMER_NAME", b"J%6F")],
            xml(&[]),
        ),
        // A file is no parameter.
        (&[("KEY", key), ("VARS", b"ID"), ("FILTER_ID\"; filename=\"7", b"7")], xml(&[8])),
        (&[("KEY", b"wrong-key"), ("VARS", b"ID")], error("Invalid KEY.")),
        (
            &[("KEY", key), ("VARS", b"ID"), ("FILTER_ODD", b"x")],
            error("Invalid FILTER_ODD setting."),
        ),
    ] {
        let answer = post(&gateway, url, Some(MULTIPART), multipart(fields)).await;
        assert_eq!(answer.text(), expected, "{fields:?}");
    }
    let many = [("X", &b""[..]); 1_001];
    let many = [&[("KEY", key), ("VARS", b"ID")][..], &many].concat();
    let url = format!("/get_session_history.php?KEY={}", tenant.key);
    let answer = post(&gateway, &url, Some(MULTIPART), multipart(&many)).await;
    assert_eq!(answer.text(), error("Too many parameters."));
}

on_sqlite_alone!(async a_body_that_is_no_form_is_an_invalid_request, "no storage is involved");
async fn a_body_that_is_no_form_is_an_invalid_request(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--legacy-status", "true"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    let url = format!("/get_session_history.php?KEY={}&VARS=ID&FILTER_ID=7", tenant.key);
    let json = format!(r#"{{"KEY":"{}","VARS":"ID"}}"#, tenant.key);
    let whole = multipart(&[("KEY", tenant.key.as_bytes()), ("VARS", b"ID")]);
    let without_end = whole[..whole.len() - 6].to_vec();
    for (media_type, body, status) in [
        ("application/json", json.clone().into_bytes(), 415),
        ("text/xml; charset=utf-8", b"<x/>".to_vec(), 415),
        ("text/plain", b"KEY=x&VARS=ID".to_vec(), 415),
        ("nonsense", b"KEY=x".to_vec(), 415),
        ("multipart/mixed; boundary=----b0", whole.clone(), 415),
        ("multipart/form-data", whole.clone(), 400),
        ("multipart/form-data; boundary=other", whole, 400),
        (MULTIPART, without_end, 400),
    ] {
        for url in [&url, "/get_session_history.php", "/get_session_history.php?KEY=wrong"] {
            let answer = post(&gateway, url, Some(media_type), body.clone()).await;
            assert_eq!(answer.text(), error("Invalid request."), "{media_type} {url}");
            assert_eq!(answer.status.as_u16(), status, "{media_type} {url}");
        }
    }
    let in_json = format!("{url}&OUTPUT_FORMAT=JSON");
    let answer = post(&gateway, &in_json, Some("text/xml"), json).await;
    assert_eq!(answer.text(), r#"{"error_msg":"Invalid request."}"#);
    // A POST without a body has all its parameters in the URL.
    for media_type in [None, Some("application/json"), Some("text/xml"), Some(MULTIPART)] {
        let answer = post(&gateway, &url, media_type, "").await;
        assert_eq!(answer.text(), xml(&[7]), "{media_type:?}");
    }
}

on_each_database!(async a_vendor_key_of_any_length_is_found_with_and_without_its_department);
async fn a_vendor_key_of_any_length_is_found_with_and_without_its_department(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let base64 = format!("{}+/=", "Ab3+/".repeat(14));
    for key in [&base64, &"k".repeat(512), "own|2109"] {
        gateway.key(tenant.account, key, &[Scope::Read]).await;
        for sent in [key.to_owned(), format!("{key}|2109"), format!("{key}|"), format!("{key}_")] {
            let answer = gateway.legacy(&sent, &[("VARS", "ID"), ("FILTER_ID", "7")]).await;
            assert_eq!(answer.text(), xml(&[7]), "{sent}");
        }
        let raw = format!("/get_session_history.php?KEY={key}|2109&VARS=ID&FILTER_ID=7");
        assert_eq!(gateway.get(&raw).await.text(), xml(&[7]), "{raw}");
    }
    for wrong in ["2109", "own", "|2109", "k|2109", &"k".repeat(513)] {
        let answer = gateway.legacy(wrong, &[("VARS", "ID")]).await;
        assert_eq!(answer.text(), error("Invalid KEY."), "{wrong}");
    }
}

on_each_database!(async a_key_in_any_of_the_headers_opens_the_legacy_url);
async fn a_key_in_any_of_the_headers_opens_the_legacy_url(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let bearer = format!("Bearer {}", tenant.key);
    for (name, value) in [
        ("INTEGRATION-KEY", &*tenant.key),
        ("Integration-Key", &tenant.key),
        ("x-api-key", &tenant.key),
        ("authorization", &bearer),
    ] {
        for request in [
            Request::get("/integration/get_history_api.php?VARS=ID&FILTER_ID=7"),
            Request::get("/get_session_history.php?KEY=&VARS=ID&FILTER_ID=7"),
            Request::post("/get_session_history.php?VARS=ID&FILTER_ID=7"),
        ] {
            let answer = gateway.call(request.header(name, value).body(Body::empty()).unwrap());
            assert_eq!(answer.await.text(), xml(&[7]), "{name}");
        }
    }
}

on_each_database!(async dates_of_javascript_and_python_restrict_as_dates_of_the_documentation);
async fn dates_of_javascript_and_python_restrict_as_dates_of_the_documentation(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    for date in [
        "2011-01-05",
        "2011/1/5",
        "2011-01-05T00:00:00.000Z",
        "2011-01-05T00:00:00.123456",
        "2011-01-05T01:00:00+01:00",
        "2011-01-05 01:00:00 01:00",
        "2011-01-05 00:00:00.5",
        "2011-01-05_00:00:00_",
    ] {
        for (filter, expected) in
            [("FILTER_DATE_START_INI", &[][..]), ("FILTER_DATE_START_END", &[7])]
        {
            let answer = gateway.legacy(&tenant.key, &[("VARS", "ID"), (filter, date)]).await;
            assert_eq!(answer.text(), xml(expected), "{filter}={date}");
        }
    }
}

on_sqlite_alone!(the_log_names_the_route_of_any_path, "no storage is involved");
fn the_log_names_the_route_of_any_path(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let create = ["key", "create", "--account", "acme", "--secret", "-"];
    let secret = format!("{}|2109+/==", "aB3+".repeat(16));
    let output = process::run_with_input(&environment, &create, secret.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{secret}\n"));
    let server = Server::start(&environment, &[]);
    let target = format!("/{secret}/GET_HISTORY_API.php/?VARS=ID&KEY={secret}");
    let answer = wire::send(&server.url, "GET", &target, &[], b"");
    assert!(answer.text().contains("<nrequests>0</nrequests>"), "{}", answer.text());
    let log = server.stop();
    assert!(log.contains("path=\"/get_history_api.php\""), "{log}");
    assert!(!log.contains(&secret), "{log}");
}
