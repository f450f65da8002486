//! Running the statements of a plan.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use futures_util::future::{BoxFuture, FutureExt, try_join_all};

use super::reading::{Child, Parent, Question, Reading, Slice};
use crate::{
    domain::viewer::AccountId,
    error::{Error, Result},
    store::{Column, Reads, Row, Rows, chat_message, video},
};

/// The rows of a list, with what belongs to them.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) account: AccountId,
    pub(super) rows: Rows,
    pub(super) children: Vec<Children>,
}

/// What belongs to the rows of a list.
#[derive(Debug)]
pub(super) struct Children {
    pub(super) parent: Parent,
    pub(super) table: Table,
    /// The page of each parent that has rows.
    pub(super) slices: HashMap<i64, Slice>,
    /// The page of a parent that has none.
    pub(super) none: Slice,
    /// How many rows each parent has that has any, where they are counted.
    pub(super) totals: BTreeMap<i64, u64>,
}

impl Table {
    /// Reads what belongs to those of these rows whose places are shown.
    pub(super) fn load(
        reads: &Reads,
        account: AccountId,
        reading: Reading,
        rows: Rows,
        shown: impl Iterator<Item = usize>,
    ) -> BoxFuture<'_, Result<Self>> {
        // Most rows are nobody's parents.
        let shown = if reading.children.is_empty() { Vec::new() } else { shown.collect() };
        async move {
            let shown: Vec<_> = shown.into_iter().filter_map(|place| rows.get(place)).collect();
            let children = reading.children.into_iter();
            let children = children.map(|child| Children::load(reads, account, child, &shown));
            let children = try_join_all(children).await?;
            Ok(Self { account, rows, children })
        }
        .boxed()
    }
}

impl Children {
    async fn load(reads: &Reads, account: AccountId, child: Child, of: &[Row<'_>]) -> Result<Self> {
        let Child { question, parent, reading } = child;
        let parents = of.iter().filter_map(|row| parent.of(*row).transpose());
        let mut parents = parents.collect::<Result<Vec<_>>>()?;
        parents.sort_unstable();
        parents.dedup();
        let rows = match reading.listed && !parents.is_empty() {
            true => question.rows(reads, account, &parents, &reading.columns).await?,
            false => Rows::default(),
        };
        let totals = match reading.counted && !parents.is_empty() {
            true => question.totals(reads, account, &parents).await?,
            false => BTreeMap::new(),
        };
        let slices = question.slices(&rows)?;
        let shown = slices.values().flat_map(|slice| slice.places.clone());
        let table = Table::load(reads, account, reading, rows, shown).await?;
        Ok(Self { parent, table, slices, none: question.slice(0..0), totals })
    }
}

impl Question {
    /// The rows that belong to these parents, those of one parent after those of another.
    async fn rows(
        &self,
        reads: &Reads,
        account: AccountId,
        of: &[i64],
        columns: &[Column],
    ) -> Result<Rows> {
        match self {
            Self::CustomFields => reads.custom_field_rows(account, of, columns).await,
            Self::ChatMessages(filter, page) => {
                reads.child_rows::<chat_message::Row>(account, of, filter, page, columns).await
            }
            Self::Videos(filter, page) => {
                reads.child_rows::<video::Row>(account, of, filter, page, columns).await
            }
            Self::Sessions(listing, page) => {
                reads.session_rows_by_technician(account, of, listing, page, columns).await
            }
        }
    }

    async fn totals(
        &self,
        reads: &Reads,
        account: AccountId,
        of: &[i64],
    ) -> Result<BTreeMap<i64, u64>> {
        match self {
            Self::CustomFields => Ok(BTreeMap::new()),
            Self::ChatMessages(filter, _) => {
                reads.child_counts::<chat_message::Row>(account, of, filter).await
            }
            Self::Videos(filter, _) => reads.child_counts::<video::Row>(account, of, filter).await,
            Self::Sessions(listing, _) => {
                reads.session_counts_by_technician(account, of, &listing.filter).await
            }
        }
    }

    /// Which rows are whose, by the first column.
    fn slices(&self, rows: &Rows) -> Result<HashMap<i64, Slice>> {
        let mut slices = HashMap::new();
        let mut begun: Option<(i64, usize)> = None;
        for (place, row) in rows.iter().enumerate() {
            let owner = row.key(0)?;
            match begun {
                Some((before, _)) if before == owner => {}
                _ => {
                    if let Some((before, start)) = begun {
                        slices.insert(before, self.slice(start..place));
                    }
                    if slices.contains_key(&owner) {
                        return Err(Error::internal("the rows of one parent came in two parts"));
                    }
                    begun = Some((owner, place));
                }
            }
        }
        if let Some((owner, start)) = begun {
            slices.insert(owner, self.slice(start..rows.len()));
        }
        Ok(slices)
    }

    fn slice(&self, read: Range<usize>) -> Slice {
        match self {
            Self::CustomFields => Slice { places: read, ..Slice::default() },
            Self::ChatMessages(_, page) | Self::Videos(_, page) => Slice::of(read, page),
            Self::Sessions(_, page) => Slice::of(read, page),
        }
    }
}
