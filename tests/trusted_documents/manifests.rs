//! Manifests that are wrong stop the start, which names the place.

use serde_json::{Value, json};

use super::{LABEL, SESSIONS, hash, refused};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::CommandEnvironment,
};

fn apollo(operations: Value) -> Vec<u8> {
    let format = "apollo-persisted-query-manifest";
    json!({ "format": format, "version": 1, "operations": operations }).to_string().into_bytes()
}

fn operation(id: &str, body: &str) -> Value {
    json!({ "id": id, "name": "A", "type": "query", "body": body })
}

on_sqlite_alone!(a_wrong_manifest_stops_the_start_and_its_place_is_named, "no storage is involved");
fn a_wrong_manifest_stops_the_start_and_its_place_is_named(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let (good, other) = (operation("1", LABEL), operation("2", SESSIONS));
    let sha = hash(LABEL);
    let with_wrong_hash = |id: &str| {
        format!(
            "operations[0] with the id '{id}': the id is not the SHA-256 of the text, which is {sha}"
        )
    };
    let (wrong, prefixed) = (hash("{"), format!("sha256:{}", hash("{")));
    for (manifest, expected) in [
        (b"".to_vec(), "EOF while parsing a value at line 1 column 0".to_owned()),
        (b"{\n \"1\": \"{a}\",\n}".to_vec(), "at line 3 column 1".into()),
        (
            b"[]".to_vec(),
            "it is neither an object from ids to texts nor an apollo-persisted".into(),
        ),
        (b"{}".to_vec(), "it has no document".into()),
        (b"{\"1\": \"{ viewer { keyLabel } }\"} {}".to_vec(), "trailing characters".into()),
        (b"{\"1\": \"\xff\"}".to_vec(), "stream did not contain valid UTF-8".into()),
        (b"{\"1\": null}".to_vec(), "the document '1': its text is not a string".into()),
        (
            format!("{{\"1\": {0:?},\n\"1\": {0:?}}}", LABEL).into_bytes(),
            "the key '1' occurs twice in one object at line 2 column 3".into(),
        ),
        (
            json!({ "a": LABEL, "b": "{\n  viewer { wrong }\n}" }).to_string().into_bytes(),
            "the document 'b', line 2, column 12: ".into(),
        ),
        (
            json!({ "b": "query {" }).to_string().into_bytes(),
            "the document 'b', line 1, column 8: Syntax error".into(),
        ),
        (
            json!({ "b": "fragment F on Query { viewer { keyLabel } }" }).to_string().into_bytes(),
            "the document 'b', ".into(),
        ),
        (json!({ "b": "" }).to_string().into_bytes(), "the document 'b', ".into()),
        (
            json!({ "operations": [good] }).to_string().into_bytes(),
            "'format' is not 'apollo-persisted-query-manifest'".into(),
        ),
        (
            String::from_utf8(apollo(json!([good])))
                .unwrap()
                .replace("\"version\":1", "\"version\":2")
                .into_bytes(),
            "'version' is not 1".into(),
        ),
        (apollo(json!({})), "'operations' is not an array".into()),
        (apollo(json!([])), "it has no document".into()),
        (apollo(json!([good, 1])), "operations[1] is not an object".into()),
        (apollo(json!([good, { "id": 2 }])), "operations[1]: 'id' is not a string".into()),
        (apollo(json!([{ "id": "2" }])), "operations[0]: 'body' is not a string".into()),
        (
            apollo(json!([good, other, operation("1", SESSIONS)])),
            "operations[2] with the id '1': a document before it has the same id".into(),
        ),
        (apollo(json!([operation(&wrong, LABEL)])), with_wrong_hash(&wrong)),
        (apollo(json!([operation(&prefixed, LABEL)])), with_wrong_hash(&prefixed)),
    ] {
        let shown = String::from_utf8_lossy(&manifest).into_owned();
        let error = refused(&environment, &manifest);
        assert!(error.contains("the trusted documents documents.json"), "{shown}: {error}");
        assert!(error.contains(&expected), "{shown}: {error}");
    }
}

on_sqlite_alone!(all_problems_of_a_manifest_are_told_up_to_ten, "no storage is involved");
fn all_problems_of_a_manifest_are_told_up_to_ten(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let operations = (0..13).map(|number| operation(&number.to_string(), "{ wrong }"));
    let error = refused(&environment, &apollo(operations.collect()));
    for number in 0..10 {
        let place = format!("operations[{number}] with the id '{number}', line 1, column 3: ");
        assert!(error.contains(&place), "{error}");
    }
    assert!(!error.contains("operations[10]") && error.contains("and 3 more"), "{error}");
}

on_sqlite_alone!(a_manifest_that_is_missing_or_too_large_is_refused, "no storage is involved");
fn a_manifest_that_is_missing_or_too_large_is_refused(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let error = refused(&environment, &vec![b' '; (16 << 20) + 1]);
    assert!(error.contains("it has more than 16777216 bytes"), "{error}");
    let nested = "[".repeat(1 << 20);
    let error = refused(&environment, nested.as_bytes());
    assert!(error.contains("recursion limit exceeded"), "{error}");
    let output = crate::support::process::run(
        &environment,
        &["serve", "--listen", "192.0.2.1:0", "--trusted-documents", "missing.json"],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("cannot read the trusted documents missing.json: No such file"),
        "{error}"
    );
}
