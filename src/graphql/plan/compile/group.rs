//! What belongs to a group of sessions: its technician and its sessions.

use std::collections::BTreeMap;

use super::{
    super::{
        collect::CollectedField,
        fetch::{ChildFetch, Fetch, GroupColumns, ParentColumns},
        site::SiteId,
        template::RowValue,
    },
    Compiler,
};
use crate::{
    domain::statistics::{GroupColumn, Grouping, KeyField, measure::Measure},
    error::{Error, Result},
    graphql::types::session::{SESSION_CONNECTION, sessions_page_in_group},
    store::{
        query::{ChildQuery, RowKind},
        statistics::SessionsOfGroup,
    },
};

impl<'a> Compiler<'a> {
    /// The technician of a group, which is read by number for all groups together.
    pub(super) fn technician_of_group(
        &mut self,
        collected: &CollectedField<'a>,
        site: SiteId,
        fetch: &mut Fetch,
    ) -> RowValue {
        let id = fetch.group_column(GroupColumn::Key(KeyField::Technician));
        let query = ChildQuery::TechniciansByNumber;
        self.by_number((RowKind::Technician, query, id), collected, site, fetch)
    }

    /// A page of the sessions of a group, which are found by its key.
    pub(super) fn sessions_of_group(
        &mut self,
        collected: &CollectedField<'a>,
        site: SiteId,
        fetch: &mut Fetch,
    ) -> Result<RowValue> {
        let Some(grouping) = fetch.groups.grouping.clone() else {
            return Err(Error::internal("a group has no grouping"));
        };
        let (grouping, number) = match fetch.groups.is_whole {
            true => (grouping.whole(), GroupColumn::NumberOfAll),
            false => (Grouping::clone(&grouping), GroupColumn::Number),
        };
        let (order, page, cursor_group) = sessions_page_in_group(&self.arguments(collected))?;
        let group = GroupColumns {
            key: fetch.group_column(GroupColumn::EncodedKey),
            count: fetch.group_column(GroupColumn::Measure(Measure::Count)),
        };
        let id = fetch.group_column(number);
        let parent = ParentColumns { id, count: None, group: Some(group) };
        let query = SessionsOfGroup { grouping, order, page, groups: BTreeMap::new() };
        let child = fetch.child(ChildQuery::SessionsOfGroup(Box::new(query)), parent, cursor_group);
        let Some(ChildFetch { fetch, .. }) = fetch.children.get_mut(child) else {
            return Err(Error::internal("a child is missing"));
        };
        let page = self.connection(&SESSION_CONNECTION, order, collected.sets(), site, fetch);
        Ok(RowValue::Page(child, page))
    }
}
