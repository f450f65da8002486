//! Merging a record into the stored session: fields of the record replace the stored ones, absent
//! fields change nothing.

use std::ops::RangeInclusive;

use entity::{chat_message, custom_field, session, video};

use super::{
    limits::Invalid,
    record::{ChatLine, CustomField, Field, Record, VideoLink},
};
use crate::{
    domain::{
        session::{SenderRole, StartMethod},
        text::fold,
        viewer::AccountId,
    },
    store::write_batch::SessionAggregate,
};

/// How long a session may take, in microseconds: up to ten years.
const DURATION: RangeInclusive<i64> = 0..=10 * 366 * 86_400 * 1_000_000;

/// The session that a record makes of the stored one, or of none.
///
/// The technician, roles that the record does not give, the numbers that are computed from the session, and
/// `updated_at` stay as they were: the caller sets them.
///
/// # Errors
/// If the record lacks a field that a session needs which is not stored.
pub(super) fn merge(
    account: AccountId,
    stored: Option<&SessionAggregate>,
    record: &Record,
    start_method: StartMethod,
) -> Result<SessionAggregate, Invalid> {
    let mut aggregate = match (stored, &record.started_at) {
        (Some(stored), _) => stored.clone(),
        (None, Field::Value(started_at)) => {
            blank(account, record.id, started_at.micros(), start_method)
        }
        (None, _) => return Err(Invalid::UnknownStart),
    };
    set_session(&mut aggregate.session, record);
    if let Some(lines) = &record.chat {
        aggregate.chat = chat(account, record.id, lines, &aggregate.chat);
    }
    set_videos(&mut aggregate, account, record);
    if let Some(fields) = &record.custom_fields {
        aggregate.custom_fields =
            custom_fields(account, record.id, fields, &aggregate.custom_fields)?;
    }
    Ok(aggregate)
}

/// Removes the end of a session if it is before the start, or so late that the date means "open".
/// Returns whether it removed the end.
pub(super) fn open_impossible_end(session: &mut session::Model) -> bool {
    let impossible = |end: &mut i64| !DURATION.contains(&(*end - session.started_at));
    session.ended_at.take_if(impossible).is_some()
}

fn blank(
    account: AccountId,
    id: i64,
    started_at: i64,
    start_method: StartMethod,
) -> SessionAggregate {
    let session = session::Model {
        account_id: account.0,
        id,
        start_method: start_method.as_str().to_owned(),
        started_at,
        ..Default::default()
    };
    SessionAggregate { session, ..Default::default() }
}

fn set_session(row: &mut session::Model, record: &Record) {
    if let Field::Value(started_at) = record.started_at {
        row.started_at = started_at.micros();
    }
    match record.ended_at {
        Field::Absent => {}
        Field::Empty => row.ended_at = None,
        Field::Value(ended_at) => row.ended_at = Some(ended_at.micros()),
    }
    if let Some(method) = record.start_method {
        row.start_method = method.as_str().to_owned();
    }
    macro_rules! texts {
        ($($text:ident $folded:ident,)*) => {
            $(set_text(&mut row.$text, &mut row.$folded, &record.$text);)*
        };
    }
    texts! {
        customer_name customer_name_folded,
        customer_email customer_email_folded,
        customer_number customer_number_folded,
        computer_name computer_name_folded,
        computer_domain computer_domain_folded,
        computer_os computer_os_folded,
        problem_description problem_description_folded,
        notes notes_folded,
    }
}

fn set_text(text: &mut Option<String>, folded: &mut Option<String>, field: &Field<String>) {
    match field {
        Field::Absent => return,
        Field::Empty => *text = None,
        Field::Value(value) => *text = Some(value.clone()),
    }
    *folded = text.as_deref().map(fold);
}

