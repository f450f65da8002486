//! Reading groups of sessions.

use std::sync::Arc;

use super::{
    fetch::{Fetch, FetchedColumn},
    load::{LoadedRows, Source},
};
use crate::{
    domain::{
        page::{End, PageRequest},
        statistics::{GroupColumn, GroupOrder, Statistics},
    },
    error::Result,
    store::{Rows, page_range::PageRange},
};

/// Reads a page of groups, and the number of groups on all pages. The group of all sessions follows the rows
/// of the page, if it is read.
///
/// Several statements read one state of the database.
pub(super) async fn load_groups(
    source: Source<'_>,
    statistics: &Statistics,
    page: &PageRequest,
    fetch: &Fetch,
) -> Result<(LoadedRows, PageRange, u64)> {
    let Source { account, .. } = source;
    let groups = &fetch.groups;
    let is_single = !statistics.grouping.has_zone()
        && !groups.needs_whole
        && fetch.children.is_empty()
        && fetch.needs_rows;
    let snapshot = match is_single {
        true => source.reads.clone(),
        false => source.reads.short_snapshot(account).await?,
    };
    let source = Source { reads: &snapshot, ..source };
    let columns = |is_read: fn(&FetchedColumn) -> bool| -> Vec<Option<GroupColumn>> {
        let columns = groups.columns.iter();
        columns.map(|it| is_read(it).then(|| it.column.clone())).collect()
    };
    let (mut rows, mut total) = (Rows::default(), 0);
    if fetch.needs_rows || fetch.needs_total {
        let calendar = snapshot.calendar(account, &statistics.grouping).await?;
        if fetch.needs_rows {
            let columns = columns(|it| it.of_page);
            (rows, total) = snapshot.groups(account, statistics, &calendar, page, &columns).await?;
        } else {
            total = snapshot.group_count(account, statistics, &calendar).await?;
        }
    }
    let range = PageRange::new(0..rows.len(), page);
    let mut shown: Vec<_> = range.in_order().collect();
    if groups.needs_whole {
        let whole = Statistics {
            grouping: statistics.grouping.whole(),
            having: Vec::new(),
            order: GroupOrder { name: "", by: None, ascending: true },
        };
        let calendar = snapshot.calendar(account, &whole.grouping).await?;
        let page = PageRequest { size: 1, end: End::First, after: None, before: None };
        let columns = columns(|it| it.of_whole);
        let (row, _) = snapshot.groups(account, &whole, &calendar, &page, &columns).await?;
        rows.append(row)?;
        shown.extend(rows.len().checked_sub(1));
    }
    let loaded = LoadedRows::load(source, fetch, Arc::new(rows), shown.into_iter()).await;
    Ok((loaded, range, total))
}
