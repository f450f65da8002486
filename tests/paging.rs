//! Pages: forward, backward, by cursor, and what is refused.

use serde_json::{Value, json};

use crate::model::order::ORDERS;
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// Sessions 1 to 9, of which 4, 5 and 6 began in the same second.
async fn nine_sessions(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let second = |id: i64| if (4..=6).contains(&id) { 5 } else { id };
    let sessions: Vec<_> = (1..=9)
        .map(|id| {
            let chat: Vec<_> = (1..=id)
                .map(|n| json!({"date": format!("2024-01-01 00:01:{n:02}"), "sender": "a", "text": n.to_string()}))
                .collect();
            json!({"id": id, "tech_username": format!("tech{}@example.com", id % 3),
                "date_start": format!("2024-01-01 00:00:{:02}", second(id)), "chat_info": chat})
        })
        .collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

const SESSIONS: &str = "query($first: Int, $after: String, $last: Int, $before: String, $order: SessionOrder! = STARTED_AT_ASC) {
    sessions(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { legacyId } } nodes { legacyId } } }";

fn ids(connection: &Value) -> Vec<i64> {
    let nodes = connection["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["legacyId"].as_str().unwrap().parse().unwrap()).collect()
}

async fn page(gateway: &Gateway, tenant: &Tenant, variables: Value) -> Value {
    gateway.data(tenant, SESSIONS, variables).await["sessions"].clone()
}

on_each_database!(async walking_forward_meets_every_session_once_in_order);
async fn walking_forward_meets_every_session_once_in_order(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    for (order, expected) in [
        ("STARTED_AT_ASC", (1..=9).collect::<Vec<_>>()),
        ("STARTED_AT_DESC", (1..=9).rev().collect()),
    ] {
        for size in 1..=10 {
            let (mut seen, mut after) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "first": size, "after": after, "order": order });
                let page = page(&gateway, &tenant, variables).await;
                seen.extend(ids(&page));
                assert_eq!(page["pageInfo"]["hasNextPage"], seen.len() < 9, "{order} by {size}");
                assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(seen, expected, "{order} by {size}");
        }
    }
}

