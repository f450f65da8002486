//! Documents are valid exactly when the specification says so, and nothing of an invalid one runs.

use axum::http::StatusCode;
use serde_json::{Value, json};

mod judge;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_sqlite_alone},
};

async fn gateway(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let history = r#"{"requests":[
        {"id": 7, "customer_name": "Zoe", "date_start": "2024-05-01 10:00:00"},
        {"id": 8, "customer_name": "x", "date_start": "2024-05-02 10:00:00"}]}"#;
    gateway.import(&tenant, history).await;
    (gateway, tenant)
}

/// The messages of an answer to a request that was not run.
#[track_caller]
fn refusal(answer: &Answer) -> Vec<String> {
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text}");
    let answer = answer.json();
    assert_eq!(answer.get("data"), None, "{text}");
    let errors = answer["errors"].as_array().unwrap();
    assert!((1..=5).contains(&errors.len()), "{text}");
    for error in errors {
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{text}");
    }
    errors.iter().map(|error| error["message"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that each request is refused, with locations and one-line messages of which one holds
/// the words.
async fn assert_refused(on: DatabaseKind, requests: &[(&str, Value, &str)]) {
    let (gateway, tenant) = gateway(on).await;
    for (query, variables, words) in requests {
        let answer = gateway.graphql(&tenant, query, variables.clone()).await;
        let messages = refusal(&answer);
        assert!(messages.iter().any(|it| it.contains(words)), "{query}: {messages:?}");
        assert!(!messages.iter().any(|it| it.contains('\n')), "{query}: {messages:?}");
        for error in answer.json()["errors"].as_array().unwrap() {
            assert!(error["locations"][0]["line"].is_u64(), "{query}: {error}");
        }
    }
}

async fn assert_answered(on: DatabaseKind, requests: &[(&str, Value, Value)]) {
    let (gateway, tenant) = gateway(on).await;
    for (query, variables, data) in requests {
        assert_eq!(gateway.data(&tenant, query, variables.clone()).await, *data, "{query}");
    }
}

on_sqlite_alone!(async a_variable_of_a_wrong_type_is_refused_also_from_the_cache, "refused before anything is asked of it");
async fn a_variable_of_a_wrong_type_is_refused_also_from_the_cache(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    let query = "query H($v: TextFilter) { sessions(filter: { customer: $v }) { totalCount } }";
    for variables in [json!({ "v": {} }), json!({ "v": { "eq": "x" } }), json!({})] {
        let answer = gateway.graphql(&tenant, query, variables).await;
        let messages = refusal(&answer);
        assert!(messages[0].contains("CustomerFilter"), "{messages:?}");
    }
}

on_sqlite_alone!(async the_types_of_variables_are_checked_at_their_positions, "refused before anything is asked of it");
async fn the_types_of_variables_are_checked_at_their_positions(on: DatabaseKind) {
    let ids = |of: &str| format!("query($v: {of}) {{ nodes(ids: $v) {{ id }} }}");
    let item = |of: &str| format!("query($v: {of}) {{ nodes(ids: [$v]) {{ id }} }}");
    let deep = |of: &str| {
        format!(
            "query($v: {of}) {{ sessions(filter: {{ legacyId: {{ in: $v }} }}) {{ totalCount }} }}"
        )
    };
    let requests = [
        (ids("[ID]!"), json!(["session_7"])),
        (ids("[ID!]"), json!(["session_7"])),
        (ids("ID!"), json!("session_7")),
        (item("ID"), json!("session_7")),
        (item("[ID!]"), json!(["session_7"])),
        (deep("[ID]"), json!(["7"])),
        (deep("ID"), json!("7")),
        (deep("[Int!]"), json!([7])),
        ("query($v: Boolean) { viewer { keyLabel @skip(if: $v) } }".to_owned(), json!(false)),
        ("query($v: String) { session(id: $v) { id } }".to_owned(), json!("7")),
        (
            "query($v: ID) { ...F } fragment F on Query { session(id: $v) { id } }".to_owned(),
            json!("7"),
        ),
    ];
    let requests: Vec<_> =
        requests.iter().map(|(query, v)| (query.as_str(), json!({ "v": v }), "$v")).collect();
    assert_refused(on, &requests).await;
    assert_refused(on, &[(&ids("[ID!]! = null"), json!({ "v": ["7"] }), "null")]).await;
    assert_answered(
        on,
        &[
            (&ids("[ID!]! = [\"x\"]"), json!({ "v": ["session_9"] }), json!({ "nodes": [null] })),
            (&ids("[ID!]!"), json!({ "v": "session_9" }), json!({ "nodes": [null] })),
            (&item("ID = \"session_9\""), json!({}), json!({ "nodes": [null] })),
            (&deep("[ID!]!"), json!({ "v": 7 }), json!({ "sessions": { "totalCount": 1 } })),
        ],
    )
    .await;
}

on_sqlite_alone!(async an_input_object_has_each_field_once, "refused before anything is asked of it");
async fn an_input_object_has_each_field_once(on: DatabaseKind) {
    let count = |filter: &str| format!("{{ sessions(filter: {filter}) {{ totalCount }} }}");
    let requests = [
        count("{ answered: false, answered: true }"),
        count("{ customer: { name: { eq: \"x\", eq: \"y\" } } }"),
        count("{ and: [{ not: { notes: {}, notes: {} } }] }"),
        "query($f: SessionFilter = { answered: true, answered: true }) { sessions(filter: $f) { totalCount } }".to_owned(),
        "query { ...F } fragment F on Query { sessions(filter: { notes: { eq: \"a\", eq: \"a\" } }) { totalCount } }".to_owned(),
    ];
    let requests: Vec<_> =
        requests.iter().map(|query| (query.as_str(), json!({}), "occurs twice")).collect();
    assert_refused(on, &requests).await;
}

on_sqlite_alone!(async fields_of_one_name_have_the_same_arguments, "refused before anything is asked of it");
async fn fields_of_one_name_have_the_same_arguments(on: DatabaseKind) {
    let twice = |one: &str, other: &str| {
        format!(
            "{{ a: nodes(ids: {one}) {{ id }} ...F }}
             fragment F on Query {{ ... {{ a: nodes(ids: {other}) {{ id }} }} }}"
        )
    };
    let filtered = |one: &str, other: &str| {
        let sessions = [one, other].map(|list| {
            format!(
                "session(id: 7) {{ technician {{
                    sessions(filter: {{ or: [{{ legacyId: {{ in: {list} }} }}] }}) {{ totalCount }}
                }} }}"
            )
        });
        format!("{{ {} }}", sessions.join(" "))
    };
    let lists = [("[7]", "[7, 8]"), ("[7, 8]", "[7]"), ("[]", "[7]"), ("[7]", "[8]"), ("[7]", "7")];
    let requests = lists.map(|(one, other)| [twice(one, other), filtered(one, other)]).concat();
    let requests: Vec<_> = requests.iter().map(|it| (it.as_str(), json!({}), "argument")).collect();
    assert_refused(on, &requests).await;
    let same = twice("[\"session_9\"]", "[\"session_9\"]");
    assert_answered(on, &[(&same, json!({}), json!({ "a": [null] }))]).await;
}

