//! Sessions far apart: programs write the years 1, 2999 and 9999 for a time that they do not know. A statement does not have each
//! change of the clock and each month between them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{Timestamp, civil::date, tz::TimeZone};
use serde_json::{Value, json};

use super::zones;
use crate::{
    model::time::{SECOND, rfc3339},
    support::{
        Gateway,
        database::{DatabaseKind, on_each_database},
    },
};

const ZONES: [&str; 5] =
    ["UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"];

/// The first day of these years, and the times around the first two changes of the clocks of each zone.
fn starts() -> Vec<i64> {
    let mut starts = vec![-62_135_510_400 * SECOND];
    for year in [1_599, 2_010, 2_199, 2_200, 2_399, 2_400, 2_999, 4_600, 7_777, 9_990] {
        let new_year = date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp();
        starts.push(new_year.as_microsecond());
        for zone in ZONES.map(zones::zone) {
            let changes = zone.following(new_year).map(|it| it.timestamp()).take(2);
            for change in changes.map(Timestamp::as_microsecond) {
                starts.extend([-1, 0, 1_800, 86_400].map(|seconds| change + seconds * SECOND));
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

on_each_database!(async sessions_of_all_years_are_grouped_by_their_local_periods);
async fn sessions_of_all_years_are_grouped_by_their_local_periods(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--max-cost", "10000000"]).await;
    let tenant = gateway.tenant("acme").await;
    let starts = starts();
    assert!(starts.len() > 300, "{}", starts.len());
    let session =
        |(id, start): (usize, &i64)| json!({ "id": id, "date_start": rfc3339(*start, 0, "") });
    let sessions: Vec<_> = starts.iter().enumerate().map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let longest: Arc<Mutex<usize>> = Arc::default();
    let kept = Arc::clone(&longest);
    gateway.observe_statements(move |statement| {
        let mut longest = kept.lock().unwrap();
        *longest = statement.sql.len().max(*longest);
    });
    for name in ZONES {
        let zone = zones::zone(name);
        for by in ["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "HOUR_OF_DAY", "DAY_OF_WEEK"]
        {
            let query = "query($by: SessionGroup!, $zone: TimeZone!) {
                sessionStats(groupBy: [{by: $by}], timeZone: $zone, first: 1000) {
                    nodes { key { periodStart hourOfDay dayOfWeek } count
                        sessions(first: 200, orderBy: STARTED_AT_ASC) { nodes { legacyId } } } } }";
            let answer = gateway.data(&tenant, query, json!({ "by": by, "zone": name })).await;
            // The number of sessions, and the first of them.
            let mut expected: BTreeMap<String, (u64, Vec<usize>)> = BTreeMap::new();
            for (id, start) in starts.iter().enumerate() {
                let key = match by {
                    "HOUR_OF_DAY" => json!(zones::hour_of_day(&zone, *start)),
                    "DAY_OF_WEEK" => json!(zones::day_of_week(&zone, *start)),
                    by => zones::time(zones::period(by, &zone, *start).0),
                };
                let (count, ids) = expected.entry(key.to_string()).or_default();
                *count += 1;
                if ids.len() < 200 {
                    ids.push(id);
                }
            }
            let mut found = BTreeMap::new();
            for node in answer["sessionStats"]["nodes"].as_array().unwrap() {
                let key = &node["key"];
                let key = match by {
                    "HOUR_OF_DAY" => &key["hourOfDay"],
                    "DAY_OF_WEEK" => &key["dayOfWeek"],
                    _ => &key["periodStart"],
                };
                let id = |it: &Value| it["legacyId"].as_str().unwrap().parse::<usize>().unwrap();
                let nodes = node["sessions"]["nodes"].as_array().unwrap();
                let ids: Vec<_> = nodes.iter().map(id).collect();
                found.insert(key.to_string(), (node["count"].as_u64().unwrap(), ids));
            }
            assert!(found == expected, "{name} {by}\n{found:?}\n{expected:?}");
        }
    }
    // 8,000 years have 16,000 changes of a clock.
    let longest = *longest.lock().unwrap();
    assert!(longest < 400_000, "{longest} bytes");
}
