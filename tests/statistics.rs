//! Random statistics are answered as the contract says, from a history that the test has in memory.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select, sample::subsequence};
use serde_json::{Value, json};

mod errors;
mod far_years;
mod known;
mod limits;
mod reference;
mod sessions;
mod zones;

use crate::{
    graphql_model::filter,
    model::{
        self,
        history::{self, History},
        order::{ORDERS, Order},
        text,
        time::SECOND,
    },
    support::{
        Gateway, Tenant,
        database::{DatabaseKind, on_each_database},
    },
};

/// The requests about each history.
const QUESTIONS: usize = 4;

pub const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Asia/Amman",
    "America/St_Johns",
];

/// Days around the changes of clocks of the zones, and around the end of a year.
const CHANGES: [i64; 16] = [
    1_711_846_800, // Lisbon, 2024-03-31 01:00Z
    1_729_990_800, // Lisbon, 2024-10-27 01:00Z
    1_710_054_000, // New York, 2024-03-10 07:00Z
    1_730_613_600, // New York, 2024-11-03 06:00Z
    1_712_415_600, // Lord Howe, 2024-04-06 15:00Z
    1_728_142_200, // Lord Howe, 2024-10-05 15:30Z
    1_325_239_200, // Apia, 2011-12-30 10:00Z
    1_616_709_600, // Amman, 2021-03-25 22:00Z
    1_162_089_060, // St John's, 2006-10-29 02:31Z
    1_704_067_200, // 2024-01-01
    1_735_603_200, // 2024-12-31
    1_709_164_800, // 2024-02-29
    -3_600,
    -86_400 * 400,
    4_102_444_800, // 2100-01-01
    951_782_400,   // 2000-02-29
];

/// Two years before the end of the year 9999.
const LAST_START: i64 = (253_402_300_799 - 730 * 86_400) * SECOND;

const FIELDS: &str = "
    key { technician { username } customerName customerEmail customerNumber computer { name domain os }
        computerDomain computerOs startMethod answered hasVideos periodStart periodEnd hourOfDay
        dayOfWeek customField(name: $field) other: customField(name: \"no such field\") }
    count answered missed open withVideos chatMessages
    duration { ...seconds } firstResponse { ...seconds }
    billedMinutes billed: billedMinutes(stepMinutes: 1, minimumMinutes: 0)
    busySeconds distinctTechnicians distinctComputers firstStartedAt lastStartedAt lastEndedAt
    sessions(first: 2, orderBy: $sessions) { totalCount nodes { legacyId }
        pageInfo { hasNextPage hasPreviousPage } }
    end: sessions(last: 1, orderBy: $sessions) { nodes { legacyId technician { username } } }";

const SECONDS: &str = "fragment seconds on DurationStats { sumSeconds averageSeconds minSeconds maxSeconds
    p1: percentile(p: 1) p50: percentile(p: 50) p90: percentile(p: 90.5) p100: percentile(p: 100) }";

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    pub filter: Value,
    /// `by` values of the enum, or the name of a custom field.
    pub groups: Vec<Result<&'static str, String>>,
    pub zone: &'static str,
    pub having: Value,
    pub order: String,
    pub size: usize,
    /// The field that the key tells.
    pub field: String,
    /// The order of the sessions of each group.
    pub sessions: Order,
}

on_each_database!(any_statistics_are_answered_as_the_contract_says);
fn any_statistics_are_answered_as_the_contract_says(on: DatabaseKind) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start_with(on, &["--max-cost", "10000000"]));
    let cases = statistics_history().prop_flat_map(move |history| {
        let questions = vec(question(&history), QUESTIONS);
        (Just(history), questions)
    });
    model::check(&cases, |(history, questions)| {
        runtime.block_on(async {
            let tenant = history.store(&gateway).await;
            for question in questions {
                answered(&gateway, &tenant, &history, &question).await?;
            }
            Ok(())
        })
    });
}

