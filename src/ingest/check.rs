//! From a session's texts to a record: which texts are there, and of which kind they are.

use std::str::FromStr;

use super::{
    draft::{Draft, Texts},
    problem::{Reason, excerpt},
};
use crate::{
    domain::time::Timestamp,
    history::{
        limits,
        record::{ChatLine, CustomField, Field, Record, VideoLink},
    },
};

/// Makes a record of a session's texts.
pub(super) fn record(draft: Draft) -> Result<Record, Reason> {
    let Draft { mut texts, chat, videos, names, values, pairs } = draft;
    let record = Record {
        id: id(&mut texts)?,
        tech_username: text(&mut texts, "tech_username"),
        tech_name: text(&mut texts, "tech_name"),
        customer_name: text(&mut texts, "customer_name"),
        customer_email: text(&mut texts, "customer_email"),
        customer_number: text(&mut texts, "customer_number"),
        computer_name: text(&mut texts, "computer_name"),
        computer_domain: text(&mut texts, "computer_domain"),
        computer_os: text(&mut texts, "computer_os"),
        problem_description: text(&mut texts, "problem_description"),
        notes: text(&mut texts, "notes"),
        started_at: date(texts.take("date_start"), "date_start")?,
        ended_at: end(texts.take("date_end"))?,
        start_method: word(texts.take("start_method"), "start_method", "APPLET or AGENT")?,
        has_videos: truth(texts.take("has_videos"))?,
        chat: chat.map(messages).transpose()?,
        videos: videos.map(links).transpose()?,
        custom_fields: custom_fields(pairs, names, values)?,
    };
    Ok(limits::check(record)?)
}

fn id(texts: &mut Texts) -> Result<i64, Reason> {
    let text = texts.take_required("id", || "id".to_owned())?;
    match whole_number(Some(text), "id", "a number from 0 to 9223372036854775807")? {
        Field::Value(id) => Ok(id),
        Field::Absent | Field::Empty => Err(Reason::Empty("id".to_owned())),
    }
}

fn whole_number(
    text: Option<String>,
    field: &str,
    kind: &'static str,
) -> Result<Field<i64>, Reason> {
    let Some(text) = text else { return Ok(Field::Absent) };
    let digits = text.trim();
    if digits.is_empty() {
        return Ok(Field::Empty);
    }
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().map(Field::Value).ok_or_else(|| not_a(field, digits, kind))
}

fn text(texts: &mut Texts, field: &str) -> Field<String> {
    texts.take(field).map_or(Field::Absent, Field::Value)
}

fn date(text: Option<String>, field: &str) -> Result<Field<Timestamp>, Reason> {
    match text {
        None => Ok(Field::Absent),
        Some(text) if text.trim().is_empty() => Ok(Field::Empty),
        Some(text) => Timestamp::parse_civil(&text)
            .map(Field::Value)
            .ok_or_else(|| not_a(field, text.trim(), "a date")),
    }
}

/// When the session ended. Programs write the lack of a date as a zero or a date of zeros, which
/// the calendar does not have; the first date that it has stands for them.
fn end(text: Option<String>) -> Result<Field<Timestamp>, Reason> {
    let zero = |text: &str| text == "0" || text.starts_with("0000-") || text.starts_with("0000/");
    match text {
        Some(text) if zero(text.trim()) => Ok(Field::Value(Timestamp::MIN)),
        text => date(text, "date_end"),
    }
}

/// Reads one of a closed set of words. An empty text says nothing.
fn word<T: FromStr>(
    text: Option<String>,
    field: &str,
    kind: &'static str,
) -> Result<Option<T>, Reason> {
    let text = text.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|_| not_a(field, word, kind)),
    }
}

fn truth(text: Option<String>) -> Result<Option<bool>, Reason> {
    let text = text.unwrap_or_default();
    match text.trim().to_ascii_uppercase().as_str() {
        "" => Ok(None),
        "TRUE" | "1" => Ok(Some(true)),
        "FALSE" | "0" => Ok(Some(false)),
        _ => Err(not_a("has_videos", text.trim(), "TRUE or FALSE")),
    }
}

fn messages(chat: Vec<Texts>) -> Result<Vec<ChatLine>, Reason> {
    chat.into_iter().enumerate().map(|(index, texts)| message(index + 1, texts)).collect()
}

