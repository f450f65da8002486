//! The numbers of a session that are computed from its times and its chat.

use crate::{domain::session::SenderRole, store::write_batch::SessionAggregate};

const MICROS_OF_A_SECOND: i64 = 1_000_000;

/// Computes the numbers of a session. The roles of its messages must be known.
///
/// The first response is the earliest message of a technician. A message before the start counts as one at the
/// start.
pub(super) fn set_numbers(aggregate: &mut SessionAggregate) {
    let SessionAggregate { session, chat, .. } = aggregate;
    let seconds = |time: i64| (time - session.started_at).div_euclid(MICROS_OF_A_SECOND);
    let technician = SenderRole::Technician.as_str();
    let messages = chat.iter().filter(|message| message.sender_role == technician);
    let first = messages.map(|message| message.sent_at).min();
    session.first_response_seconds = first.map(|sent_at| seconds(sent_at).max(0));
    session.duration_seconds = session.ended_at.map(seconds);
    session.chat_count = i64::try_from(chat.len()).unwrap_or(i64::MAX);
}
