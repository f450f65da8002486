//! Statistics of sessions in memory.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Value, json};

use super::{Question, spellings, zones};
use crate::{
    graphql_model::reference_filter,
    model::{
        session::Session,
        text::{folded, same},
        time::SECOND,
    },
};

/// Stands for a number that is null beside an error, because it does not fit into 32 bits.
pub const OVERFLOW: &str = "(overflow)";

/// A part of a key as the groups are sorted; null is the largest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(i64),
    Text(String),
    Null,
}

/// All groups, in order, as the answer has them.
pub fn groups(question: &Question, sessions: &[Session]) -> Vec<Value> {
    let matching = matching(question, sessions);
    let mut groups: BTreeMap<Vec<Part>, Vec<&Session>> = BTreeMap::new();
    if question.groups.is_empty() {
        groups.insert(Vec::new(), Vec::new());
    }
    for session in &matching {
        for key in keys(question, session) {
            groups.entry(key).or_default().push(session);
        }
    }
    let mut groups: Vec<_> =
        groups.into_iter().filter(|(_, sessions)| having(&question.having, sessions)).collect();
    let measure = |sessions: &[&Session]| match question.order.rsplit_once('_').unwrap().0 {
        "KEY" => 0,
        "COUNT" => count(sessions.len()),
        "MISSED" => count(sessions.iter().filter(|it| it.details.technician.is_none()).count()),
        "DURATION_SUM" => durations(sessions).iter().sum(),
        "BUSY" => busy(sessions),
        other => panic!("{other}"),
    };
    match (question.order.as_str(), question.order.ends_with("_DESC")) {
        ("KEY_DESC", _) => groups.reverse(),
        (_, true) => groups.sort_by_key(|(_, sessions)| Reverse(measure(sessions))),
        (_, false) => groups.sort_by_key(|(_, sessions)| measure(sessions)),
    }
    groups.into_iter().map(|(key, sessions)| stats(question, Some(&key), &sessions)).collect()
}

/// The statistics of all sessions.
pub fn total(question: &Question, sessions: &[Session]) -> Value {
    stats(question, None, &matching(question, sessions))
}

fn matching<'a>(question: &Question, sessions: &'a [Session]) -> Vec<&'a Session> {
    sessions.iter().filter(|it| reference_filter::session(&question.filter, it)).collect()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

fn text(text: Option<&str>) -> Part {
    text.map_or(Part::Null, |text| Part::Text(folded(text)))
}

/// The keys of the groups that a session is in.
fn keys(question: &Question, session: &Session) -> Vec<Vec<Part>> {
    let zone = zones::zone(question.zone);
    let details = &session.details;
    let mut keys = vec![Vec::new()];
    for group in &question.groups {
        let by = match group {
            Ok(by) => *by,
            Err(name) => {
                let values: BTreeSet<_> =
                    values(session, name).map(folded).map(Part::Text).collect();
                let values = if values.is_empty() { BTreeSet::from([Part::Null]) } else { values };
                let with = |key: &Vec<Part>| {
                    let key = key.clone();
                    values
                        .iter()
                        .map(move |it| [key.clone(), vec![it.clone()]].concat())
                        .collect::<Vec<_>>()
                };
                keys = keys.iter().flat_map(with).collect();
                continue;
            }
        };
        let flag = |flag: bool| vec![Part::Number(i64::from(flag))];
        let parts = match by {
            "TECHNICIAN" => vec![text(session.text("tech_username"))],
            "CUSTOMER_NAME" | "CUSTOMER_EMAIL" | "CUSTOMER_NUMBER" | "COMPUTER_DOMAIN"
            | "COMPUTER_OS" => vec![text(session.text(&by.to_lowercase()))],
            "COMPUTER" => match session.text("computer_name") {
                None => vec![Part::Null, Part::Null],
                name => vec![text(name), text(session.text("computer_domain"))],
            },
            "START_METHOD" => {
                vec![Part::Text(if details.agent { "AGENT" } else { "APPLET" }.to_owned())]
            }
            "ANSWERED" => flag(details.technician.is_some()),
            "HAS_VIDEOS" => flag(details.has_videos),
            "HOUR_OF_DAY" => vec![Part::Number(zones::hour_of_day(&zone, details.started_at))],
            "DAY_OF_WEEK" => vec![Part::Number(zones::day_of_week(&zone, details.started_at))],
            period => vec![Part::Number(zones::period(period, &zone, details.started_at).0)],
        };
        keys.iter_mut().for_each(|key| key.extend(parts.clone()));
    }
    keys
}

/// The values of a custom field.
fn values<'a>(session: &'a Session, name: &'a str) -> impl Iterator<Item = &'a str> {
    let fields = session.details.fields.iter().filter(move |field| same(name, &field.0));
    fields.filter_map(|field| field.1.as_deref())
}

