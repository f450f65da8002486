//! Rows by their keys, for all fields of the root together: one statement a kind.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{
    fetch::{ChildFetch, Fetch},
    load::{LoadedChild, LoadedRows, Source},
};
use crate::{
    error::{Error, Result},
    store::{
        ColumnRef,
        query::{FoundRows, RowKey, RowKind},
    },
};

/// What all fields of the root read by key.
#[derive(Debug, Default)]
pub(super) struct Lookups(Vec<Lookup>);

/// What is read of one kind.
#[derive(Debug)]
struct Lookup {
    kind: RowKind,
    keys: Vec<RowKey>,
    columns: Vec<ColumnRef>,
    /// What belongs to the rows, and to which of them.
    children: Vec<(ChildFetch, Vec<RowKey>)>,
}

/// The children of one selection, as indexes of the children of its kind.
pub(super) type ChildIndexes = Vec<usize>;

/// What was read of each kind.
#[derive(Debug, Default)]
pub(super) struct FoundObjects(Vec<(RowKind, Result<Found, Arc<Error>>)>);

/// What was read of one kind.
#[derive(Debug)]
struct Found {
    rows: FoundRows,
    children: Vec<Arc<LoadedChild>>,
}

impl Lookups {
    /// Adds keys of a kind. `compile` turns one selection of their rows into what is read of them.
    pub(super) fn add<T>(
        &mut self,
        kind: RowKind,
        keys: &[RowKey],
        compile: impl FnOnce(&mut Fetch) -> T,
    ) -> (T, ChildIndexes) {
        let index = self.0.iter().position(|lookup| lookup.kind == kind).unwrap_or_else(|| {
            let (keys, columns, children) = (Vec::new(), Vec::new(), Vec::new());
            self.0.push(Lookup { kind, keys, columns, children });
            self.0.len() - 1
        });
        let mut fetch = Fetch::default();
        let Some(lookup) = self.0.get_mut(index) else { return (compile(&mut fetch), Vec::new()) };
        fetch.columns = std::mem::take(&mut lookup.columns);
        let compiled = compile(&mut fetch);
        lookup.columns = fetch.columns;
        lookup.keys.extend(keys);
        let children = fetch.children.into_iter().map(|child| {
            match lookup.children.iter_mut().position(|(known, _)| *known == child) {
                Some(index) => {
                    if let Some((_, of)) = lookup.children.get_mut(index) {
                        of.extend(keys);
                    }
                    index
                }
                None => {
                    lookup.children.push((child, keys.to_vec()));
                    lookup.children.len() - 1
                }
            }
        });
        let children = children.collect();
        (compiled, children)
    }

    /// What belongs to the rows, and the number of the rows that it belongs to.
    pub(super) fn children(&self) -> impl Iterator<Item = (&ChildFetch, u64)> {
        let children = self.0.iter().flat_map(|lookup| &lookup.children);
        children.map(|(child, of)| (child, of.len() as u64))
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the rows of all kinds, and what belongs to them.
    pub(super) async fn load(self, source: Source<'_>) -> FoundObjects {
        let loads = self.0.into_iter().map(|lookup| async move {
            (lookup.kind, lookup.load(source).await.map_err(Arc::new))
        });
        FoundObjects(join_all(loads).await)
    }
}

impl Lookup {
    async fn load(mut self, source: Source<'_>) -> Result<Found> {
        self.keys.sort_unstable();
        self.keys.dedup();
        let Source { reads, account, .. } = source;
        let rows = reads.rows_by_key(account, self.kind, &self.keys, &self.columns).await?;
        let children = self.children.iter().map(|(child, of)| {
            let of = of.iter().filter_map(|key| rows.rows.get(rows.index(*key)?));
            LoadedChild::load(source, child, of.collect())
        });
        let children = join_all(children).await.into_iter().map(Arc::new).collect();
        Ok(Found { rows, children })
    }
}

impl FoundObjects {
    /// The row of a key, with what belongs to it; none where the account does not have it.
    pub(super) fn object(
        &self,
        kind: RowKind,
        key: RowKey,
        children: &ChildIndexes,
    ) -> Result<Option<(LoadedRows, usize)>, Arc<Error>> {
        let found = self.0.iter().find(|(known, _)| *known == kind);
        let Some((_, found)) = found else { return Ok(None) };
        let found = found.as_ref().map_err(Arc::clone)?;
        let Some(index) = found.rows.index(key) else { return Ok(None) };
        let children = children.iter().filter_map(|child| found.children.get(*child).cloned());
        let loaded = LoadedRows { rows: found.rows.rows.clone(), children: children.collect() };
        Ok(Some((loaded, index)))
    }
}
