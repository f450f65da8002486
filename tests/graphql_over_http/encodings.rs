//! Bodies with a content coding.

use std::io::Write;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use serde_json::json;

use super::calls::{bearer, gateway_with, post, text};
use crate::support::database::{DatabaseKind, on_sqlite_alone};

const JSON: &str = "application/json";
const QUERY: &str = r#"{"query":"{viewer{keyLabel}}"}"#;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

on_sqlite_alone!(async a_gzip_body_is_decompressed, "no storage is involved");
async fn a_gzip_body_is_decompressed(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let (packed, parts) = (
        gzip(QUERY.as_bytes()),
        [gzip(&QUERY.as_bytes()[..9]), gzip(&QUERY.as_bytes()[9..])].concat(),
    );
    for (coding, body) in [
        ("gzip", packed.clone()),
        ("GZIP", packed.clone()),
        ("x-gzip", packed.clone()),
        (" gzip ", packed),
        // A gzip stream can have several members.
        ("gzip", parts),
        ("identity", QUERY.into()),
        ("", QUERY.into()),
    ] {
        let headers =
            [("content-type", JSON), ("authorization", &*key), ("content-encoding", coding)];
        let answer = post(&gateway, &headers, body).await;
        assert_eq!(answer.json(), json!({"data": {"viewer": {"keyLabel": "test"}}}), "{coding}");
    }
}

on_sqlite_alone!(async an_unsupported_content_coding_is_named_with_the_supported_ones, "no storage is involved");
async fn an_unsupported_content_coding_is_named_with_the_supported_ones(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(QUERY.as_bytes()).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(QUERY.as_bytes()).unwrap();
    for (coding, body) in [
        ("deflate", deflate.finish().unwrap()),
        ("deflate", zlib.finish().unwrap()),
        ("br", b"\x0b\x02\x80{}\x03".to_vec()),
        ("zstd", b"\x28\xb5\x2f\xfd".to_vec()),
        ("gzip, gzip", gzip(&gzip(QUERY.as_bytes()))),
        ("compress", QUERY.into()),
        ("utf-8", QUERY.into()),
        ("*", QUERY.into()),
    ] {
        let headers =
            [("content-type", JSON), ("authorization", &*key), ("content-encoding", coding)];
        let answer = post(&gateway, &headers, body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coding}");
        assert_eq!(
            text(&answer.headers, header::ACCEPT_ENCODING),
            Some("gzip, identity"),
            "{coding}"
        );
        let expected = format!(
            "The Content-Encoding '{coding}' is not supported. Send the body uncompressed or with gzip."
        );
        assert_eq!(answer.json()["errors"][0]["message"], expected);
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
}

on_sqlite_alone!(async the_limit_counts_the_bytes_after_decompression, "no storage is involved");
async fn the_limit_counts_the_bytes_after_decompression(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &["--max-body-bytes", "1000"]).await;
    let key = bearer(&tenant);
    let headers = [("content-type", JSON), ("authorization", &*key), ("content-encoding", "gzip")];
    let padded = |length: usize| gzip(format!("{QUERY:length$}").as_bytes());
    assert_eq!(post(&gateway, &headers, padded(1_000)).await.status, StatusCode::OK);
    for bomb in [padded(1_001), padded(60_000), gzip(&vec![b' '; 700_000])] {
        assert!(bomb.len() < 1_000);
        let answer = post(&gateway, &headers, bomb).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = "The body has more than 1000 bytes after decompression, which is the limit.";
        assert_eq!(answer.json()["errors"][0]["message"], message);
    }
}

on_sqlite_alone!(async a_body_that_is_not_gzip_is_refused, "no storage is involved");
async fn a_body_that_is_not_gzip_is_refused(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let packed = gzip(QUERY.as_bytes());
    let (cut, mut changed, trailing) =
        (&packed[..packed.len() - 4], packed.clone(), [&packed[..], b"{}"].concat());
    *changed.last_mut().unwrap() ^= 1;
    for body in [QUERY.as_bytes(), b"", cut, &changed, &trailing] {
        let headers =
            [("content-type", JSON), ("authorization", &*key), ("content-encoding", "gzip")];
        let answer = post(&gateway, &headers, body.to_vec()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        assert_eq!(
            answer.json()["errors"][0]["message"],
            "The body is not valid gzip, which its Content-Encoding says it is."
        );
    }
}

on_sqlite_alone!(async a_form_of_the_legacy_url_can_be_gzip, "no storage is involved");
async fn a_form_of_the_legacy_url_can_be_gzip(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &["--legacy-status", "true"]).await;
    let form = format!("KEY={}&VARS=ID", tenant.key);
    let send = async |coding: &str, body: Vec<u8>| {
        let request = Request::post("/get_session_history.php")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-encoding", coding);
        gateway.call(request.body(Body::from(body)).unwrap()).await
    };
    let answer = send("gzip", gzip(form.as_bytes())).await;
    assert!(answer.text().contains("<nrequests>0</nrequests>"), "{}", answer.text());
    for (coding, body, status) in [
        ("br", form.clone().into_bytes(), 415),
        ("gzip", form.clone().into_bytes(), 400),
        ("gzip", gzip(&vec![b'&'; 1_000_000]), 413),
    ] {
        let answer = send(coding, body).await;
        assert_eq!(answer.status.as_u16(), status, "{coding}");
        assert_eq!(answer.text(), "<response><error_msg>Invalid request.</error_msg></response>");
        let codings = text(&answer.headers, header::ACCEPT_ENCODING);
        assert_eq!(codings, (status == 415).then_some("gzip, identity"));
    }
}