fn having(filter: &Value, sessions: &[&Session]) -> bool {
    let measures = [
        ("count", sessions.len()),
        ("answered", sessions.iter().filter(|it| it.details.technician.is_some()).count()),
        ("missed", sessions.iter().filter(|it| it.details.technician.is_none()).count()),
        ("open", sessions.iter().filter(|it| it.details.ended_at.is_none()).count()),
    ];
    measures.into_iter().all(|(name, value)| {
        let Some(tests) = filter[name].as_object() else { return true };
        tests.iter().all(|(operator, operand)| {
            let order = count(value).cmp(&operand.as_i64().unwrap());
            match operator.as_str() {
                "eq" => order == Ordering::Equal,
                "gt" => order == Ordering::Greater,
                "gte" => order != Ordering::Less,
                "lt" => order == Ordering::Less,
                _ => order != Ordering::Greater,
            }
        })
    })
}

/// The whole seconds of the sessions that have ended, sorted.
fn durations(sessions: &[&Session]) -> Vec<i64> {
    let ended =
        sessions.iter().filter_map(|it| Some((it.details.started_at, it.details.ended_at?)));
    let mut seconds: Vec<_> = ended.map(|(start, end)| (end - start).div_euclid(SECOND)).collect();
    seconds.sort_unstable();
    seconds
}

/// The seconds to the first message of a technician, sorted.
fn first_responses(sessions: &[&Session]) -> Vec<i64> {
    let mut seconds: Vec<_> = sessions.iter().filter_map(|it| it.first_response()).collect();
    seconds.sort_unstable();
    seconds
}

/// A number that may not fit into 32 bits.
fn int(number: Option<i64>) -> Value {
    number
        .map_or(Value::Null, |number| i32::try_from(number).map_or(json!(OVERFLOW), |it| json!(it)))
}

/// Statistics of sorted seconds.
fn seconds(sorted: &[i64]) -> Value {
    let sum: i64 = sorted.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let (sum, average) =
        (sum as f64, (!sorted.is_empty()).then(|| sum as f64 / sorted.len() as f64));
    json!({
        "sumSeconds": sum,
        "averageSeconds": average,
        "minSeconds": int(sorted.first().copied()),
        "maxSeconds": int(sorted.last().copied()),
        "p1": int(percentile(sorted, 10)),
        "p50": int(percentile(sorted, 500)),
        "p90": int(percentile(sorted, 905)),
        "p100": int(percentile(sorted, 1_000)),
    })
}

/// The microseconds in which any session that has ended lasted: between two neighbouring ends or
/// beginnings, either all of the time counts or none.
fn busy(sessions: &[&Session]) -> i64 {
    let ended =
        sessions.iter().filter_map(|it| Some((it.details.started_at, it.details.ended_at?)));
    let ranges: Vec<_> = ended.collect();
    let points: BTreeSet<_> = ranges.iter().flat_map(|(start, end)| [*start, *end]).collect();
    let points: Vec<_> = points.into_iter().collect();
    let within =
        |from: i64, to: i64| ranges.iter().any(|(start, end)| *start <= from && to <= *end);
    points.windows(2).filter(|pair| within(pair[0], pair[1])).map(|pair| pair[1] - pair[0]).sum()
}

/// The smallest number that is not exceeded by at least this share of all, in thousandths.
fn percentile(sorted: &[i64], thousandths: usize) -> Option<i64> {
    (1..=sorted.len())
        .find(|rank| rank * 1_000 >= thousandths * sorted.len())
        .map(|rank| sorted[rank - 1])
}

fn billed(durations: &[i64], step: i64, minimum: i64) -> i64 {
    let minutes = |seconds: &i64| {
        let mut minutes = 0;
        while minutes * 60 < *seconds && minutes < 100_000 {
            minutes += step;
        }
        if minutes >= 100_000 {
            minutes = (seconds + step * 60 - 1) / (step * 60) * step;
        }
        minutes.max(minimum)
    };
    durations.iter().map(minutes).sum()
}

fn stats(question: &Question, key: Option<&Vec<Part>>, sessions: &[&Session]) -> Value {
    let number = |test: fn(&Session) -> bool| count(sessions.iter().filter(|it| test(it)).count());
    let durations = durations(sessions);
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let busy = busy(sessions) as f64 / 1e6;
    let computers: BTreeSet<_> = sessions
        .iter()
        .filter_map(|it| {
            Some((folded(it.text("computer_name")?), it.text("computer_domain").map(folded)))
        })
        .collect();
    let technicians: BTreeSet<_> = sessions.iter().filter_map(|it| it.details.technician).collect();
    let starts = || sessions.iter().map(|it| it.details.started_at);
    let time = |time: Option<i64>| time.map_or(Value::Null, zones::time);
    json!({
        "key": key_value(question, key, sessions),
        "count": sessions.len(),
        "answered": number(|it| it.details.technician.is_some()),
        "missed": number(|it| it.details.technician.is_none()),
        "open": number(|it| it.details.ended_at.is_none()),
        "withVideos": number(|it| it.details.has_videos),
        "chatMessages": sessions.iter().map(|it| it.details.chat.len()).sum::<usize>(),
        "duration": seconds(&durations),
        "firstResponse": seconds(&first_responses(sessions)),
        "billedMinutes": billed(&durations, 15, 15),
        "billed": billed(&durations, 1, 0),
        "busySeconds": busy,
        "distinctTechnicians": technicians.len(),
        "distinctComputers": computers.len(),
        "firstStartedAt": time(starts().min()),
        "lastStartedAt": time(starts().max()),
        "lastEndedAt": time(sessions.iter().filter_map(|it| it.details.ended_at).max()),
        "sessions": first_sessions(question, sessions),
        "end": last_session(question, sessions),
    })
}

