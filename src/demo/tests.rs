//! The demo account is believable and always the same.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::records;
use crate::{
    domain::time::Timestamp,
    ingest::record::{Field, Record},
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

#[test]
fn it_is_the_same_every_time() {
    let hash = || {
        let mut hasher = DefaultHasher::new();
        records(until()).for_each(|record| format!("{record:?}").hash(&mut hasher));
        hasher.finish()
    };
    assert_eq!(hash(), hash());
}

#[test]
fn numbers_grow_with_time_inside_of_the_year() {
    let all: Vec<Record> = records(until()).collect();
    assert!((5_950..=6_000).contains(&all.len()), "{}", all.len());
    assert_eq!(all[0].id, 10_001);
    for pair in all.windows(2) {
        assert_eq!(pair[0].id + 1, pair[1].id);
        assert!(started(&pair[0]) <= started(&pair[1]));
    }
    for record in &all {
        let age = until().seconds_since(started(record));
        assert!((0..=YEAR).contains(&age), "{}", record.id);
        if let Field::Value(end) = record.ended_at {
            assert!(started(record) < end && end <= until());
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
    assert!(near(share(&|it| it.start_method.is_some_and(|it| it.word() == "AGENT")), 0.32));
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
            assert!(value(text).chars().count() <= 255);
        }
        assert!(value(&record.notes).len() < 65_536);
    }
}
