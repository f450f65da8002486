//! What a caller may read: lists, rows by their keys, and what belongs to other rows.

use std::collections::BTreeMap;

use super::{
    child::Child,
    cluster::Rows,
    column::{ColumnRef, index_of},
    order::{self, Order},
    page_range::ChildRows,
    reads::Reads,
    statistics::SessionsOfGroup,
    table::{
        ChatMessageTable, CustomFieldTable, LegacyUsageTable, SessionTable, TechnicianTable,
        VideoTable,
    },
};
use crate::{
    domain::{
        filter::{ChatMessageFilter, TechnicianFilter, VideoFilter},
        page::PageRequest,
        viewer::AccountId,
    },
    error::{Error, Result},
};

mod audit_event;
mod by_key;
mod change;
mod child;
mod custom_field;
mod hold;
mod key;
mod legacy_usage;
pub(super) mod session;
mod technician;

pub use change::ChangeRows;
pub use key::{FoundRows, RowKey, RowKind};
pub use session::Listing;

/// A list of the account.
#[derive(Debug)]
pub enum ListQuery {
    /// Sessions.
    Sessions(Listing),
    /// Technicians.
    Technicians(TechnicianFilter),
    /// The last changes of sessions.
    Changes(Listing),
    /// The audit.
    AuditEvents,
    /// The holds.
    Holds,
}

/// A row of the account that is found by something else than its key, or rows without pages.
#[derive(Debug)]
pub enum RowQuery {
    /// A technician, by user name in any letter case.
    TechnicianByUsername(String),
    /// The calls of the legacy URL since a day, which are many rows.
    LegacyUsage(i64),
    /// The names of the custom fields that are in use, which are many rows.
    CustomFieldNames,
}

/// Rows that belong to a row.
#[derive(Clone, Debug, PartialEq)]
pub enum ChildQuery {
    /// The custom fields of a session.
    CustomFields,
    /// A page of the chat messages of a session.
    ChatMessages(ChatMessageFilter, PageRequest),
    /// A page of the recordings of a session.
    Videos(VideoFilter, PageRequest),
    /// The technicians with these numbers.
    TechniciansByNumber,
    /// The sessions with these numbers.
    SessionsByNumber,
    /// A page of the sessions of a technician.
    SessionsOfTechnician(Listing, PageRequest),
    /// A page of the sessions of a group.
    SessionsOfGroup(Box<SessionsOfGroup>),
}

impl ListQuery {
    /// The order of the rows.
    pub fn order(&self) -> &'static Order {
        match self {
            Self::Sessions(listing) | Self::Changes(listing) => listing.order,
            Self::Technicians(_) => &order::TECHNICIANS,
            Self::AuditEvents => &order::AUDIT_EVENTS,
            Self::Holds => &order::HOLDS,
        }
    }
}

