//! Finds sessions to remove, in pages, outside of the transactions that remove them.

use super::{
    order::SESSION_ORDERS,
    query::{ListQuery, session::Listing},
    reads::Reads,
    table::SessionTable,
};
use crate::{
    domain::{
        filter::SessionFilter,
        page::{End, KeyValue, PageRequest, Position},
        viewer::AccountId,
    },
    error::Result,
};

/// The maximum number of chat messages of the sessions of a page, if it has more than one session. A transaction that
/// removes very many rows could exceed the time limit of a statement.
const MAX_MESSAGES: i64 = 50_000;

/// Some sessions that match a filter.
#[derive(Debug)]
pub struct MatchingSessions {
    /// Their numbers.
    pub ids: Vec<i64>,
    /// The position of the last of them, if others can follow.
    pub next: Option<Position>,
}

impl Reads {
    /// At most `size` sessions, fewer if their chats are very long, that match a filter, in the order of their start, after a position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matching_sessions(
        &self,
        account: AccountId,
        filter: &SessionFilter,
        after: Option<Position>,
        size: u32,
    ) -> Result<MatchingSessions> {
        let [order, ..] = &SESSION_ORDERS;
        let query = ListQuery::Sessions(Listing { filter: filter.clone(), order });
        let page = PageRequest { size, end: End::First, after, before: None };
        let columns = [SessionTable::ID, SessionTable::STARTED_AT, SessionTable::CHAT_COUNT];
        let rows = self.list(account, &query, &page, &columns).await?;
        let (mut ids, mut next, mut messages) = (Vec::new(), None, 0);
        // The list has one row more than the page, if it goes on.
        for row in rows.iter().take(size as usize) {
            let (id, start) = (row.i64(0)?, row.i64(1)?);
            messages += row.i64(2)?;
            if messages > MAX_MESSAGES && !ids.is_empty() {
                break;
            }
            ids.push(id);
            next = Some(Position(vec![KeyValue::Number(start), KeyValue::Number(id)]));
        }
        Ok(MatchingSessions { next: next.filter(|_| rows.len() > ids.len()), ids })
    }
}