on_sqlite_alone!(async whole_numbers_and_escapes_are_accepted_in_all_forms, "the database does not take part in validation");
async fn whole_numbers_and_escapes_are_accepted_in_all_forms(on: DatabaseKind) {
    let page = "query($n: Int) { sessions(first: $n) { nodes { legacyId } } }";
    let newest = json!({ "sessions": { "nodes": [{ "legacyId": "8" }] } });
    let named = |escape: &str| {
        format!(
            "{{ sessions(filter: {{ customer: {{ name: {{ eq: \"{escape}\" }} }} }}) {{ totalCount }} }}"
        )
    };
    let count = |count: u32| json!({ "sessions": { "totalCount": count } });
    assert_answered(
        on,
        &[
            (page, json!({ "n": 1.0 }), newest.clone()),
            (page, json!({ "n": 1e0 }), newest),
            (
                "query($id: ID!) { session(id: $id) { legacyId } }",
                json!({ "id": 7.0 }),
                json!({ "session": { "legacyId": "7" } }),
            ),
            (&named(r"\ud83d\ude00"), json!({}), count(0)),
            (&named(r"\u{1F600}"), json!({}), count(0)),
            (&named(r"\u{5a}oe"), json!({}), count(1)),
            (&named(r"\u005aoe"), json!({}), count(1)),
        ],
    )
    .await;
    let lone = [
        r"\ud83d",
        r"\ude00",
        r"\ude00\ud83d",
        r"\u{D83D}",
        r"\u{110000}",
        r"\u{}",
        r"\u{1F6",
        r"\x",
    ];
    let requests: Vec<_> = lone.iter().map(|escape| named(escape)).collect();
    let requests: Vec<_> = requests.iter().map(|query| (query.as_str(), json!({}), "")).collect();
    assert_refused(on, &requests).await;
}