on_each_database!(async walking_backward_meets_every_session_once_each_page_in_order);
async fn walking_backward_meets_every_session_once_each_page_in_order(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    for size in 1..=10 {
        let (mut seen, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = page(&gateway, &tenant, json!({ "last": size, "before": before })).await;
            seen.splice(0..0, ids(&page));
            before = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(seen, (1..=9).collect::<Vec<_>>(), "by {size}");
    }
}

on_each_database!(async both_cursors_cut_a_middle_out);
async fn both_cursors_cut_a_middle_out(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let all = page(&gateway, &tenant, json!({})).await;
    let cursor = |at: usize| all["edges"][at]["cursor"].clone();
    for (end, expected) in [("first", vec![3, 4]), ("last", vec![6, 7])] {
        let mut variables = json!({ "after": cursor(1), "before": cursor(7) });
        variables[end] = json!(2);
        assert_eq!(ids(&page(&gateway, &tenant, variables).await), expected, "{end}");
    }
}

on_each_database!(async a_page_of_none_still_says_whether_there_is_more);
async fn a_page_of_none_still_says_whether_there_is_more(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let page = page(&gateway, &tenant, json!({ "first": 0 })).await;
    assert_eq!((ids(&page), &page["pageInfo"]["hasNextPage"]), (vec![], &json!(true)));
    assert_eq!(page["pageInfo"]["endCursor"], Value::Null);
}

on_each_database!(async a_page_holds_25_unless_the_request_says_otherwise);
async fn a_page_holds_25_unless_the_request_says_otherwise(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let many: Vec<_> = (100..140).map(|id| json!({"id": id, "date_start": "2023-01-01"})).collect();
    gateway.import(&tenant, &json!({ "requests": many }).to_string()).await;
    assert_eq!(ids(&page(&gateway, &tenant, json!({})).await).len(), 25);
}

on_each_database!(async wrong_pages_are_refused);
async fn wrong_pages_are_refused(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let chat = "{ session(id: 9) { chatMessages { pageInfo { endCursor } } } }";
    let foreign = gateway.data(&tenant, chat, json!({})).await;
    let foreign = &foreign["session"]["chatMessages"]["pageInfo"]["endCursor"];
    for wrong in [
        json!({ "first": 1, "last": 1 }),
        json!({ "first": -1 }),
        json!({ "last": -1 }),
        json!({ "first": 201 }),
        json!({ "last": 201 }),
        json!({ "after": "nonsense" }),
        json!({ "before": "" }),
        json!({ "after": "ÄÖÜ".repeat(3000) }),
        json!({ "after": foreign }),
    ] {
        let answer = gateway.graphql(&tenant, SESSIONS, wrong.clone()).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{wrong} {}", answer.text());
    }
}

on_each_database!(async the_chat_of_each_session_is_paged_from_both_ends);
async fn the_chat_of_each_session_is_paged_from_both_ends(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let query = "query($a: String) { session(id: 9) {
        head: chatMessages(first: 3) { nodes { body } pageInfo { hasNextPage endCursor } }
        after: chatMessages(first: 3, after: $a) { nodes { body } pageInfo { hasPreviousPage hasNextPage } }
        tail: chatMessages(last: 3) { nodes { body } pageInfo { hasPreviousPage hasNextPage } }
        tailBefore: chatMessages(last: 2, before: $a) { nodes { body } }
        some: chatMessages(first: 2, filter: {body: {in: [\"2\", \"5\", \"7\"]}}) { totalCount nodes { body } pageInfo { hasNextPage } }
        someFromEnd: chatMessages(last: 2, filter: {body: {in: [\"2\", \"5\", \"7\"]}}) { nodes { body } }
    } }";
    let first = gateway.data(&tenant, query, json!({})).await;
    let cursor = &first["session"]["head"]["pageInfo"]["endCursor"];
    let session = gateway.data(&tenant, query, json!({ "a": cursor })).await["session"].clone();
    let bodies = |name: &str| {
        let nodes = session[name]["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(bodies("head"), "1 2 3");
    assert_eq!(bodies("after"), "4 5 6");
    assert_eq!(session["after"]["pageInfo"], json!({"hasPreviousPage": true, "hasNextPage": true}));
    assert_eq!(bodies("tail"), "7 8 9");
    assert_eq!(session["tail"]["pageInfo"], json!({"hasPreviousPage": true, "hasNextPage": false}));
    assert_eq!(bodies("tailBefore"), "1 2");
    assert_eq!(bodies("some"), "2 5");
    assert_eq!(session["some"]["totalCount"], 3);
    assert_eq!(session["some"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(bodies("someFromEnd"), "5 7");
}

on_each_database!(async each_technician_has_pages_of_their_own_sessions);
async fn each_technician_has_pages_of_their_own_sessions(on: DatabaseKind) {
    let (gateway, tenant) = nine_sessions(on).await;
    let query = "{ technicians(first: 2) { totalCount pageInfo { hasNextPage } nodes { username
        sessions(first: 2, orderBy: STARTED_AT_ASC, filter: {legacyId: {ne: \"1\"}}) {
            totalCount nodes { legacyId } pageInfo { hasNextPage } } } } }";
    let technicians = gateway.data(&tenant, query, json!({})).await["technicians"].clone();
    let sessions = |ids: [&str; 2], total: i32, more: bool| {
        json!({ "totalCount": total, "nodes": ids.map(|id| json!({ "legacyId": id })),
            "pageInfo": { "hasNextPage": more } })
    };
    assert_eq!(
        technicians,
        json!({ "totalCount": 3, "pageInfo": { "hasNextPage": true }, "nodes": [
            { "username": "tech0@example.com", "sessions": sessions(["3", "6"], 3, true) },
            { "username": "tech1@example.com", "sessions": sessions(["4", "7"], 2, false) },
        ] })
    );
}

/// Sessions 1 to 6. Sessions 2, 3 and 5 are open, and sessions 4 and 6 end at the same time.
async fn open_sessions(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let end = |id: i64| match id {
        1 => "2024-01-01 00:10:00",
        4 | 6 => "2024-01-01 00:05:00",
        _ => "",
    };
    let session = |id: i64| {
        json!({"id": id, "tech_username": "ann", "date_end": end(id),
            "date_start": format!("2024-01-01 00:00:{:02}", 10 - id)})
    };
    let sessions: Vec<_> = (1..=6).map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

on_each_database!(async open_sessions_are_last_in_both_directions_on_pages_of_any_size);
async fn open_sessions_are_last_in_both_directions_on_pages_of_any_size(on: DatabaseKind) {
    let (gateway, tenant) = open_sessions(on).await;
    for (order, expected) in [
        ("ENDED_AT_ASC", [4, 6, 1, 2, 3, 5]),
        ("ENDED_AT_DESC", [1, 6, 4, 5, 3, 2]),
        // They last 599, 294 and 296 seconds.
        ("DURATION_ASC", [4, 6, 1, 2, 3, 5]),
        ("DURATION_DESC", [1, 6, 4, 5, 3, 2]),
        ("UPDATED_AT_ASC", [1, 2, 3, 4, 5, 6]),
        ("UPDATED_AT_DESC", [6, 5, 4, 3, 2, 1]),
    ] {
        for (size, end, from, cursor, more) in (1..=7).flat_map(|size| {
            [
                (size, "first", "after", "endCursor", "hasNextPage"),
                (size, "last", "before", "startCursor", "hasPreviousPage"),
            ]
        }) {
            let (mut seen, mut position) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ end: size, from: position, "order": order });
                let page = page(&gateway, &tenant, variables).await;
                let at = if end == "first" { seen.len() } else { 0 };
                seen.splice(at..at, ids(&page));
                position = page["pageInfo"][cursor].clone();
                if page["pageInfo"][more] == false {
                    break;
                }
            }
            assert_eq!(seen, expected, "{order} by {size} {end}");
        }
        // Between each two sessions.
        let all = page(&gateway, &tenant, json!({ "order": order })).await;
        let cursor = |at: usize| all["edges"][at]["cursor"].clone();
        for (after, before) in (0..6).flat_map(|after| (0..6).map(move |before| (after, before))) {
            for end in ["first", "last"] {
                let variables = json!({ end: 9, "after": cursor(after), "before": cursor(before), "order": order });
                let between = expected.get(after + 1..before).unwrap_or_default();
                let page = page(&gateway, &tenant, variables).await;
                assert_eq!(ids(&page), between, "{order} {end} of {after} to {before}");
            }
        }
        let query = format!(
            "{{ technician(username: \"ann\") {{ sessions(first: 4, orderBy: {order}) {{
                nodes {{ legacyId }} pageInfo {{ hasNextPage }} }} }} }}"
        );
        let data = gateway.data(&tenant, &query, json!({})).await;
        let sessions = &data["technician"]["sessions"];
        assert_eq!(
            (ids(sessions), &sessions["pageInfo"]["hasNextPage"]),
            (expected[..4].to_vec(), &json!(true))
        );
    }
}

on_each_database!(async a_cursor_of_another_order_is_refused);
async fn a_cursor_of_another_order_is_refused(on: DatabaseKind) {
    let (gateway, tenant) = open_sessions(on).await;
    for made_by in ORDERS {
        for position in [0, 5] {
            let all = page(&gateway, &tenant, json!({ "order": made_by.name })).await;
            let cursor = &all["edges"][position]["cursor"];
            for order in ORDERS {
                let variables = json!({ "after": cursor, "order": order.name });
                let answer = gateway.graphql(&tenant, SESSIONS, variables).await;
                let expected: &[&str] =
                    if order.name == made_by.name { &[] } else { &["BAD_USER_INPUT"] };
                assert_eq!(answer.codes(), expected, "{order:?} with {made_by:?}");
            }
        }
    }
}
