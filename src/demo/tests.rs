//! The demo account is believable and always the same.

use std::collections::HashSet;

use super::{SESSIONS, records};
use crate::{
    domain::time::Timestamp,
    history::{
        limits,
        record::{ChatLine, Field, Record},
    },
};

const YEAR: i64 = 365 * 86_400;

fn until() -> Timestamp {
    Timestamp::parse_civil("2025-06-30 15:30").expect("a date")
}

fn value(field: &Field<String>) -> &str {
    match field {
        Field::Value(text) => text,
        Field::Absent | Field::Empty => "",
    }
}

fn started(record: &Record) -> Timestamp {
    match record.started_at {
        Field::Value(start) => start,
        Field::Absent | Field::Empty => panic!("every session has a start"),
    }
}

const TECHNICIAN: &str = "priya.velankar@support.example.com";

/// The times of a year's end: working hours, a night of a Sunday, the first moment of a day.
const ENDS: [&str; 4] =
    ["2025-06-30 15:30", "2026-11-29 03:00", "2024-02-29", "2026-01-01 00:00:07"];

#[test]
fn only_the_times_depend_on_the_end_of_the_year() {
    let content = |end: &str| -> Vec<_> {
        let all = records(Timestamp::parse_civil(end).expect("a date"));
        // What is still open at the end has no notes yet.
        all.take(5_900)
            .map(|it| (it.id, it.customer_name, it.tech_username, it.notes, texts(it.chat)))
            .collect()
    };
    let first = content(ENDS[0]);
    for end in &ENDS[1..] {
        assert!(content(end) == first, "{end}");
    }
    // The README shows this session.
    let (id, customer, technician, ..) = &first[2_308];
    assert_eq!((*id, value(customer), value(technician)), (12_309, "Sunita Marrable", TECHNICIAN));
}

fn texts(chat: Option<Vec<ChatLine>>) -> Vec<String> {
    chat.unwrap_or_default().into_iter().map(|line| line.body).collect()
}

#[test]
fn the_year_ends_a_moment_ago_whatever_the_hour() {
    for end in ENDS {
        let until = Timestamp::parse_civil(end).expect("a date");
        let all: Vec<Record> = records(until).collect();
        assert_eq!(all.len() as i64, SESSIONS, "{end}");
        let ages: Vec<_> = all.iter().map(|it| until.seconds_since(started(it))).collect();
        assert_eq!(ages[ages.len() - 3..], [1_560, 660, 240], "{end}");
        assert!(ages.is_sorted_by(|a, b| a >= b) && ages[0] <= YEAR, "{end}");
        for (id, record) in (10_001..).zip(&all) {
            assert_eq!(record.id, id, "{end}");
            if let Field::Value(ended) = record.ended_at {
                assert!(started(record) < ended && ended <= until, "{end} {id}");
            }
        }
    }
}

#[test]
fn shares_are_believable() {
    let all: Vec<Record> = records(until()).collect();
    let share = |of: &dyn Fn(&Record) -> bool| {
        all.iter().filter(|it| of(it)).count() as f64 / all.len() as f64
    };
    let near = |share: f64, expected: f64| (share - expected).abs() < 0.04;
    assert!(near(share(&|it| it.tech_username == Field::Empty), 0.08));
    assert!(near(share(&|it| it.has_videos == Some(true)), 0.23));
    assert!(share(&|it| it.ended_at == Field::Empty) < 0.01);
    assert!(all.iter().any(|it| it.ended_at == Field::Empty));
    assert!(near(share(&|it| it.start_method.is_some_and(|it| it.as_str() == "AGENT")), 0.32));
    let distinct = |of: &dyn Fn(&Record) -> String| all.iter().map(of).collect::<HashSet<_>>();
    assert_eq!(distinct(&|it| value(&it.tech_username).to_owned()).len(), 13);
    assert!(distinct(&|it| value(&it.customer_name).to_owned()).len() > 60);
    for record in &all {
        let videos = record.videos.as_ref().map_or(0, Vec::len);
        assert_eq!(record.has_videos, Some(videos > 0));
        assert!(videos <= 2 && record.custom_fields.as_ref().is_some_and(|it| it.len() <= 3));
    }
}

#[test]
fn chats_are_in_order_and_in_their_session() {
    let mut longest = 0;
    for record in records(until()) {
        let chat = record.chat.as_deref().unwrap_or_default();
        longest = longest.max(chat.len());
        assert!(chat.is_sorted_by_key(|line| line.sent_at));
        let inside = |time| started(&record) <= time && time <= until();
        assert!(chat.iter().all(|line| inside(line.sent_at) && !line.body.contains('{')));
        if let (Field::Value(end), Some(last)) = (record.ended_at, chat.last()) {
            assert!(last.sent_at <= end);
        }
    }
    assert!((20..=30).contains(&longest), "{longest}");
}

#[test]
fn many_scripts_are_spoken() {
    let said: String = records(until()).map(|it| value(&it.notes).to_owned()).collect();
    for letter in ['é', 'ß', 'ñ', 'ã', 'ł', 'ώ', 'の', 'ن'] {
        assert!(said.contains(letter), "{letter}");
    }
}

#[test]
fn every_text_is_within_the_limits() {
    for record in records(until()) {
        let Record { customer_name, customer_email, customer_number, .. } = &record;
        let Record { computer_name, computer_domain, computer_os, .. } = &record;
        let computer = [computer_name, computer_domain, computer_os];
        let customer = [customer_name, customer_email, customer_number];
        let people = [&record.tech_username, &record.tech_name];
        for text in computer.into_iter().chain(customer).chain(people) {
            assert!(value(text).chars().count() <= limits::SHORT_TEXT);
        }
        assert!(value(&record.notes).chars().count() <= limits::LONG_TEXT);
    }
}

#[test]
fn recordings_lie_in_their_session_one_after_the_other() {
    let mut count = 0;
    for record in records(until()) {
        let mut free = started(&record).micros();
        for video in record.videos.iter().flatten() {
            let (Field::Value(start), Field::Value(seconds), Field::Value(bytes)) =
                (video.recorded_at, video.duration_seconds, video.size_bytes)
            else {
                panic!("{video:?}");
            };
            assert!(free <= start.micros() && seconds > 0 && bytes > 0, "{video:?}");
            free = start.micros() + seconds * 1_000_000;
            count += 1;
        }
        if let (Field::Value(end), Some([_, ..])) = (record.ended_at, record.videos.as_deref()) {
            assert!(free <= end.micros(), "{record:?}");
        }
    }
    assert!(count > 1_000, "{count}");
}