on_sqlite_alone!(async the_type_name_is_validated_as_any_field, "refused before anything is asked of it");
async fn the_type_name_is_validated_as_any_field(on: DatabaseKind) {
    assert_refused(
        on,
        &[
            ("{ __typename @nope }", json!({}), "nope"),
            ("{ __typename(a: 1) }", json!({}), "a"),
            ("{ __typename { id } }", json!({}), "String"),
            ("{ viewer { __typename(a: 1) } }", json!({}), "a"),
            ("{ __typename @skip }", json!({}), "if"),
        ],
    )
    .await;
    assert_answered(
        on,
        &[
            (
                "query($x: Boolean!) { viewer { keyLabel } __typename @skip(if: $x) }",
                json!({ "x": true }),
                json!({ "viewer": { "keyLabel": "test" } }),
            ),
            (
                "query($x: Boolean!) { viewer { keyLabel } __typename @include(if: $x) }",
                json!({ "x": true }),
                json!({ "viewer": { "keyLabel": "test" }, "__typename": "Query" }),
            ),
        ],
    )
    .await;
}

on_sqlite_alone!(async wrong_values_are_refused_before_anything_runs, "refused before anything is asked of it");
async fn wrong_values_are_refused_before_anything_runs(on: DatabaseKind) {
    let literal = |filter: &str| {
        format!("{{ viewer {{ keyLabel }} sessions(filter: {filter}) {{ totalCount }} }}")
    };
    let not_reached = |filter: &str| {
        format!(
            "{{ session(id: 99) {{ technician {{ sessions(filter: {filter}) {{ totalCount }} }} }} }}"
        )
    };
    for time in [
        "\"2011\"",
        "2011",
        "\"yesterday\"",
        "[\"2011-01-03T09:15:02Z\"]",
        "{ a: 1 }",
        "true",
        "NOW",
        "\"2011-01-03T09:15:02+24:00\"",
        "\"2011-01-03T09:15:02-23:60\"",
        "\"0000-01-01T00:00:00Z\"",
    ] {
        let filter = format!("{{ startedAt: {{ gt: {time} }} }}");
        let requests = [
            literal(&filter),
            not_reached(&filter),
            format!(
                "query($f: SessionFilter = {filter}) {{ sessions(filter: $f) {{ totalCount }} }}"
            ),
            format!(
                "{{ viewer {{ keyLabel }} sessions(filter: {filter}) @skip(if: true) {{ totalCount }} }}"
            ),
        ];
        let requests: Vec<_> =
            requests.iter().map(|it| (it.as_str(), json!({}), "DateTime")).collect();
        assert_refused(on, &requests).await;
    }
    let filtered = "query($f: SessionFilter) { sessions(filter: $f) { totalCount } }";
    let unread = "query($f: SessionFilter) { session(id: 99) { technician { sessions(filter: $f) { totalCount } } } }";
    for query in [filtered, unread] {
        let requests = [
            (json!({ "startedAt": { "gt": "2011" } }), "startedAt.gt"),
            (json!({ "startedAt": { "gt": 2011 } }), "startedAt.gt"),
            (json!({ "and": [{}, { "startedAt": { "gt": "2011" } }] }), "and.1.startedAt.gt"),
            (json!({ "customer": { "nam": {} } }), "'nam'"),
            (json!({ "answred": true }), "'answred'"),
            (json!({ "answered": "true" }), "answered"),
            (json!({ "startMethod": { "eq": "agent" } }), "startMethod.eq"),
            (json!("x"), "SessionFilter"),
            (json!([]), "SessionFilter"),
            (json!(1), "SessionFilter"),
        ];
        let requests = requests.map(|(f, words)| (query, json!({ "f": f }), words));
        assert_refused(on, &requests).await;
    }
    let requests = [
        literal("1"), literal("[]"), literal("[{ answered: true }]"), literal("{ startMethod: { eq: \"AGENT\" } }"),
        literal("{ customer: \"x\" }"), literal("{ notes: [{ eq: \"x\" }] }"),
        "{ session(id: 99) { chatMessages(first: 2147483648) { totalCount } } }".to_owned(),
        "{ session(id: 99) { chatMessages(first: -2147483649) { totalCount } } }".to_owned(),
        "{ session(id: 99) { chatMessages(first: 2.0) { totalCount } } }".to_owned(),
        "query($n: Int = 99999999999) { session(id: 99) { chatMessages(first: $n) { totalCount } } }".to_owned(),
    ];
    let requests: Vec<_> = requests.iter().map(|query| (query.as_str(), json!({}), "")).collect();
    assert_refused(on, &requests).await;
}

