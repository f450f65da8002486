//! Adds sessions to the search index of an account that has none or not all of them.

use entity::{change_counter, session};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::ExprTrait,
};

use super::ChangeBatch;
use crate::{
    domain::{
        indexed::{Indexed, NO_SEARCH},
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{Store, writes::commit},
};

impl Store {
    /// Stores the sessions of an account without their words from now on.
    ///
    /// # Errors
    /// When the account has had sessions: then searches of it may be in progress.
    pub async fn omit_search(&self, account: AccountId) -> Result<()> {
        use change_counter::{Column, Entity};
        let transaction = self.begin().await?;
        let updated = Entity::update_many()
            .col_expr(Column::WordsTo, Indexed::None.stored().into())
            .filter(Column::AccountId.eq(account.0).and(Column::Position.eq(0)))
            .exec(&transaction)
            .await?;
        commit(transaction).await?;
        match updated.rows_affected {
            0 => Err(Error::input("The account has sessions already.")),
            _ => Ok(()),
        }
    }
}

impl Store {
    /// Which sessions of an account are in the search index.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn indexed(&self, account: AccountId) -> Result<Indexed> {
        use change_counter::{Column, Entity};
        let of_account = Entity::find()
            .select_only()
            .column(Column::WordsTo)
            .filter(Column::AccountId.eq(account.0))
            .into_query();
        let indexed = self.primary_reads().one(&of_account, |row| row.opt_i64(0)).await?;
        Ok(Indexed::of_stored(indexed.flatten()))
    }

    /// Checks that searches of an account are answered: that the index has all its sessions.
    ///
    /// # Errors
    /// When it has not, or the database fails.
    pub async fn check_search(&self, account: AccountId) -> Result<()> {
        match self.indexed(account).await? {
            Indexed::All => Ok(()),
            _ => Err(Error::input(NO_SEARCH)),
        }
    }
}

impl ChangeBatch {
    /// Adds the words of the next sessions to the index, at most this number of sessions. Returns how many it added;
    /// none when the index has all sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_to_index(&mut self, size: u64) -> Result<Option<u64>> {
        let Some(after) = self.log.indexed().last() else { return Ok(None) };
        let ids: Vec<i64> = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::AccountId.eq(self.account().0))
            .filter(session::Column::Id.gt(after))
            .order_by_asc(session::Column::Id)
            .limit(size)
            .into_tuple()
            .all(self.transaction())
            .await?;
        let sessions = self.load(&ids).await?;
        self.replace_words(&Vec::from_iter(sessions.values())).await?;
        let indexed = ids.last().map_or(Indexed::All, |last| Indexed::UpTo(*last));
        let Self { batch, log, .. } = self;
        log.store_indexed(&batch.transaction, indexed).await?;
        Ok(Some(ids.len() as u64))
    }
}
