//! Parses the texts of a session into a record.

use std::str::FromStr;

use super::{
    draft::{Draft, Texts},
    problem::{Reason, excerpt},
    style::DocumentStyle,
};
use crate::{
    domain::time::Timestamp,
    history::{
        limits::{self, ValidRecord},
        record::{ChatLine, CustomField, Field, Record, VideoLink},
    },
};

/// Parses the texts of a session.
pub(super) fn parse_record(draft: Draft, style: &DocumentStyle) -> Result<ValidRecord, Reason> {
    let Draft { mut texts, chat, videos, names, values, pairs } = draft;
    let record = Record {
        id: parse_id(&mut texts)?,
        tech_username: take_text(&mut texts, "tech_username"),
        tech_name: take_text(&mut texts, "tech_name"),
        customer_name: take_text(&mut texts, "customer_name"),
        customer_email: take_text(&mut texts, "customer_email"),
        customer_number: take_text(&mut texts, "customer_number"),
        computer_name: take_text(&mut texts, "computer_name"),
        computer_domain: take_text(&mut texts, "computer_domain"),
        computer_os: take_text(&mut texts, "computer_os"),
        problem_description: take_text(&mut texts, "problem_description"),
        notes: take_text(&mut texts, "notes"),
        started_at: parse_date(style, texts.take("date_start"), || "date_start".to_owned())?,
        ended_at: parse_end(style, texts.take("date_end"))?,
        start_method: parse_enum(
            texts.take("start_method"),
            || "start_method".to_owned(),
            "APPLET or AGENT",
        )?
        .or(style.start_method),
        has_videos: parse_bool(style, texts.take("has_videos"))?,
        chat: chat.map(|chat| parse_messages(style, chat)).transpose()?,
        videos: videos.map(|videos| parse_links(style, videos)).transpose()?,
        custom_fields: parse_custom_fields(pairs, names, values)?,
    };
    Ok(limits::check(record)?)
}

fn parse_id(texts: &mut Texts) -> Result<i64, Reason> {
    let text = texts.take_required("id", || "id".to_owned())?;
    let field = || "id".to_owned();
    match parse_whole_number(Some(text), field, "a number from 0 to 9223372036854775807")? {
        Field::Value(id) => Ok(id),
        Field::Absent | Field::Empty => Err(Reason::Empty("id".to_owned())),
    }
}

fn parse_whole_number(
    text: Option<String>,
    field: impl Fn() -> String,
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

fn take_text(texts: &mut Texts, field: &str) -> Field<String> {
    texts.take(field).map_or(Field::Absent, Field::Value)
}

fn parse_date(
    style: &DocumentStyle,
    text: Option<String>,
    field: impl Fn() -> String,
) -> Result<Field<Timestamp>, Reason> {
    match text {
        None => Ok(Field::Absent),
        Some(text) if text.trim().is_empty() => Ok(Field::Empty),
        Some(text) => Timestamp::parse_civil_in(&text, style.offset_seconds)
            .map(Field::Value)
            .ok_or_else(|| not_a(field, text.trim(), "a date such as 2011-01-03 09:15:02")),
    }
}

/// Parses the end of a session. Programs write a missing end as a zero or a date of zeros, which is
/// not in the calendar; the first date of the calendar is used instead.
fn parse_end(style: &DocumentStyle, text: Option<String>) -> Result<Field<Timestamp>, Reason> {
    let zero = |text: &str| text == "0" || text.starts_with("0000-") || text.starts_with("0000/");
    match text {
        Some(text) if zero(text.trim()) => Ok(Field::Value(Timestamp::MIN)),
        text => parse_date(style, text, || "date_end".to_owned()),
    }
}

/// Parses an enum value. An empty text is no value.
fn parse_enum<T: FromStr>(
    text: Option<String>,
    field: impl Fn() -> String,
    kind: &'static str,
) -> Result<Option<T>, Reason> {
    let text = text.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|_| not_a(field, word, kind)),
    }
}