on_sqlite_alone!(async what_is_wrong_in_a_document_is_named_once, "refused before anything is asked of it");
async fn what_is_wrong_in_a_document_is_named_once(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on).await;
    for (query, words, line, column) in [
        ("{\n  viewer {\n    keyLabel\n", "end", 4, 1),
        ("{\n  viewer { keyLabel ! }\n}", "!", 2, 21),
        ("{ é }", "é", 1, 3),
        ("query($a: Int = 1 @d) { sessions(first: $a) { totalCount } }", "d", 1, 19),
        ("query($a: Nothing) { sessions(first: $a) { totalCount } }", "Nothing", 1, 7),
        ("{ ...on Nothing { a } }", "Nothing", 1, 9),
        ("{ viewer { keyLable } }", "keyLable", 1, 12),
        ("type A { a: Int }", "A", 1, 1),
        ("{ sessions(filter first: 1) { totalCount } }", "first", 1, 19),
        ("{ session(id) { id } }", ")", 1, 13),
    ] {
        let answer = gateway.graphql(&tenant, query, json!({})).await;
        let messages = refusal(&answer);
        assert_eq!(messages.len(), 1, "{query}: {messages:?}");
        assert!(
            messages[0].contains(words) && !messages[0].contains('\n'),
            "{query}: {messages:?}"
        );
        assert_eq!(
            answer.json()["errors"][0]["locations"],
            json!([{ "line": line, "column": column }]),
            "{query}: {messages:?}"
        );
    }
}

on_sqlite_alone!(async descriptions_of_operations_fragments_and_variables_are_accepted, "no storage is involved");
async fn descriptions_of_operations_fragments_and_variables_are_accepted(on: DatabaseKind) {
    let query = r#"
        "Asks for \"the label\"" query A("""whether {to skip}""" $x: Boolean = false "and" $y: String = "y" "z" $z: [String!] = ["a" "b"] ) {
            viewer { ...F @skip(if: $x) }
            sessions(filter: { notes: { eq: $y, in: $z } }) { totalCount }
        }
        """The "label"""" fragment F on Viewer { keyLabel }"#;
    let query = query.replace("\"label\"\"\"\"", "label\"\"\"");
    let data = json!({ "viewer": { "keyLabel": "test" }, "sessions": { "totalCount": 0 } });
    assert_answered(on, &[(&query, json!({}), data)]).await;
    assert_refused(
        on,
        &[
            ("\"d\" { viewer { keyLabel } }", json!({}), ""),
            ("\"d\" \"d\" query A { viewer { keyLabel } }", json!({}), ""),
            (r#""\q" query A { viewer { keyLabel } }"#, json!({}), ""),
            ("query A { \"d\" viewer { keyLabel } }", json!({}), ""),
            ("query A($a: Int \"d\") { sessions(first: $a) { totalCount } }", json!({}), ""),
        ],
    )
    .await;
}
