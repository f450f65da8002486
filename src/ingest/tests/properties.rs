//! What holds for any document.

use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
};

use super::{read, writer};
use crate::{
    domain::{
        session::{SenderRole, StartMethod},
        time::Timestamp,
    },
    history::{
        limits,
        record::{ChatLine, CustomField, Field, Record, VideoLink},
    },
};

/// Texts with the characters that formats stumble over, but NUL, which is replaced.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        proptest::sample::select(vec![' ', '\n', '\r', '\t', '<', '&', '"', '\\', ']', '-', 'ß']),
    ];
    vec(character, 0..12)
        .prop_map(|chars| chars.into_iter().filter(|&c| c != '\0').collect::<String>())
}

fn date() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000).prop_map(|seconds| Timestamp::from_micros(seconds * 1_000_000).unwrap())
}

fn field() -> impl Strategy<Value = Field<String>> {
    prop_oneof![
        Just(Field::Absent),
        Just(Field::Empty),
        text().prop_map(|text| if text.is_empty() { Field::Empty } else { Field::Value(text) }),
    ]
}

fn line() -> impl Strategy<Value = ChatLine> {
    let role = option::of(proptest::sample::select(SenderRole::ALL.to_vec()));
    (date(), option::of(text()), role, text()).prop_map(|(sent_at, sender, sender_role, body)| {
        let sender = sender.filter(|sender| !sender.is_empty());
        ChatLine { sent_at, sender, sender_role, body }
    })
}

/// Custom fields with names and values, with names alone, or with values alone.
fn custom_fields() -> impl Strategy<Value = Vec<CustomField>> {
    let halves = proptest::sample::select(vec![(true, true), (true, false), (false, true)]);
    (halves, vec((text(), text()), 0..4)).prop_map(|((names, values), pairs)| {
        let some = |pair: &(String, String)| {
            (names && !pair.0.trim().is_empty()) || (values && !pair.1.trim().is_empty())
        };
        let pairs = pairs.into_iter().filter(some);
        let field = |(name, value)| CustomField {
            name: names.then_some(name),
            value: values.then_some(value),
        };
        pairs.map(field).collect()
    })
}

fn optional<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Field<T>> {
    prop_oneof![Just(Field::Absent), Just(Field::Empty), value.prop_map(Field::Value)]
}

fn video() -> impl Strategy<Value = VideoLink> {
    let details = (optional(date()), optional(0..limits::VIDEO_SECONDS), optional(0..i64::MAX));
    (text(), details).prop_map(|(url, (recorded_at, duration_seconds, size_bytes))| VideoLink {
        url,
        recorded_at,
        duration_seconds,
        size_bytes,
    })
}

/// A record in the form in which it is stored.
pub(super) fn record() -> impl Strategy<Value = Record> {
    any_record().prop_filter_map("a record within the limits", |record| {
        limits::check(record).ok().map(|record| Record::clone(&record))
    })
}

fn any_record() -> impl Strategy<Value = Record> {
    let method = option::of(proptest::sample::select(StartMethod::ALL.to_vec()));
    let links = vec(video(), 0..3);
    (
        0..i64::MAX,
        vec(field(), 10),
        option::of(date()),
        optional(date()),
        (method, any::<Option<bool>>()),
        option::of(vec(line(), 0..4)),
        option::of(links),
        option::of(custom_fields()),
    )
        .prop_map(|(id, mut texts, start, ended_at, told, chat, videos, custom_fields)| {
            let mut text = || texts.pop().unwrap_or_default();
            Record {
                id,
                tech_username: text(),
                tech_name: text(),
                customer_name: text(),
                customer_email: text(),
                customer_number: text(),
                computer_name: text(),
                computer_domain: text(),
                computer_os: text(),
                problem_description: text(),
                notes: text(),
                started_at: start.map_or(Field::Absent, Field::Value),
                ended_at,
                start_method: told.0,
                has_videos: told.1,
                chat,
                videos,
                custom_fields,
            }
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(records in vec(record(), 0..4)) {
        for document in [writer::xml(&records), writer::json(&records)] {
            let outcome = read(&document);
            prop_assert!(outcome.fatal.is_none() && outcome.rejections.is_empty(), "{:?}", outcome);
            prop_assert_eq!(&outcome.records, &records);
        }
    }

    #[test]
    fn a_document_cut_anywhere_is_refused(records in vec(record(), 1..3), at in 0.0..1.0) {
        for document in [writer::xml(&records), writer::json(&records)] {
            let end = (document.len() as f64 * at) as usize;
            let outcome = read(&document.as_bytes()[..end]);
            prop_assert!(outcome.fatal.is_some());
            prop_assert!(outcome.rejections.is_empty());
            prop_assert_eq!(&outcome.records[..], &records[..outcome.records.len()]);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in vec(any::<u8>(), 0..200), kind in 0..3) {
        match kind {
            0 => {}
            1 => bytes.insert(0, b'<'),
            _ => bytes.insert(0, b'{'),
        }
        read(bytes);
    }

    #[test]
    fn no_change_of_a_byte_makes_it_panic(
        records in vec(record(), 1..3), at in 0.0..1.0, byte in any::<u8>(),
    ) {
        for document in [writer::xml(&records), writer::json(&records)] {
            let mut bytes = document.into_bytes();
            let index = (bytes.len() as f64 * at) as usize;
            bytes[index] = byte;
            read(bytes);
        }
    }
}
