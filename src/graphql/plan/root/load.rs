//! Reading what a field of the root needs.

use std::sync::Arc;

use super::{
    super::{
        groups::load_groups,
        load::{LoadedRows, Source},
    },
    RootPlan,
};
use crate::{
    domain::page::Position,
    error::Result,
    store::{page_range::PageRange, query::ListQuery},
};

impl RootPlan {
    /// Reads what the field needs.
    pub(super) async fn load(self, source: Source<'_>) -> Result<Self> {
        let Source { reads, account, .. } = source;
        Ok(match self {
            Self::Page { query, page, fetch, template } => {
                let (rows, end) = match &query {
                    _ if !fetch.needs_rows => Default::default(),
                    ListQuery::Changes(listing) => {
                        let changes = reads.changes(account, listing, &page, &fetch.columns);
                        let changes = Box::pin(changes).await?;
                        (changes.rows, Some((changes.last_position, changes.has_more)))
                    }
                    _ => (reads.list(account, &query, &page, &fetch.columns).await?, None),
                };
                // Rows that were not cut by the page need no count.
                let whole = page.after.is_none() && page.before.is_none();
                let all = fetch.needs_rows && whole && rows.len() <= page.size as usize;
                let total = match fetch.needs_total {
                    true if all => rows.len() as u64,
                    true => reads.list_count(account, &query).await?,
                    false => 0,
                };
                let mut range = PageRange::new(0..rows.len(), &page);
                if let Some((position, has_more)) = end {
                    if !range.has_next {
                        (range.resume_at, range.has_next) = (Some(position), has_more);
                    } else if range.is_empty() {
                        // A page of no changes: it continues where it begins.
                        range.resume_at = page.after.as_ref().map_or(Some(0), Position::number);
                    }
                }
                let loaded =
                    LoadedRows::load(source, &fetch, Arc::new(rows), range.in_order()).await;
                Self::LoadedPage { template, loaded, range, total }
            }
            Self::Groups { statistics, page, fetch, template } => {
                // In a box, since every request moves the future of all kinds of fields.
                let groups = Box::pin(load_groups(source, &statistics, &page, &fetch));
                let (loaded, range, total) = groups.await?;
                Self::LoadedPage { template, loaded, range, total }
            }
            Self::Row { query, fetch, template } => {
                let rows = Arc::new(reads.row(account, &query, &fetch.columns).await?);
                let loaded = LoadedRows::load(source, &fetch, rows, 0..1).await;
                Self::LoadedRow { template, loaded }
            }
            Self::Rows { query, fetch, template } => {
                let rows = Arc::new(reads.row(account, &query, &fetch.columns).await?);
                let all = 0..rows.len();
                let loaded = LoadedRows::load(source, &fetch, rows, all).await;
                Self::LoadedRows { template, loaded }
            }
            other => other,
        })
    }
}
