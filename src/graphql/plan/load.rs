//! Running the statements of a plan.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::{BoxFuture, FutureExt, join_all};

use super::fetch::{ChildFetch, Fetch};
use crate::{
    domain::viewer::{AccountId, CursorKey},
    error::{Error, Result},
    store::{Reads, Row, Rows, page_range::ChildRows, query::ChildQuery},
};

/// Where a plan reads, and whose rows.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) reads: &'a Reads,
    pub(super) account: AccountId,
    pub(super) cursor_key: CursorKey,
}

/// The rows of a list, with what belongs to them.
#[derive(Debug)]
pub(super) struct LoadedRows {
    pub(super) rows: Arc<Rows>,
    pub(super) children: Vec<Arc<LoadedChild>>,
}

/// What belongs to the rows of a list: a child of the plan, and what was read of it.
#[derive(Debug)]
pub(super) struct LoadedChild {
    /// The index of the column of the parent's row that identifies the parent.
    pub(super) parent: usize,
    /// The parent of the cursors among the arguments.
    pub(super) cursor_parent: Option<i64>,
    /// The rows, unless a statement failed.
    pub(super) outcome: Result<LoadedPages, Arc<Error>>,
}

/// The pages of several parents.
#[derive(Debug)]
pub(super) struct LoadedPages {
    /// Which rows are whose.
    pub(super) pages: ChildRows,
    pub(super) loaded: LoadedRows,
    /// The number of rows, on all pages together, of each parent that has any.
    pub(super) totals: BTreeMap<i64, u64>,
}

impl LoadedRows {
    /// Reads what belongs to the rows with these indexes.
    pub(super) fn load<'a>(
        source: Source<'a>,
        fetch: &'a Fetch,
        rows: Arc<Rows>,
        shown: impl Iterator<Item = usize>,
    ) -> BoxFuture<'a, Self> {
        // Most rows are parents of nothing.
        let shown: Vec<_> = if fetch.children.is_empty() { Vec::new() } else { shown.collect() };
        async move {
            let children = fetch.children.iter().map(|child| {
                let parents = shown.iter().filter_map(|index| rows.get(*index));
                LoadedChild::load(source, child, parents.collect())
            });
            let children = join_all(children).await.into_iter().map(Arc::new).collect();
            Self { rows, children }
        }
        .boxed()
    }

    /// Why a statement of what belongs to the rows failed, if one did.
    pub(super) fn failure(&self) -> Option<Arc<Error>> {
        self.children.iter().find_map(|child| match &child.outcome {
            Ok(pages) => pages.loaded.failure(),
            Err(error) => Some(error.clone()),
        })
    }
}

impl LoadedChild {
    /// Reads what belongs to these rows.
    pub(super) async fn load(source: Source<'_>, child: &ChildFetch, of: Vec<Row<'_>>) -> Self {
        let (parent, cursor_parent) = (child.parent.id, child.cursor_parent);
        let outcome = LoadedPages::load(source, child, of).await.map_err(Arc::new);
        Self { parent, cursor_parent, outcome }
    }
}

impl LoadedPages {
    async fn load(source: Source<'_>, child: &ChildFetch, of: Vec<Row<'_>>) -> Result<Self> {
        let parents = of.iter().filter_map(|row| child.parent_of(*row).transpose());
        let mut parents = parents.collect::<Result<Vec<_>>>()?;
        parents.sort_unstable();
        parents.dedup();
        let query = child.query_of(&of)?;
        Self::of_parents(source, &query, &child.fetch, &parents).await
    }

    /// Reads the pages of these parents, which are sorted.
    pub(super) async fn of_parents(
        source: Source<'_>,
        query: &ChildQuery,
        fetch: &Fetch,
        parents: &[i64],
    ) -> Result<Self> {
        let Source { reads, account, .. } = source;
        let pages = match fetch.needs_rows && !parents.is_empty() {
            true => reads.children(account, query, parents, &fetch.columns).await?,
            false => query.no_rows(),
        };
        let totals = match fetch.needs_total && !parents.is_empty() {
            true => reads.child_totals(account, query, parents).await?,
            false => BTreeMap::new(),
        };
        let loaded = LoadedRows::load(source, fetch, pages.rows.clone(), pages.shown()).await;
        Ok(Self { pages, loaded, totals })
    }
}
