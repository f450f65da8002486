//! The stored sessions that a source of a mirror does not have any more.

use entity::{session, sync_missing};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

use super::{cluster::Row, database::Store, sync::SourceId, writes::commit};
use crate::{domain::time::Timestamp, error::Result};

/// How many numbers of sessions a statement has.
const IDS_AT_ONCE: usize = 500;

/// A stored session that was not in the answer of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingSession {
    /// Its number.
    pub id: i64,
    /// Whether the source was asked for it by its number and does not have it.
    pub is_confirmed: bool,
}

impl Store {
    /// The stored sessions that a source does not seem to have any more, in the order of their numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing_sessions(&self, of: SourceId) -> Result<Vec<MissingSession>> {
        use sync_missing::Column;
        let stored = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::AccountId.eq(of.account.0))
            .into_query();
        let select = sync_missing::Entity::find()
            .filter(Column::AccountId.eq(of.account.0))
            .filter(Column::SourceId.eq(of.source))
            .filter(Column::SessionId.in_subquery(stored))
            .order_by_asc(Column::SessionId);
        let rows = self.primary_reads().rows(of.account, &select.into_query()).await?;
        let missing = |row: Row<'_>| {
            Ok(MissingSession { id: row.i64(2)?, is_confirmed: row.opt_i64(4)?.is_some() })
        };
        rows.iter().map(missing).collect()
    }

    /// Stores that a source was asked for a session and does not have it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_missing(&self, of: SourceId, id: i64, now: Timestamp) -> Result<()> {
        use sync_missing::Column;
        self.retry_write(async || {
            let transaction = self.begin().await?;
            sync_missing::Entity::update_many()
                .col_expr(Column::ConfirmedAt, Expr::value(now.micros()))
                .filter(Column::AccountId.eq(of.account.0))
                .filter(Column::SourceId.eq(of.source))
                .filter(Column::SessionId.eq(id))
                .exec(&transaction)
                .await?;
            commit(transaction).await
        })
        .await
    }

    /// Stores that a source does not have these sessions any more, and that it has those.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_missing(
        &self,
        of: SourceId,
        missing: &[i64],
        present: &[i64],
        now: Timestamp,
    ) -> Result<()> {
        self.retry_write(async || {
            let transaction = self.begin().await?;
            for ids in present.chunks(IDS_AT_ONCE) {
                sync_missing::Entity::delete_many()
                    .filter(sync_missing::Column::AccountId.eq(of.account.0))
                    .filter(sync_missing::Column::SourceId.eq(of.source))
                    .filter(sync_missing::Column::SessionId.is_in(ids.iter().copied()))
                    .exec(&transaction)
                    .await?;
            }
            for ids in missing.chunks(IDS_AT_ONCE) {
                insert_missing(&transaction, of, ids, now).await?;
            }
            commit(transaction).await
        })
        .await
    }
}

async fn insert_missing(
    transaction: &DatabaseTransaction,
    of: SourceId,
    ids: &[i64],
    now: Timestamp,
) -> Result<()> {
    use sync_missing::{Column, Entity, Model};
    let row = |id: &i64| {
        let (account_id, source_id) = (of.account.0, of.source);
        let (noticed_at, confirmed_at) = (now.micros(), None);
        Model { account_id, source_id, session_id: *id, noticed_at, confirmed_at }
            .into_active_model()
    };
    // What is noticed again was noticed before.
    let key = [Column::AccountId, Column::SourceId, Column::SessionId];
    let known = OnConflict::columns(key).do_nothing_on(key).to_owned();
    let insert = Entity::insert_many(ids.iter().map(row)).on_conflict(known);
    insert.exec_without_returning(transaction).await?;
    Ok(())
}