impl Reads {
    /// These columns of a page of a list, in one statement: from the requested end, one row more
    /// than requested if the list continues.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        account: AccountId,
        query: &ListQuery,
        page: &PageRequest,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        // A request may ask only whether there are rows.
        let columns = if columns.is_empty() { query.order().key } else { columns };
        match query {
            ListQuery::Sessions(listing) => {
                self.session_rows(account, listing, page, columns).await
            }
            ListQuery::Technicians(filter) => {
                self.technician_rows(account, filter, page, columns).await
            }
            ListQuery::AuditEvents => self.audit_event_rows(account, page, columns).await,
            ListQuery::Holds => self.hold_rows(account, page, columns).await,
            ListQuery::Changes(listing) => self.change_rows(account, listing, page, columns).await,
        }
    }

    /// The number of rows of a list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_count(&self, account: AccountId, query: &ListQuery) -> Result<u64> {
        match query {
            ListQuery::Sessions(listing) => self.session_count(account, &listing.filter).await,
            ListQuery::Technicians(filter) => self.technician_count(account, filter).await,
            ListQuery::AuditEvents => self.audit_event_count(account).await,
            ListQuery::Holds => self.hold_count(account).await,
            ListQuery::Changes(_) => Err(Error::internal("changes are not counted")),
        }
    }

    /// These columns of a row, which is one or none, or of rows without pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row(
        &self,
        account: AccountId,
        query: &RowQuery,
        columns: &[ColumnRef],
    ) -> Result<Rows> {
        match query {
            RowQuery::TechnicianByUsername(username) => {
                // A request may ask only whether there is a row.
                let id = [TechnicianTable::ID];
                let columns = if columns.is_empty() { &id } else { columns };
                self.technician_rows_by_username(account, username, columns).await
            }
            RowQuery::LegacyUsage(since) => {
                let key = [LegacyUsageTable::KEY_ID];
                let columns = if columns.is_empty() { &key } else { columns };
                self.legacy_usage_rows(account, *since, columns).await
            }
            RowQuery::CustomFieldNames => self.custom_field_names(account).await,
        }
    }

    /// These columns of what belongs to each of these parents, in one statement, or in a few for
    /// very many parents.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn children(
        &self,
        account: AccountId,
        query: &ChildQuery,
        parents: &[i64],
        columns: &[ColumnRef],
    ) -> Result<ChildRows> {
        match query {
            ChildQuery::CustomFields => {
                let mut columns = columns.to_vec();
                let parent = index_of(&mut columns, CustomFieldTable::SESSION_ID);
                let rows = self.custom_field_rows(account, parents, &columns).await?;
                ChildRows::group(rows, parent, None)
            }
            ChildQuery::ChatMessages(filter, page) => {
                let page = (filter, page);
                self.child_rows::<ChatMessageTable>(account, parents, page, columns).await
            }
            ChildQuery::Videos(filter, page) => {
                self.child_rows::<VideoTable>(account, parents, (filter, page), columns).await
            }
            ChildQuery::TechniciansByNumber => {
                let mut columns = columns.to_vec();
                let parent = index_of(&mut columns, TechnicianTable::ID);
                let select = technician::select_by_id(self.backend(), account, parents, &columns);
                ChildRows::group(self.rows(account, &select).await?, parent, None)
            }
            ChildQuery::SessionsByNumber => {
                let mut columns = columns.to_vec();
                let parent = index_of(&mut columns, SessionTable::ID);
                let select = session::select_by_id(self.backend(), account, parents, &columns);
                ChildRows::group(self.rows(account, &select).await?, parent, None)
            }
            ChildQuery::SessionsOfTechnician(listing, page) => {
                self.session_rows_by_technician(account, parents, listing, page, columns).await
            }
            ChildQuery::SessionsOfGroup(query) => {
                self.session_rows_by_group(account, parents, query, columns).await
            }
        }
    }

    /// The number of rows, on all pages together, of each of these parents that has any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn child_totals(
        &self,
        account: AccountId,
        query: &ChildQuery,
        parents: &[i64],
    ) -> Result<BTreeMap<i64, u64>> {
        match query {
            ChildQuery::CustomFields
            | ChildQuery::TechniciansByNumber
            | ChildQuery::SessionsByNumber => Ok(BTreeMap::new()),
            ChildQuery::ChatMessages(filter, _) => {
                self.child_counts::<ChatMessageTable>(account, parents, filter).await
            }
            ChildQuery::Videos(filter, _) => {
                self.child_counts::<VideoTable>(account, parents, filter).await
            }
            ChildQuery::SessionsOfTechnician(listing, _) => {
                self.session_counts_by_technician(account, parents, &listing.filter).await
            }
            ChildQuery::SessionsOfGroup(query) => Ok(query.counts(parents)),
        }
    }
}

impl ChildQuery {
    /// The order of the rows, where they have cursors.
    pub fn order(&self) -> Option<&'static Order> {
        match self {
            Self::CustomFields | Self::TechniciansByNumber | Self::SessionsByNumber => None,
            Self::ChatMessages(..) => Some(ChatMessageTable::ORDER),
            Self::Videos(..) => Some(VideoTable::ORDER),
            Self::SessionsOfTechnician(listing, _) => Some(listing.order),
            Self::SessionsOfGroup(query) => Some(query.order),
        }
    }

    /// The page, unless all rows are read.
    pub fn page(&self) -> Option<&PageRequest> {
        match self {
            Self::CustomFields | Self::TechniciansByNumber | Self::SessionsByNumber => None,
            Self::ChatMessages(_, page)
            | Self::Videos(_, page)
            | Self::SessionsOfTechnician(_, page) => Some(page),
            Self::SessionsOfGroup(query) => Some(&query.page),
        }
    }

    /// The page, to change it.
    pub fn page_mut(&mut self) -> Option<&mut PageRequest> {
        match self {
            Self::CustomFields | Self::TechniciansByNumber | Self::SessionsByNumber => None,
            Self::ChatMessages(_, page)
            | Self::Videos(_, page)
            | Self::SessionsOfTechnician(_, page) => Some(page),
            Self::SessionsOfGroup(query) => Some(&mut query.page),
        }
    }

    /// The rows of parents that have none.
    pub fn no_rows(&self) -> ChildRows {
        ChildRows::empty(self.page())
    }
}