fn parse_bool(style: &DocumentStyle, text: Option<String>) -> Result<Option<bool>, Reason> {
    let text = text.unwrap_or_default();
    let words = style.booleans.iter().flatten().zip([true, false]);
    let is_written = |(word, _): &(&String, bool)| word.trim().eq_ignore_ascii_case(text.trim());
    if let Some((_, value)) = words.into_iter().find(is_written).filter(|_| !text.trim().is_empty())
    {
        return Ok(Some(value));
    }
    match text.trim().to_ascii_uppercase().as_str() {
        "" => Ok(None),
        "TRUE" | "1" => Ok(Some(true)),
        "FALSE" | "0" => Ok(Some(false)),
        _ => Err(not_a(|| "has_videos".to_owned(), text.trim(), "TRUE or FALSE")),
    }
}

fn parse_messages(style: &DocumentStyle, chat: Vec<Texts>) -> Result<Vec<ChatLine>, Reason> {
    let message = |(index, texts)| parse_message(style, index + 1, texts);
    chat.into_iter().enumerate().map(message).collect()
}

/// Parses a chat message. Its date and text are required, and the date is not empty. A message of
/// the system has no sender.
fn parse_message(
    style: &DocumentStyle,
    number: usize,
    mut texts: Texts,
) -> Result<ChatLine, Reason> {
    let field = |name: &str| format!("the {name} of chat message {number}");
    let sent_at = texts.take_required("date", || field("date"))?;
    let Field::Value(sent_at) = parse_date(style, Some(sent_at), || field("date"))? else {
        return Err(Reason::Empty(field("date")));
    };
    let role = texts.take("sender_role");
    Ok(ChatLine {
        sent_at,
        sender: texts.take_optional("sender", || field("sender"))?,
        sender_role: parse_enum(
            role,
            || field("sender_role"),
            "TECHNICIAN, CUSTOMER, SYSTEM or UNKNOWN",
        )?,
        body: match texts.take_optional("text", || field("text"))? {
            Some(body) => body,
            None if style.leaves_out_empty => String::new(),
            None => return Err(Reason::Missing(field("text"))),
        },
    })
}

fn parse_links(style: &DocumentStyle, videos: Vec<Texts>) -> Result<Vec<VideoLink>, Reason> {
    let link = |(index, texts)| parse_link(style, index + 1, texts);
    videos.into_iter().enumerate().map(link).collect()
}

fn parse_link(style: &DocumentStyle, number: usize, mut texts: Texts) -> Result<VideoLink, Reason> {
    let field = |name: &str| format!("the {name} of video link {number}");
    let seconds = texts.take("duration_seconds");
    let bytes = texts.take("size_bytes");
    Ok(VideoLink {
        recorded_at: parse_date(style, texts.take("recorded_at"), || field("recorded_at"))?,
        duration_seconds: parse_whole_number(
            seconds,
            || field("duration_seconds"),
            "a whole number",
        )?,
        size_bytes: parse_whole_number(bytes, || field("size_bytes"), "a whole number")?,
        url: texts.take_required("url", || field("url"))?,
    })
}

/// Parses custom fields from a list, or from single names and values.
///
/// The gateway's JSON has both: the list has all fields, the names and values only the first.
fn parse_custom_fields(
    pairs: Option<Vec<Texts>>,
    names: Vec<String>,
    values: Vec<String>,
) -> Result<Option<Vec<CustomField>>, Reason> {
    let single = pair_names_with_values(names, values)?;
    let Some(pairs) = pairs else { return Ok(single) };
    let listed =
        pairs.into_iter().enumerate().map(|(index, texts)| parse_custom_field(index + 1, texts));
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

fn parse_custom_field(number: usize, mut texts: Texts) -> Result<CustomField, Reason> {
    let field = |part: &str| format!("the {part} of custom field {number}");
    Ok(CustomField {
        name: texts.take_optional("name", || field("name"))?,
        value: texts.take_optional("value", || field("value"))?,
    })
}

/// Pairs the k-th name with the k-th value. A document can have only names, or only values.
fn pair_names_with_values(
    names: Vec<String>,
    values: Vec<String>,
) -> Result<Option<Vec<CustomField>>, Reason> {
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

fn not_a(field: impl Fn() -> String, text: &str, kind: &'static str) -> Reason {
    Reason::NotA { field: field(), text: excerpt(text), kind }
}