/// A history of which most sessions start near a change of clocks.
fn statistics_history() -> impl Strategy<Value = History> {
    let near = (select(CHANGES.to_vec()), -100_000..100_000_i64, 0..40_000_i64, any::<bool>());
    let minutes = (select(CHANGES.to_vec()), -30..30_i64, 0..10_i64, any::<bool>())
        .prop_map(|(change, start, length, ended)| (change, start * 900, length * 300, ended));
    let times = vec(prop_oneof![1 => near, 2 => minutes], 40);
    (history::history(), times, vec(0..10_u8, 40)).prop_map(|(mut history, times, keeps)| {
        for ((session, (change, start, length, ended)), keep) in
            history.sessions.iter_mut().zip(times).zip(keeps)
        {
            // The library of time zones that the test uses ends with the year 9999.
            let details = &mut session.details;
            if details.started_at > LAST_START {
                details.started_at = LAST_START;
            }
            if keep > 0 {
                let started_at = change + start;
                session.details.started_at = started_at * SECOND;
                session.details.ended_at = ended.then_some((started_at + length) * SECOND);
            }
        }
        history
    })
}

fn question(history: &History) -> impl Strategy<Value = Question> + use<> {
    let properties = vec![
        "TECHNICIAN",
        "CUSTOMER_NAME",
        "CUSTOMER_EMAIL",
        "CUSTOMER_NUMBER",
        "COMPUTER",
        "COMPUTER_DOMAIN",
        "COMPUTER_OS",
        "START_METHOD",
        "ANSWERED",
        "HAS_VIDEOS",
        "HOUR_OF_DAY",
        "DAY_OF_WEEK",
    ];
    let periods = vec!["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"];
    let names =
        history.sessions.iter().flat_map(|it| it.details.fields.iter().map(|it| it.0.clone()));
    let names: Vec<_> = names.chain(["none".to_owned()]).collect();
    let properties = (0..3_usize)
        .prop_flat_map(move |count| subsequence(properties.clone(), count).prop_shuffle());
    let period = proptest::option::weighted(0.6, select(periods));
    let field = (any::<u8>(), select(names)).prop_map(|(some, name)| (some < 80, name));
    let groups =
        (properties, period, field.clone()).prop_map(|(properties, period, (some, name))| {
            let mut groups: Vec<Result<&'static str, String>> =
                properties.into_iter().map(Ok).collect();
            groups.extend(period.map(Ok));
            if some {
                groups.insert(0, Err(name));
            }
            groups.truncate(3);
            groups
        });
    let number = || -1..4_i64;
    let having = prop_oneof![
        3 => Just(json!(null)),
        1 => Just(json!({})),
        2 => (select(vec!["count", "answered", "missed", "open"]),
              select(vec!["eq", "gt", "gte", "lt", "lte"]), number())
            .prop_map(|(measure, operator, value)| json!({ measure: { operator: value } })),
        1 => (number(), number())
            .prop_map(|(one, other)| json!({ "count": { "gte": one }, "missed": { "lt": other } })),
    ];
    let orders = (
        select(vec!["KEY", "COUNT", "MISSED", "DURATION_SUM", "BUSY"]),
        select(vec!["ASC", "DESC"]),
    );
    let filter = prop_oneof![2 => Just(json!({})), 1 => filter::sessions(history)];
    let size = select(vec![1, 2, 3, 7, 1_000]);
    let sessions = select(ORDERS.to_vec());
    (filter, groups, select(ZONES.to_vec()), having, (orders, sessions), size, field).prop_map(
        |(filter, groups, zone, having, ((order, direction), sessions), size, (_, other))| {
            let named = groups.iter().find_map(|group| group.as_ref().err().cloned());
            let order = format!("{order}_{direction}");
            let field = named.unwrap_or(other);
            Question { filter, groups, zone, having, order, size, field, sessions }
        },
    )
}

