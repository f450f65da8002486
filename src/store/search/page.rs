//! A page of the sessions that match a search, in the order of their starts, without reading all that match.

use sea_orm::{DbBackend, sea_query::SelectStatement};

use crate::{
    domain::{
        filter::{SessionFilter, index::SessionIndex},
        page::{KeyValue, PageRequest},
        search::{Search, SearchPlan},
        time::Timestamp,
    },
    store::{filter::Target, keyset::Key, order::Order as ListOrder},
};

/// A page of sessions that match a search.
pub(in crate::store) struct SearchPage<'a> {
    pub(super) target: Target,
    /// The search that the index answers.
    pub(super) search: &'a Search,
    /// The other conditions. Searches are tests of the words of a session.
    pub(super) filter: SessionFilter,
    /// Whether only the words of a session tell whether it is in the page.
    pub(super) is_of_words: bool,
    /// The first and the last start of sessions between the cursors and in the range of starts.
    pub(super) starts: [Option<i64>; 2],
    pub(super) key: Key,
    pub(super) page: &'a PageRequest,
}

impl<'a> SearchPage<'a> {
    /// The page, if the index has the sessions in the order of the page, and no other index finds few.
    pub(in crate::store) fn new(
        target: Target,
        filter: &'a SessionFilter,
        order: &ListOrder,
        page: &'a PageRequest,
    ) -> Option<Self> {
        if target.backend == DbBackend::MySql || order.index != SessionIndex::Start {
            return None;
        }
        let search = filter.search_in_order()?;
        let (from, to) = filter.start_range();
        let (mut from, mut to) = (from.map(Timestamp::micros), to.map(Timestamp::micros));
        for (position, is_from) in
            [(&page.after, order.ascending), (&page.before, !order.ascending)]
        {
            match position.as_ref().and_then(|position| position.0.first()) {
                Some(KeyValue::Number(start)) if is_from => {
                    from = from.into_iter().chain([*start]).max();
                }
                Some(KeyValue::Number(start)) => to = to.into_iter().chain([*start]).min(),
                _ => {}
            }
        }
        // The words of each session are tested.
        let filter = filter.without_search_in_order().plan_searches(|_| SearchPlan::TEST_EACH);
        let is_of_words =
            filter.has_only_searches() && page.after.is_none() && page.before.is_none();
        Some(Self {
            target,
            search,
            filter,
            is_of_words,
            starts: [from, to],
            key: Key::of(order, target.backend),
            page,
        })
    }

    /// The search that the index answers.
    pub(in crate::store) fn search(&self) -> &Search {
        self.search
    }

    /// Sessions whose first are the page and one session more, sorted.
    pub(in crate::store) fn select(&self) -> SelectStatement {
        match self.target.backend {
            DbBackend::Sqlite => self.select_in_file(),
            _ => self.select_by_start(),
        }
    }
}
