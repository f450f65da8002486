//! `search` finds sessions by the words of their texts, alike on every database.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const PAGE: &str = "query($search: String!) {
    sessions(filter: {search: $search}, first: 200, orderBy: STARTED_AT_ASC) {
        totalCount nodes { legacyId } } }";

fn session(id: usize, problem: &str, notes: &str, chat: &[&str]) -> Value {
    let date = "2024-01-01 00:00:00";
    let chat: Vec<_> =
        chat.iter().map(|text| json!({ "date": date, "sender": "ann", "text": text })).collect();
    json!({ "id": id, "date_start": date, "problem_description": problem, "notes": notes,
        "chat_info": chat })
}

async fn store(gateway: &Gateway, tenant: &Tenant, sessions: &[Value]) {
    gateway.import(tenant, &json!({ "requests": sessions }).to_string()).await;
}

/// The numbers of the sessions that a search finds.
async fn found(gateway: &Gateway, tenant: &Tenant, search: &str) -> Vec<i64> {
    let data = gateway.data(tenant, PAGE, json!({ "search": search })).await;
    let ids: Vec<_> = data["sessions"]["nodes"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(data["sessions"]["totalCount"], ids.len(), "{search}");
    ids
}

fn id(node: &Value) -> i64 {
    node["legacyId"].as_str().unwrap().parse().unwrap()
}

on_each_database!(async a_search_finds_words_phrases_and_beginnings_in_all_texts);
async fn a_search_finds_words_phrases_and_beginnings_in_all_texts(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let long = "a".repeat(150);
    let sessions = [
        session(1, "The printer is offline", "A paper jam.", &["Hello", "Can't print"]),
        session(2, "Paper", "jam in the PRINTER", &["Is it C or C++?"]),
        session(3, "", "Drucker gelöscht, Straße", &["Иван говорит: Ёлка", "日本語 パソコン"]),
        session(4, &long, &"b".repeat(100), &["mail ann@example.com, 3.14", "  "]),
        session(5, "", "", &[]),
    ];
    store(&gateway, &tenant, &sessions).await;
    for (search, expected) in [
        ("printer", &[1, 2][..]),
        ("PRINTER offline", &[1]),
        ("offline hello", &[1]),
        // A phrase is within one text.
        ("\"paper jam\"", &[1]),
        ("paper jam", &[1, 2]),
        ("\"jam paper\"", &[]),
        ("\"offline a paper\"", &[]),
        ("print*", &[1, 2]),
        ("print", &[1]),
        ("prin", &[]),
        ("\"the print\"*", &[1, 2]),
        // Negations, alone too; a session without texts has no word.
        ("printer -offline", &[2]),
        ("-printer", &[3, 4, 5]),
        ("-print* -drucker -\"b a\"", &[4, 5]),
        ("paper -\"paper jam\"", &[2]),
        ("-hello -c", &[3, 4, 5]),
        // Short words, stop words, and letters of any script.
        ("the is a", &[1]),
        ("c", &[2]),
        ("can't", &[1]),
        ("can", &[]),
        ("geloscht strasse", &[3]),
        ("GELÖSCHT", &[3]),
        ("елка иВАН", &[3]),
        ("日本", &[3]),
        ("本日", &[]),
        ("パソ*", &[3]),
        ("ソコン", &[]),
        ("ann@example.com", &[4]),
        ("example.com 3.14", &[4]),
        ("3.1", &[]),
        // Long words.
        (&"b".repeat(100), &[4]),
        (&"b".repeat(99), &[]),
        (&"a".repeat(100), &[]),
        (&format!("{}*", "a".repeat(100)), &[4]),
    ] {
        assert_eq!(found(&gateway, &tenant, search).await, expected, "{search}");
    }
}

on_each_database!(async a_changed_session_is_found_by_its_present_words_alone);
async fn a_changed_session_is_found_by_its_present_words_alone(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    for tenant in [&tenant, &other] {
        let sessions = [session(1, "", "printer", &["jam"]), session(2, "", "printer", &[])];
        store(&gateway, tenant, &sessions).await;
    }
    for (notes, now, before) in [("scanner", "scanner", "printer"), ("fax", "fax", "scanner")] {
        let change = json!({ "id": 1, "notes": notes });
        store(&gateway, &tenant, &[change]).await;
        assert_eq!(found(&gateway, &tenant, now).await, [1]);
        assert_eq!(found(&gateway, &tenant, &format!("{before} jam")).await, [0; 0]);
        assert_eq!(found(&gateway, &tenant, &format!("{notes} jam")).await, [1]);
    }
    assert_eq!(found(&gateway, &tenant, "printer").await, [2]);
    store(&gateway, &tenant, &[json!({ "id": 1, "notes": "", "chat_info": [] })]).await;
    assert_eq!(found(&gateway, &tenant, "jam").await, [0; 0]);
    assert_eq!(found(&gateway, &tenant, "-printer").await, [1]);
    // Another account has its own.
    assert_eq!(found(&gateway, &other, "printer").await, [1, 2]);
    assert_eq!(found(&gateway, &other, "fax").await, [0; 0]);
}

/// Texts with 40,000 words. The index of a session with so many has none of them.
fn very_many_words() -> Vec<String> {
    let words = |from: usize| {
        (from..from + 4_000).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ")
    };
    (0..10).map(|text| words(text * 4_000)).collect()
}

on_each_database!(async a_session_with_very_many_words_is_found_by_each_of_them);
async fn a_session_with_very_many_words_is_found_by_each_of_them(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let chat = very_many_words();
    let chat: Vec<_> = chat.iter().map(String::as_str).collect();
    let sessions = [session(1, "first", "", &chat), session(2, "", "word7 first", &[])];
    store(&gateway, &tenant, &sessions).await;
    for (search, expected) in [
        ("word7", &[1, 2][..]),
        ("word39999", &[1]),
        ("first word39999 word20000", &[1]),
        ("\"word19998 word19999\"", &[1]),
        ("\"word19999 word20000\"", &[]),
        ("word40000", &[]),
        ("first -word39999", &[2]),
        ("word3999*", &[1]),
    ] {
        assert_eq!(found(&gateway, &tenant, search).await, expected, "{search}");
    }
}

on_each_database!(async common_and_rare_words_give_the_same_pages);
async fn common_and_rare_words_give_the_same_pages(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let many_words = very_many_words();
    let many_words: Vec<_> = many_words.iter().map(String::as_str).collect();
    // The word `hello` is in 4,000 sessions of 4,100, so that they are tested in the order of the list.
    let sessions: Vec<_> = (1..=4_100)
        .map(|id: usize| {
            let (notes, rest) = (if id <= 4_000 { "hello" } else { "bye" }, id % 1_000);
            let chat = if [4_000, 4_100].contains(&id) { &*many_words } else { &[] };
            let mut session = session(id, &format!("rest{rest}"), notes, chat);
            session["tech_username"] = format!("t{}", id % 2).into();
            session["date_start"] =
                format!("2024-01-01 {:02}:{:02}:{:02}", id / 3600, id / 60 % 60, id % 60).into();
            session
        })
        .collect();
    store(&gateway, &tenant, &sessions).await;
    let query = "query($search: String!, $after: String, $order: SessionOrder!) {
        sessions(filter: {search: $search}, first: 100, after: $after, orderBy: $order) {
            totalCount pageInfo { endCursor hasNextPage } nodes { legacyId } } }";
    for (search, expected) in [
        ("hello", (1..=4_000).collect::<Vec<i64>>()),
        ("hel*", (1..=4_000).collect()),
        ("hello rest*", (1..=4_000).collect()),
        ("hello -rest7", (1..=4_000).filter(|id| id % 1_000 != 7).collect()),
        ("hello rest7", (1..=4_000).filter(|id| id % 1_000 == 7).collect()),
        ("-hello", (4_001..=4_100).collect()),
        ("bye", (4_001..=4_100).collect()),
    ] {
        for order in ["STARTED_AT_ASC", "STARTED_AT_DESC"] {
            let (mut all, mut after) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "search": search, "after": after, "order": order });
                let page = gateway.data(&tenant, query, variables).await["sessions"].take();
                assert_eq!(page["totalCount"], expected.len(), "{search}");
                all.extend(page["nodes"].as_array().unwrap().iter().map(id));
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            if order == "STARTED_AT_DESC" {
                all.reverse();
            }
            assert_eq!(all, expected, "{search} {order}");
        }
    }
    let query = "{ technicians { nodes { username
        odd: sessions(filter: {search: \"hello rest7\"}) { totalCount nodes { legacyId } }
        any: sessions(filter: {search: \"hello\"}, first: 2) { nodes { legacyId } }
        none: sessions(filter: {not: {search: \"hel*\"}}, first: 1) { nodes { legacyId } } } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let node = |id: i64| json!({ "legacyId": id.to_string() });
    let expected = json!([
        { "username": "t0", "odd": { "totalCount": 0, "nodes": [] },
            "any": { "nodes": [node(4_000), node(3_998)] }, "none": { "nodes": [node(4_100)] } },
        { "username": "t1",
            "odd": { "totalCount": 4, "nodes": [node(3_007), node(2_007), node(1_007), node(7)] },
            "any": { "nodes": [node(3_999), node(3_997)] }, "none": { "nodes": [node(4_099)] } },
    ]);
    assert_eq!(data["technicians"]["nodes"], expected);
}

on_each_database!(async pages_of_a_search_are_in_the_order_of_starts_wherever_they_begin);
async fn pages_of_a_search_are_in_the_order_of_starts_wherever_they_begin(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    // Seven sessions start in each second. Later documents have earlier sessions.
    let second = |id: usize| format!("1999-12-31 23:59:{:02}", id / 7);
    let of = |id: usize| {
        let notes = if id.is_multiple_of(3) { "printer jam" } else { "jam" };
        let mut session = session(id, &format!("n{}", id % 11), notes, &[]);
        session["date_start"] = second(id).into();
        session["has_videos"] = if id.is_multiple_of(2) { "TRUE" } else { "FALSE" }.into();
        session
    };
    for ids in [200..300, 100..200, 1..100] {
        let sessions: Vec<_> = ids.rev().map(of).collect();
        store(&gateway, &tenant, &sessions).await;
        store(&gateway, &other, &sessions).await;
    }
    // Two move to another second, before and after all others.
    let moved = |id: usize, start: &str| json!({ "id": id, "date_start": start });
    store(&gateway, &tenant, &[moved(150, "1969-12-31 23:59:59"), moved(9, "2001-01-01 00:00:00")])
        .await;
    let mut sorted: Vec<usize> = (1..300).filter(|id| ![9, 150].contains(id)).collect();
    sorted.insert(0, 150);
    sorted.push(9);

    let query = "query($filter: SessionFilter!, $order: SessionOrder!, $first: Int, $after: String,
            $last: Int, $before: String) {
        sessions(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last,
            before: $before) {
            pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
            nodes { legacyId } } }";
    let (from, to) = ("1999-12-31T23:59:05Z", "1999-12-31T23:59:30Z");
    let (in_range, no_third) =
        (|id: &usize| (35..210).contains(id), |id: &usize| !id.is_multiple_of(3));
    type Matches<'a> = &'a dyn Fn(&usize) -> bool;
    let cases: [(Value, Matches<'_>); 7] = [
        (json!({ "search": "jam" }), &|_| true),
        (json!({ "search": "\"printer jam\"" }), &|id| id.is_multiple_of(3)),
        (json!({ "search": "jam n1*" }), &|id| [1, 10].contains(&(id % 11))),
        (json!({ "search": "jam -printer" }), &no_third),
        (json!({ "search": "jam", "startedAt": { "gte": from, "lt": to } }), &|id| {
            in_range(id) && ![9, 150].contains(id)
        }),
        (json!({ "search": "printer", "hasVideos": true }), &|id| id.is_multiple_of(6)),
        (json!({ "and": [{ "search": "printer" }, { "search": "n5" }] }), &|id| {
            id.is_multiple_of(3) && id % 11 == 5
        }),
    ];
    for (filter, matches) in &cases {
        for order in ["STARTED_AT_ASC", "STARTED_AT_DESC"] {
            let mut expected: Vec<usize> = sorted.iter().copied().filter(matches).collect();
            if order == "STARTED_AT_DESC" {
                expected.reverse();
            }
            for (size, cursor, of_page, more) in [
                ("first", "after", "endCursor", "hasNextPage"),
                ("last", "before", "startCursor", "hasPreviousPage"),
            ] {
                let (mut all, mut position) = (Vec::new(), Value::Null);
                loop {
                    let mut variables = json!({ "filter": filter, "order": order });
                    variables[size] = 10.into();
                    variables[cursor] = position;
                    let page = gateway.data(&tenant, query, variables).await["sessions"].take();
                    let mut ids: Vec<_> =
                        page["nodes"].as_array().unwrap().iter().map(id).collect();
                    assert!(ids.len() == 10 || page["pageInfo"][more] == false, "{filter}");
                    if size == "last" {
                        ids.reverse();
                    }
                    all.extend(ids.into_iter().map(|id| usize::try_from(id).unwrap()));
                    if page["pageInfo"][more] == false {
                        break;
                    }
                    position = page["pageInfo"][of_page].clone();
                }
                if size == "last" {
                    all.reverse();
                }
                assert_eq!(all, expected, "{filter} {order} {size}");
            }
        }
    }
}

on_each_database!(async a_search_that_cannot_be_made_is_a_client_error);
async fn a_search_that_cannot_be_made_is_a_client_error(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    for (search, message) in [
        ("", "A search has no term. Write at least one word."),
        ("\"a", "A phrase of a search has no quotation mark at its end."),
        ("a & b", "The search term & has no letter and no digit."),
        ("a*b", "The search term a* goes on after its *, which ends a term."),
        ("a b c d e f g h i j k", "A search has 11 terms; the limit is 10."),
    ] {
        let answer = gateway.graphql(&tenant, PAGE, json!({ "search": search })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{search}");
        assert_eq!(answer.json()["errors"][0]["message"], message);
    }
    let nothing =
        gateway.data(&tenant, "{ sessions(filter: {search: null}) { totalCount } }", json!({}));
    assert_eq!(nothing.await["sessions"]["totalCount"], 0);
}
