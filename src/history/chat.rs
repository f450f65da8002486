//! Appending messages to the chat of a stored session.

use entity::chat_message;

use super::{
    limits::{CHILDREN, Invalid, ValidRecord},
    prepared::BatchRecord,
    record::{ChatLine, Record},
    writer::{Outcome, Writer, Written},
};
use crate::{domain::time::Timestamp, error::Result, store::write_batch::SessionAggregate};

impl Writer {
    /// Appends the chat of a record to that of its stored session. The rest of the record is not used. Returns none
    /// if the session is not stored.
    ///
    /// A caller that does not know whether an earlier call was stored can repeat it. Nothing is appended if all
    /// messages follow each other in the stored chat. Otherwise messages at the beginning that equal the end of the
    /// stored chat are not appended again.
    ///
    /// # Errors
    /// When the database fails. Then nothing is stored, or all of it.
    pub async fn append_chat(&self, record: &ValidRecord) -> Result<Option<Written>> {
        self.store.retry_write(move || self.append_once(record)).await
    }

    async fn append_once(&self, record: &ValidRecord) -> Result<Option<Written>> {
        let batch = self.store.batch(self.account).await?;
        let sessions = batch.load(&[record.id]).await?;
        let Some(stored) = sessions.get(&record.id) else { return Ok(None) };
        let messages = record.chat.as_deref().unwrap_or_default();
        let new = messages.get(repeated(&stored.chat, messages)..).unwrap_or_default();
        let SessionAggregate { chat, videos, custom_fields, .. } = stored;
        let count = chat.len() + videos.len() + custom_fields.len() + new.len();
        if count > CHILDREN {
            let outcome = Outcome::Rejected(Invalid::TooManyChildren { count });
            return Ok(Some(Written { outcome, opened: false }));
        }
        let stored = chat.iter().map(line);
        let chat = Some(stored.chain(new.iter().cloned()).collect());
        let whole = Record { id: record.id, chat, ..Record::default() };
        let whole = BatchRecord { record: &whole, prepared: None };
        Ok(self.write_in(batch, sessions, &[whole]).await?.pop())
    }
}

/// How many stored messages before the last ones are compared with messages that may be repeated.
const COMPARED: usize = 1_000;

/// The number of messages at the beginning that are stored already.
fn repeated(stored: &[chat_message::Model], messages: &[ChatLine]) -> usize {
    let last = stored.len().saturating_sub(COMPARED + messages.len());
    let mut runs = stored.get(last..).unwrap_or_default().windows(messages.len().max(1));
    if runs.any(|run| run.iter().zip(messages).all(|(stored, message)| is_same(stored, message))) {
        return messages.len();
    }
    let longest = stored.len().min(messages.len());
    let is_end = |number: &usize| {
        let end = stored.iter().skip(stored.len() - number);
        end.zip(messages).all(|(stored, message)| is_same(stored, message))
    };
    (1..=longest).rev().find(is_end).unwrap_or(0)
}

/// Whether a stored message is this one, whose role may be another.
fn is_same(stored: &chat_message::Model, message: &ChatLine) -> bool {
    stored.sent_at == message.sent_at.micros()
        && stored.sender == message.sender
        && stored.body == message.body
}

/// A stored message, which keeps its role.
fn line(row: &chat_message::Model) -> ChatLine {
    ChatLine {
        // What is stored is within the calendar.
        sent_at: Timestamp::from_micros(row.sent_at).unwrap_or(Timestamp::MIN),
        sender: row.sender.clone(),
        sender_role: None,
        body: row.body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use entity::chat_message;

    use super::{ChatLine, Timestamp, repeated};

    /// Messages, each with a second and a text.
    fn stored(chat: &str) -> Vec<chat_message::Model> {
        let row = |(second, body): (usize, char)| chat_message::Model {
            account_id: 1,
            session_id: 1,
            seq: second as i64 + 1,
            sent_at: second as i64 * 1_000_000,
            sender: None,
            sender_folded: None,
            sender_role: "UNKNOWN".to_owned(),
            body: body.to_string(),
            body_folded: body.to_string(),
        };
        chat.chars().enumerate().map(row).collect()
    }

    fn sent(first: usize, chat: &str) -> Vec<ChatLine> {
        let line = |(nth, body): (usize, char)| ChatLine {
            sent_at: Timestamp::from_micros((first + nth) as i64 * 1_000_000).unwrap(),
            sender: None,
            sender_role: None,
            body: body.to_string(),
        };
        chat.chars().enumerate().map(line).collect()
    }

    #[test]
    fn messages_that_equal_the_end_of_the_chat_are_repeated_and_no_others() {
        for (chat, first, messages, expected) in [
            ("", 0, "ab", 0),
            ("ab", 2, "cd", 0),
            // The whole call again, and a part of it with more.
            ("abcd", 2, "cd", 2),
            ("abcd", 2, "cdef", 2),
            ("abcd", 0, "abcdef", 4),
            // Others followed meanwhile.
            ("abcd", 1, "bc", 2),
            // The end is not the same.
            ("abcd", 1, "bce", 0),
            ("abcd", 2, "ce", 0),
            ("abcd", 4, "", 0),
            // The same texts at other times.
            ("aaaa", 4, "aaaa", 0),
            ("aaaa", 2, "aaaa", 2),
        ] {
            let found = repeated(&stored(chat), &sent(first, messages));
            assert_eq!(found, expected, "{chat} {first} {messages}");
        }
    }
}
