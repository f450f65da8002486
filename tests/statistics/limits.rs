//! How many groups there may be, what they may cost, and numbers that are too large.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// A session with this number of values of each of three custom fields, which no other session has.
fn with_values(id: usize, counts: [usize; 3]) -> Value {
    let fields = ["a", "b", "c"].into_iter().zip(counts).flat_map(|(name, count)| {
        let field = move |n| json!({ "name": name, "value": format!("{id}-{n}") });
        (0..count).map(field)
    });
    json!({ "id": id, "date_start": "2024-05-01 10:00:00", "custom_fields": fields.collect::<Vec<_>>() })
}

async fn import(gateway: &Gateway, tenant: &Tenant, sessions: &[Value]) {
    gateway.import(tenant, &json!({ "requests": sessions }).to_string()).await;
}

on_each_database!(async more_than_100_000_groups_are_refused);
async fn more_than_100_000_groups_are_refused(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = (1..=25).map(|id| with_values(id, [16, 25, 10])).collect();
    import(&gateway, &tenant, &sessions).await;
    let by =
        "groupBy: [{customField: \"a\"}, {customField: \"b\"}, {customField: \"c\"}], first: 1";
    let questions = [
        format!("{{ sessionStats({by}) {{ totalCount }} }}"),
        format!("{{ sessionStats({by}) {{ totalCount nodes {{ count }} }} }}"),
        // The limit is on the groups, not on those that are left.
        format!("{{ sessionStats({by}, having: {{count: {{gt: 0}}}}) {{ totalCount }} }}"),
    ];
    for question in &questions {
        let data = gateway.data(&tenant, question, json!({})).await;
        assert_eq!(data["sessionStats"]["totalCount"], 100_000, "{question}");
    }
    import(&gateway, &tenant, &[with_values(26, [1, 1, 1])]).await;
    let none =
        format!("{{ sessionStats({by}, having: {{count: {{gt: 5}}}}) {{ nodes {{ count }} }} }}");
    for question in questions.iter().chain([&none]) {
        let answer = gateway.graphql(&tenant, question, json!({})).await;
        assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{question}: {}", answer.text());
        assert!(answer.text().contains("more than 100,000 groups"), "{}", answer.text());
    }
}

on_each_database!(async a_number_that_does_not_fit_into_32_bits_is_an_error_beside_null);
async fn a_number_that_does_not_fit_into_32_bits_is_an_error_beside_null(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i32, end: i32, response: i32| {
        json!({ "id": id, "date_start": "1900-01-01 00:00:00", "date_end": format!("{end}-01-01 00:00:00"),
            "chat_info": [{ "date": format!("{response}-01-01 00:00:00"), "sender": "ann", "text": "a",
                "sender_role": "TECHNICIAN" }] })
    };
    import(&gateway, &tenant, &[session(1, 1901, 1901), session(2, 1909, 2020)]).await;
    let query = "{ sessionStats { total { count
        duration { sumSeconds maxSeconds }
        firstResponse { sumSeconds minSeconds maxSeconds percentile(p: 50) } } } }";
    let answer = gateway.graphql(&tenant, query, json!({})).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{}", answer.text());
    let message = "The number 3786825600 does not fit into the 32 bits of an Int.";
    let answer = answer.json();
    let error = &answer["errors"][0];
    assert_eq!(error["message"], message);
    assert_eq!(error["path"], json!(["sessionStats", "total", "firstResponse", "maxSeconds"]));
    let total = &answer["data"]["sessionStats"]["total"];
    assert_eq!(
        *total,
        json!({ "count": 2, "duration": { "sumSeconds": 315_532_800.0, "maxSeconds": 283_996_800 },
            "firstResponse": { "sumSeconds": 3_818_361_600.0, "minSeconds": 31_536_000, "maxSeconds": null,
                "percentile": 31_536_000 } })
    );
    // Nine years have less than 32 bits of minutes, and those of 500 sessions together have more.
    let sessions: Vec<_> = (3..=502).map(|id| session(id, 1909, 1909)).collect();
    import(&gateway, &tenant, &sessions).await;
    let query = "{ sessionStats { nodes { billedMinutes(stepMinutes: 1) } } }";
    let answer = gateway.graphql(&tenant, query, json!({})).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(answer.json()["data"], Value::Null, "billedMinutes is never null");
}

on_each_database!(async statistics_of_a_search_are_those_of_the_sessions_that_it_finds);
async fn statistics_of_a_search_are_those_of_the_sessions_that_it_finds(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i32| {
        json!({ "id": id, "date_start": "2024-05-01 10:00:00", "date_end": "2024-05-01 10:10:00",
            "tech_username": if id % 2 == 0 { "ann" } else { "ben" },
            "notes": if id % 3 == 0 { "Der Drucker druckt nicht" } else { "The printer prints" } })
    };
    import(&gateway, &tenant, &(1..=12).map(session).collect::<Vec<_>>()).await;
    for (search, expected) in [
        ("drucker", [["12", "6"], ["9", "3"]]),
        ("\"drucker druckt\" -prints", [["12", "6"], ["9", "3"]]),
        ("druck*", [["12", "6"], ["9", "3"]]),
        ("the -drucker", [["10", "8"], ["11", "7"]]),
    ] {
        let query = "query($search: String!) {
            sessionStats(filter: { search: $search }, groupBy: [{by: TECHNICIAN}]) {
                totalCount total { count }
                nodes { key { technician { username } } count duration { sumSeconds }
                    sessions(first: 2) { totalCount nodes { legacyId } } } }
            sessions(filter: { search: $search }) { totalCount } }";
        let data = gateway.data(&tenant, query, json!({ "search": search })).await;
        let count = if search.starts_with("the") { 4 } else { 2 };
        let node = |(username, ids): (&str, [&str; 2])| {
            json!({ "key": { "technician": { "username": username } }, "count": count,
                "duration": { "sumSeconds": f64::from(600 * count) },
                "sessions": { "totalCount": count, "nodes": ids.map(|id| json!({ "legacyId": id })) } })
        };
        let nodes = ["ann", "ben"].into_iter().zip(expected).map(node).collect::<Vec<_>>();
        let all = json!({ "count": 2 * count });
        let expected = json!({ "totalCount": 2, "total": all, "nodes": nodes });
        assert_eq!(data["sessionStats"], expected, "{search}");
        assert_eq!(data["sessions"]["totalCount"], json!(2 * count), "{search}");
    }
}

on_each_database!(async a_year_by_day_and_technician_is_within_the_default_limits);
async fn a_year_by_day_and_technician_is_within_the_default_limits(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[with_values(1, [1, 1, 1])]).await;
    let query = "{ sessionStats(
            filter: { startedAt: { gte: \"2024-01-01T00:00:00Z\", lt: \"2025-01-01T00:00:00Z\" } }
            groupBy: [{by: DAY}, {by: TECHNICIAN}], timeZone: \"Europe/Lisbon\", first: 1000) {
        nodes { key { periodStart periodEnd technician { username name } } count answered missed open
            duration { sumSeconds averageSeconds percentile(p: 90) }
            firstResponse { averageSeconds percentile(p: 90) } billedMinutes busySeconds }
        pageInfo { hasNextPage endCursor } total { count billedMinutes } totalCount } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["sessionStats"]["totalCount"], 1);
}
