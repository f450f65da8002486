//! From a session's texts to a record: what is required, how long, and of which kind.

use std::str::FromStr;

use super::{
    draft::{Draft, Texts},
    problem::{Reason, excerpt},
    record::{ChatLine, CustomField, Field, Record},
};
use crate::domain::{text::printable, time::Timestamp};

/// The most characters of a name, a number and the like. Indexes hold its folded form, which may
/// be three times as long, on every database.
pub(super) const SHORT: usize = 240;
/// The most characters of a description, of notes and of a chat message.
pub(super) const LONG: usize = 65_536;
/// The most custom fields of a session, which are answered as one list.
pub(super) const CUSTOM_FIELDS: usize = 250;
/// The most characters of a link.
pub(super) const LINK: usize = 2_048;

/// Makes a record of a session's texts.
pub(super) fn record(draft: Draft) -> Result<Record, Reason> {
    let Draft { mut texts, chat, videos, names, values, pairs } = draft;
    let started_at = date_of(texts.take("date_start"), "date_start")?;
    if started_at == Field::Empty {
        return Err(Reason::Empty("date_start".to_owned()));
    }
    Ok(Record {
        id: id(&mut texts)?,
        tech_username: text(&mut texts, "tech_username", SHORT)?,
        tech_name: text(&mut texts, "tech_name", SHORT)?,
        customer_name: text(&mut texts, "customer_name", SHORT)?,
        customer_email: text(&mut texts, "customer_email", SHORT)?,
        customer_number: text(&mut texts, "customer_number", SHORT)?,
        computer_name: text(&mut texts, "computer_name", SHORT)?,
        computer_domain: text(&mut texts, "computer_domain", SHORT)?,
        computer_os: text(&mut texts, "computer_os", SHORT)?,
        problem_description: text(&mut texts, "problem_description", LONG)?,
        notes: text(&mut texts, "notes", LONG)?,
        started_at,
        ended_at: end(&mut texts)?,
        start_method: word(texts.take("start_method"), "start_method", "APPLET or AGENT")?,
        has_videos: truth(texts.take("has_videos"))?,
        chat: chat.map(messages).transpose()?,
        videos: videos.map(links).transpose()?,
        custom_fields: match pairs {
            Some(pairs) => Some(custom_fields(pairs)?),
            None => paired(names, values)?.map(custom_fields).transpose()?,
        },
    })
}

fn id(texts: &mut Texts) -> Result<i64, Reason> {
    let text = texts.take("id").ok_or_else(|| Reason::Missing("id".to_owned()))?;
    let digits = text.trim();
    if digits.is_empty() {
        return Err(Reason::Empty("id".to_owned()));
    }
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().ok_or_else(|| not_a("id", digits, "a number from 0 to 9223372036854775807"))
}

fn text(texts: &mut Texts, field: &str, limit: usize) -> Result<Field<String>, Reason> {
    Ok(match texts.take(field) {
        None => Field::Absent,
        Some(text) if text.is_empty() => Field::Empty,
        Some(text) => Field::Value(bounded(text, limit, || field.to_owned())?),
    })
}

fn date_of(text: Option<String>, field: &str) -> Result<Field<Timestamp>, Reason> {
    match text {
        None => Ok(Field::Absent),
        Some(text) if text.trim().is_empty() => Ok(Field::Empty),
        Some(text) => Timestamp::parse_civil(&text)
            .map(Field::Value)
            .ok_or_else(|| not_a(field, text.trim(), "a date")),
    }
}

/// When the session ended. Old databases write the lack of a date as a date of zeros.
fn end(texts: &mut Texts) -> Result<Field<Timestamp>, Reason> {
    match texts.take("date_end") {
        Some(text) if text.trim_start().starts_with("0000-00-00") => Ok(Field::Empty),
        text => date_of(text, "date_end"),
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

fn message(number: usize, mut texts: Texts) -> Result<ChatLine, Reason> {
    let field = |name: &str| format!("the {name} of chat message {number}");
    let date = texts.take("date").ok_or_else(|| Reason::Missing(field("date")))?;
    if date.trim().is_empty() {
        return Err(Reason::Empty(field("date")));
    }
    let sent_at = Timestamp::parse_civil(&date)
        .ok_or_else(|| not_a(&field("date"), date.trim(), "a date"))?;
    let sender = texts.take("sender").filter(|sender| !sender.is_empty());
    let role = texts.take("sender_role");
    let body = texts.take("text").unwrap_or_default();
    Ok(ChatLine {
        sent_at,
        sender: sender.map(|sender| bounded(sender, SHORT, || field("sender"))).transpose()?,
        sender_role: word(role, &field("sender_role"), "TECHNICIAN, CUSTOMER, SYSTEM or UNKNOWN")?,
        body: bounded(body, LONG, || field("text"))?,
    })
}

/// An empty link is none, as an empty custom field is none.
fn links(videos: Vec<String>) -> Result<Vec<String>, Reason> {
    let links = videos.into_iter().filter(|link| !link.is_empty()).enumerate();
    links.map(|(index, link)| bounded(link, LINK, || format!("video link {}", index + 1))).collect()
}

/// The k-th name with the k-th value. A document made for one of the two has only that one.
fn paired(names: Vec<String>, values: Vec<String>) -> Result<Option<Vec<CustomField>>, Reason> {
    let none = |texts: &[String]| texts.is_empty() || texts == [""];
    match (names.len(), values.len()) {
        (0, 0) => Ok(None),
        _ if none(&names) && none(&values) => Ok(Some(Vec::new())),
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

fn custom_fields(fields: Vec<CustomField>) -> Result<Vec<CustomField>, Reason> {
    if fields.len() > CUSTOM_FIELDS {
        return Err(Reason::TooManyCustomFields(CUSTOM_FIELDS));
    }
    let half = |text: Option<String>, half: &str, index: usize| {
        text.map(|text| {
            bounded(text, SHORT, || format!("the {half} of custom field {}", index + 1))
        })
        .transpose()
    };
    let checked = |(index, field): (usize, CustomField)| {
        let name = half(field.name, "name", index)?;
        Ok(CustomField { name, value: half(field.value, "value", index)? })
    };
    fields.into_iter().enumerate().map(checked).collect()
}

/// A text that is short enough, as every database can hold it.
fn bounded(text: String, limit: usize, field: impl Fn() -> String) -> Result<String, Reason> {
    // A character has at least one byte, so most texts need no count.
    if text.len() > limit {
        let length = text.chars().count();
        if length > limit {
            return Err(Reason::TooLong { field: field(), length, limit });
        }
    }
    Ok(if text.contains('\0') { printable(&text).into_owned() } else { text })
}

fn not_a(field: &str, text: &str, kind: &'static str) -> Reason {
    Reason::NotA { field: field.to_owned(), text: excerpt(text), kind }
}
