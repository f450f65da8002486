//! The roles of chat messages that come without one.

use entity::{chat_message, session, technician};

use super::record::Record;
use crate::{domain::session::SenderRole, store::write_batch::SessionAggregate};

/// Gives roles to messages that have none: the technician's where the sender is the technician of
/// the session, the customer's where it is the customer. A role that the record gives stays.
pub(super) fn derive_roles(
    aggregate: &mut SessionAggregate,
    stored: Option<&SessionAggregate>,
    record: &Record,
    technician: Option<&technician::Model>,
) {
    let SessionAggregate { session, chat, .. } = aggregate;
    let same_people = stored.is_some_and(|stored| {
        stored.session.technician_id == session.technician_id
            && stored.session.customer_name_folded == session.customer_name_folded
            && stored.session.customer_email_folded == session.customer_email_folded
    });
    if record.chat.is_none() && same_people {
        return;
    }
    let lines = record.chat.as_deref().unwrap_or_default();
    for (index, row) in chat.iter_mut().enumerate() {
        let given = lines.get(index).is_some_and(|line| line.sender_role.is_some());
        if !given {
            derive_role(row, session, technician);
        }
    }
}

/// Gives roles to the stored messages of a session that have none.
pub(super) fn derive_stored_roles(
    aggregate: &mut SessionAggregate,
    technician: Option<&technician::Model>,
) {
    let SessionAggregate { session, chat, .. } = aggregate;
    chat.iter_mut().for_each(|row| derive_role(row, session, technician));
}

fn derive_role(
    row: &mut chat_message::Model,
    session: &session::Model,
    technician: Option<&technician::Model>,
) {
    let Some(sender) = row.sender_folded.as_deref().filter(|it| !it.is_empty()) else { return };
    if row.sender_role != SenderRole::Unknown.as_str() {
        return;
    }
    let is_technician = |it: &technician::Model| {
        it.username_folded == sender || it.name_folded.as_deref() == Some(sender)
    };
    let customer = [&session.customer_name_folded, &session.customer_email_folded];
    let role = if technician.is_some_and(is_technician) {
        SenderRole::Technician
    } else if customer.into_iter().flatten().any(|it| it == sender) {
        SenderRole::Customer
    } else {
        SenderRole::Unknown
    };
    row.sender_role = role.as_str().to_owned();
}