/// Date and text must be there; the date has a value. A message of the system has no sender.
fn message(number: usize, mut texts: Texts) -> Result<ChatLine, Reason> {
    let field = |name: &str| format!("the {name} of chat message {number}");
    let sent_at = texts.take_required("date", || field("date"))?;
    let Field::Value(sent_at) = date(Some(sent_at), &field("date"))? else {
        return Err(Reason::Empty(field("date")));
    };
    let role = texts.take("sender_role");
    Ok(ChatLine {
        sent_at,
        sender: texts.take_optional("sender", || field("sender"))?,
        sender_role: word(role, &field("sender_role"), "TECHNICIAN, CUSTOMER, SYSTEM or UNKNOWN")?,
        body: texts.take_required("text", || field("text"))?,
    })
}

fn links(videos: Vec<Texts>) -> Result<Vec<VideoLink>, Reason> {
    videos.into_iter().enumerate().map(|(index, texts)| link(index + 1, texts)).collect()
}

fn link(number: usize, mut texts: Texts) -> Result<VideoLink, Reason> {
    let field = |name: &str| format!("the {name} of video link {number}");
    let seconds = texts.take("duration_seconds");
    let bytes = texts.take("size_bytes");
    Ok(VideoLink {
        recorded_at: date(texts.take("recorded_at"), &field("recorded_at"))?,
        duration_seconds: whole_number(seconds, &field("duration_seconds"), "a whole number")?,
        size_bytes: whole_number(bytes, &field("size_bytes"), "a whole number")?,
        url: texts.take_required("url", || field("url"))?,
    })
}

/// Custom fields from a list, or from single names and values.
///
/// The gateway's JSON has both: the list has all of the fields, the names and values the first.
fn custom_fields(
    pairs: Option<Vec<Texts>>,
    names: Vec<String>,
    values: Vec<String>,
) -> Result<Option<Vec<CustomField>>, Reason> {
    let single = paired(names, values)?;
    let Some(pairs) = pairs else { return Ok(single) };
    let listed = pairs.into_iter().enumerate().map(|(index, texts)| pair(index + 1, texts));
    let listed: Vec<_> = listed.collect::<Result<_, _>>()?;
    for field in single.iter().flatten() {
        let agrees = |single: &Option<String>, listed: &Option<String>| {
            let [single, listed] = [single, listed].map(|it| it.as_deref().unwrap_or("").trim());
            single.is_empty() || single == listed
        };
        let found = |other: &CustomField| {
            agrees(&field.name, &other.name) && agrees(&field.value, &other.value)
        };
        if !listed.iter().any(found) {
            let text = field.name.as_deref().or(field.value.as_deref()).unwrap_or_default();
            return Err(Reason::NotListed(excerpt(text.trim())));
        }
    }
    Ok(Some(listed))
}

fn pair(number: usize, mut texts: Texts) -> Result<CustomField, Reason> {
    let field = |half: &str| format!("the {half} of custom field {number}");
    Ok(CustomField {
        name: texts.take_optional("name", || field("name"))?,
        value: texts.take_optional("value", || field("value"))?,
    })
}

/// The k-th name with the k-th value. A document made for one of the two has only that one.
fn paired(names: Vec<String>, values: Vec<String>) -> Result<Option<Vec<CustomField>>, Reason> {
    let none = |texts: &[String]| texts.iter().all(|text| text.trim().is_empty());
    match (names.len(), values.len()) {
        (0, 0) => Ok(None),
        (0..=1, 0..=1) if none(&names) && none(&values) => Ok(Some(Vec::new())),
        (_, 0) => {
            let field = |name| CustomField { name: Some(name), value: None };
            Ok(Some(names.into_iter().map(field).collect()))
        }
        (0, _) => {
            let field = |value| CustomField { name: None, value: Some(value) };
            Ok(Some(values.into_iter().map(field).collect()))
        }
        (names, values) if names != values => Err(Reason::Unpaired { names, values }),
        _ => {
            let field = |(name, value)| CustomField { name: Some(name), value: Some(value) };
            Ok(Some(names.into_iter().zip(values).map(field).collect()))
        }
    }
}

fn not_a(field: &str, text: &str, kind: &'static str) -> Reason {
    Reason::NotA { field: field.to_owned(), text: excerpt(text), kind }
}
