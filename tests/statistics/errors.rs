//! What is refused, and with which message.

use serde_json::json;

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database},
};

on_each_database!(async statistics_that_cannot_be_asked_for_are_refused_with_the_reason);
async fn statistics_that_cannot_be_asked_for_are_refused_with_the_reason(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions = json!([{ "id": 1, "date_start": "2024-05-01 10:00:00", "tech_username": "ann" },
        { "id": 2, "date_start": "2024-05-02 10:00:00" }]);
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let day = "groupBy: [{by: DAY}], first: 1";
    let query = format!("{{ sessionStats({day}) {{ pageInfo {{ endCursor }} }} }}");
    let data = gateway.data(&tenant, &query, json!({})).await;
    let cursor = data["sessionStats"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    for (arguments, words) in [
        ("timeZone: \"Mars/Olympus\"", "a time zone has a name of the IANA database"),
        ("groupBy: [{by: DAY}, {by: MONTH}]", "two periods"),
        ("groupBy: [{by: TECHNICIAN}, {by: TECHNICIAN}]", "the same item twice"),
        (
            "groupBy: [{by: ANSWERED}, {by: COMPUTER}, {by: HAS_VIDEOS}, {by: DAY}]",
            "4 items; the maximum is 3",
        ),
        ("first: 1001", "'first' is 1001; the maximum is 1000"),
        ("first: -1", "must not be negative"),
        ("after: \"nonsense\"", "does not belong to this list"),
        (&format!("groupBy: [{{by: WEEK}}], after: \"{cursor}\""), "does not belong to this list"),
        (
            &format!("groupBy: [{{by: DAY}}], timeZone: \"Asia/Amman\", after: \"{cursor}\""),
            "does not belong to this list",
        ),
        (
            &format!("groupBy: [{{by: DAY}}], orderBy: COUNT_ASC, after: \"{cursor}\""),
            "does not belong to this list",
        ),
    ] {
        let query = format!("{{ sessionStats({arguments}) {{ totalCount }} }}");
        let answer = gateway.graphql(&tenant, &query, json!({})).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}: {}", answer.text());
        assert!(answer.text().contains(words), "{arguments}: {}", answer.text());
    }
    for (field, words) in [
        ("duration { percentile(p: 0) }", "'p' is 0; it must be above 0"),
        ("duration { percentile(p: 100.1) }", "it must be above 0, at most 100"),
        ("duration { percentile(p: 33.3333333) }", "at most six decimals"),
        ("billedMinutes(stepMinutes: 0)", "'stepMinutes' is 0; it must be 1 to 10080"),
        ("billedMinutes(minimumMinutes: -1)", "'minimumMinutes' is -1; it must be 0 to 10080"),
    ] {
        let query = format!("{{ sessionStats {{ nodes {{ {field} }} }} }}");
        let answer = gateway.graphql(&tenant, &query, json!({})).await;
        assert!(answer.text().contains(words), "{field}: {}", answer.text());
    }
    let query = "query($zone: TimeZone) { sessionStats(timeZone: $zone) { totalCount } }";
    let answer = gateway.graphql(&tenant, query, json!({ "zone": null })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{}", answer.text());
    assert!(answer.text().contains("found null"), "{}", answer.text());
}