fn chat(
    account: AccountId,
    session: i64,
    lines: &[ChatLine],
    stored: &[chat_message::Model],
) -> Vec<chat_message::Model> {
    let row = |(index, line): (usize, &ChatLine)| {
        // A record without roles leaves the role of a message that is otherwise the same.
        let role_before = stored.get(index).filter(|row| {
            row.sent_at == line.sent_at.micros()
                && row.sender == line.sender
                && row.body == line.body
        });
        let role = match (line.sender_role, role_before) {
            (Some(role), _) => role.as_str(),
            (None, Some(row)) => &row.sender_role,
            (None, None) => SenderRole::Unknown.as_str(),
        };
        chat_message::Model {
            account_id: account.0,
            session_id: session,
            seq: count(index) + 1,
            sent_at: line.sent_at.micros(),
            sender: line.sender.clone(),
            sender_folded: line.sender.as_deref().map(fold),
            sender_role: role.to_owned(),
            body: line.body.clone(),
            body_folded: fold(&line.body),
        }
    };
    lines.iter().enumerate().map(row).collect()
}

/// The links, and whether recordings exist, which a record can have without links.
fn set_videos(aggregate: &mut SessionAggregate, account: AccountId, record: &Record) {
    let had_links = !aggregate.videos.is_empty();
    if let Some(links) = &record.videos {
        let stored = std::mem::take(&mut aggregate.videos);
        let row = |(index, link): (usize, &VideoLink)| {
            let known = stored.get(index).filter(|row| row.url == link.url);
            let recorded_at = match link.recorded_at {
                Field::Absent => known.and_then(|row| row.recorded_at),
                Field::Empty => None,
                Field::Value(time) => Some(time.micros()),
            };
            video::Model {
                account_id: account.0,
                session_id: record.id,
                seq: count(index) + 1,
                url: link.url.clone(),
                recorded_at,
                duration_seconds: number(
                    &link.duration_seconds,
                    known.and_then(|row| row.duration_seconds),
                ),
                size_bytes: number(&link.size_bytes, known.and_then(|row| row.size_bytes)),
            }
        };
        aggregate.videos = links.iter().enumerate().map(row).collect();
    }
    let links = count(aggregate.videos.len());
    let session = &mut aggregate.session;
    session.video_count = match (&record.videos, record.has_videos) {
        (Some(urls), _) if !urls.is_empty() => links,
        (_, Some(true)) => links.max(1),
        (_, Some(false)) => {
            aggregate.videos.clear();
            0
        }
        (Some(_), None) if had_links => 0,
        (_, None) => session.video_count,
    };
}

fn number(field: &Field<i64>, stored: Option<i64>) -> Option<i64> {
    match field {
        Field::Absent => stored,
        Field::Empty => None,
        Field::Value(number) => Some(*number),
    }
}

/// Names without values leave the values: those at the same positions where the number of fields is
/// the same, else those under the same names. Values without names leave the names.
fn custom_fields(
    account: AccountId,
    session: i64,
    fields: &[CustomField],
    stored: &[custom_field::Model],
) -> Result<Vec<custom_field::Model>, Invalid> {
    let same_count = stored.len() == fields.len();
    let mut rest: Vec<_> = stored.iter().collect();
    let row = |(index, field): (usize, &CustomField)| {
        let before = if same_count {
            stored.get(index)
        } else {
            let name = field.name.as_deref().map(fold);
            let found = rest.iter().position(|row| Some(&row.name_folded) == name.as_ref());
            found.map(|index| rest.remove(index))
        };
        let name = field.name.clone().or_else(|| before.map(|row| row.name.clone()));
        let name = name.ok_or_else(|| Invalid::UnknownFieldName(index + 1))?;
        let value = match &field.value {
            Some(value) => Some(value.clone()).filter(|value| !value.is_empty()),
            None => before.and_then(|row| row.value.clone()),
        };
        Ok(custom_field::Model {
            account_id: account.0,
            session_id: session,
            seq: count(index) + 1,
            name_folded: fold(&name),
            name,
            value_folded: value.as_deref().map(fold),
            value,
        })
    };
    fields.iter().enumerate().map(row).collect()
}

/// A number of things as the database counts; memory ends long before the type does.
fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