/// The first sessions of a group.
fn first_sessions(question: &Question, sessions: &[&Session]) -> Value {
    let sorted = sorted(question, sessions);
    let id = |session: &&Session| json!({ "legacyId": session.id.to_string() });
    json!({
        "totalCount": sorted.len(),
        "nodes": sorted.iter().take(2).map(id).collect::<Vec<_>>(),
        "pageInfo": { "hasNextPage": sorted.len() > 2, "hasPreviousPage": false },
    })
}

fn last_session(question: &Question, sessions: &[&Session]) -> Value {
    let node = |session: &Session| {
        let technician = session.details.technician.map(|it| json!({ "username": it.username }));
        json!({ "legacyId": session.id.to_string(), "technician": technician })
    };
    let last = sorted(question, sessions).last().map(|it| node(it));
    json!({ "nodes": last.into_iter().collect::<Vec<_>>() })
}

fn sorted<'a>(question: &Question, sessions: &[&'a Session]) -> Vec<&'a Session> {
    let mut sorted = sessions.to_vec();
    sorted.sort_by(|one, other| question.sessions.compare(one, other));
    sorted
}

/// The key as the answer has it. Everything that is grouped by is the same for all sessions of the group.
fn key_value(question: &Question, key: Option<&Vec<Part>>, sessions: &[&Session]) -> Value {
    let is_grouped =
        |by: &str| key.is_some() && question.groups.iter().any(|it| it.as_deref() == Ok(by));
    let spelled = |name: &str| {
        let texts = spellings(sessions.iter().filter_map(|it| it.text(name)));
        assert!(texts.len() <= 1);
        texts.into_values().next()
    };
    let text = |by: &str| match is_grouped(by) {
        true => json!(spelled(&by.to_lowercase())),
        false => Value::Null,
    };
    let first = sessions.first();
    let of_first = |by: &str, value: &dyn Fn(&Session) -> Value| match first {
        Some(first) if is_grouped(by) => value(first),
        _ => Value::Null,
    };
    let zone = zones::zone(question.zone);
    let period =
        ["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"].into_iter().find(|it| is_grouped(it));
    let period =
        period.zip(first).map(|(kind, it)| zones::period(kind, &zone, it.details.started_at));
    let field = question.groups.iter().position(|it| it.is_err()).filter(|_| key.is_some());
    let custom_field = field.zip(key).and_then(|(index, key)| {
        let before = &question.groups[..index];
        let computers = before.iter().filter(|it| it.as_deref() == Ok("COMPUTER")).count();
        let Part::Text(value) = &key[index + computers] else { return None };
        let all = sessions.iter().flat_map(|it| values(it, &question.field));
        spellings(all).get(value).map(|text| (*text).to_owned())
    });
    let computer = || {
        spelled("computer_name")
            .map(|name| json!({ "name": name, "domain": spelled("computer_domain"), "os": null }))
    };
    json!({
        "technician": of_first("TECHNICIAN", &|it| match it.details.technician {
            Some(technician) => json!({ "username": technician.username }),
            None => Value::Null,
        }),
        "customerName": text("CUSTOMER_NAME"),
        "customerEmail": text("CUSTOMER_EMAIL"),
        "customerNumber": text("CUSTOMER_NUMBER"),
        "computer": if is_grouped("COMPUTER") { json!(computer()) } else { Value::Null },
        "computerDomain": text("COMPUTER_DOMAIN"),
        "computerOs": text("COMPUTER_OS"),
        "startMethod": of_first("START_METHOD", &|it| {
            json!(if it.details.agent { "AGENT" } else { "APPLET" })
        }),
        "answered": of_first("ANSWERED", &|it| json!(it.details.technician.is_some())),
        "hasVideos": of_first("HAS_VIDEOS", &|it| json!(it.details.has_videos)),
        "periodStart": period.map_or(Value::Null, |(start, _)| zones::time(start)),
        "periodEnd": period.and_then(|(_, end)| end).map_or(Value::Null, zones::time),
        "hourOfDay": of_first("HOUR_OF_DAY", &|it| json!(zones::hour_of_day(&zone, it.details.started_at))),
        "dayOfWeek": of_first("DAY_OF_WEEK", &|it| json!(zones::day_of_week(&zone, it.details.started_at))),
        "customField": custom_field,
        "other": null,
    })
}