/// Asks for all pages, and compares them.
async fn answered(
    gateway: &Gateway,
    tenant: &Tenant,
    history: &History,
    question: &Question,
) -> Result<(), TestCaseError> {
    let query = format!(
        "query($filter: SessionFilter, $groups: [SessionGroupBy!], $zone: TimeZone!,
            $having: SessionStatsFilter, $order: SessionStatsOrder!, $first: Int!, $after: String,
            $field: String!, $sessions: SessionOrder!) {{
            sessionStats(filter: $filter, groupBy: $groups, timeZone: $zone, having: $having,
                orderBy: $order, first: $first, after: $after) {{
                totalCount pageInfo {{ hasNextPage hasPreviousPage endCursor }}
                edges {{ cursor node {{ {FIELDS} }} }} total {{ {FIELDS} }} }} }} {SECONDS}"
    );
    let by = |group: &Result<&str, String>| match group {
        Ok(by) => json!({ "by": by }),
        Err(name) => json!({ "customField": name }),
    };
    let groups: Vec<_> = question.groups.iter().map(by).collect();
    let expected = reference::groups(question, &history.sessions);
    let expected: Vec<_> = expected.iter().map(read_back).collect();
    let total = read_back(&reference::total(question, &history.sessions));
    let mut after = Value::Null;
    let mut found = Vec::new();
    loop {
        let variables = json!({ "filter": question.filter, "groups": groups, "zone": question.zone,
            "having": question.having, "order": question.order, "first": question.size,
            "after": after, "field": question.field, "sessions": question.sessions.name });
        let answer = gateway.graphql(tenant, &query, variables).await.json();
        let page = &answer["data"]["sessionStats"];
        prop_assert_eq!(&page["totalCount"], &json!(expected.len()), "{}\n{:?}", answer, question);
        let on_page = expected.iter().skip(found.len()).take(question.size);
        let (mut on_page, mut total) = (on_page.cloned().collect::<Vec<_>>(), total.clone());
        let overflows =
            on_page.iter_mut().chain([&mut total]).map(overflows_as_null).sum::<usize>();
        prop_assert_eq!(overflow_errors(&answer), overflows, "{}\n{:?}", answer, question);
        prop_assert_eq!(&page["total"], &total, "{:?}", question);
        prop_assert_eq!(&page["pageInfo"]["hasPreviousPage"], &json!(!after.is_null()));
        let edges = page["edges"].as_array().unwrap();
        let nodes: Vec<_> = edges.iter().map(|edge| edge["node"].clone()).collect();
        prop_assert_eq!(&nodes, &on_page, "{:?}", question);
        found.extend(nodes);
        let last = edges.last().map_or(Value::Null, |edge| edge["cursor"].clone());
        prop_assert_eq!(&page["pageInfo"]["endCursor"], &last);
        let more = found.len() < expected.len();
        prop_assert_eq!(
            &page["pageInfo"]["hasNextPage"],
            &json!(more && !edges.is_empty()),
            "{:?}",
            question
        );
        if !more || edges.is_empty() {
            break;
        }
        after = last;
    }
    prop_assert_eq!(found.len(), expected.len(), "{:?}", question);
    Ok(())
}

/// Makes the numbers null that do not fit into 32 bits, and counts them.
fn overflows_as_null(value: &mut Value) -> usize {
    match value {
        Value::String(text) if text == reference::OVERFLOW => {
            *value = Value::Null;
            1
        }
        Value::Object(fields) => fields.values_mut().map(overflows_as_null).sum(),
        _ => 0,
    }
}

/// The number of errors of an answer, all of which are of numbers that do not fit into 32 bits.
fn overflow_errors(answer: &Value) -> usize {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    for error in errors {
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .ends_with("does not fit into the 32 bits of an Int.")
        );
    }
    errors.len()
}

/// The folded texts, with the spelling of each that is the first by code point.
fn spellings<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<String, &'a str> {
    let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
    for spelled in texts {
        let first = spellings.entry(text::folded(spelled)).or_insert(spelled);
        *first = (*first).min(spelled);
    }
    spellings
}

/// A value as a client reads it: the library that reads JSON rounds some numbers in its last digit.
fn read_back(value: &Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap()
}
