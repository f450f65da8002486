//! Holds: which sessions are not removed.

use entity::{
    held_session,
    hold::{Column, Entity, Model},
    session,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, IntoSimpleExpr,
    QueryFilter, QueryOrder, QueryTrait,
    sea_query::{Expr, Query},
};

use super::{
    cluster::Row,
    database::Store,
    filter::{Target, matching},
    next_number::next_number,
    write_batch::ChangeBatch,
};
use crate::{
    domain::{filter::SessionFilter, time::Timestamp, viewer::AccountId},
    error::{Error, Result},
};

impl Store {
    /// The holds of an account, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&self, account: AccountId) -> Result<Vec<Model>> {
        let holds = Entity::find().filter(Column::AccountId.eq(account.0)).order_by_asc(Column::Id);
        let rows = self.primary_reads().rows(account, &holds.into_query()).await?;
        rows.iter().map(model).collect()
    }
}

impl ChangeBatch {
    /// Holds the stored sessions that match a filter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold(
        &self,
        filter: &SessionFilter,
        reason: &str,
        now: Timestamp,
    ) -> Result<Model> {
        let (account, transaction) = (self.account(), self.transaction());
        let hold = Model {
            account_id: account.0,
            id: next_number::<Entity>(transaction, account, (Column::AccountId, Column::Id))
                .await?,
            reason: reason.to_owned(),
            sessions: 0,
            created_at: now.micros(),
            released_at: None,
        };
        Entity::insert(hold.clone().into_active_model())
            .exec_without_returning(transaction)
            .await?;
        let backend = transaction.get_database_backend();
        let sessions = Query::select()
            .expr(Expr::cust(account.0.to_string()))
            .expr(session::Column::Id.into_simple_expr())
            .expr(Expr::cust(hold.id.to_string()))
            .from(session::Entity)
            .and_where(session::Column::AccountId.eq(account.0))
            .cond_where(matching(filter, Target::new(account, backend)))
            .take();
        use held_session::Column as Held;
        let mut insert = Query::insert();
        insert.into_table(held_session::Entity);
        insert.columns([Held::AccountId, Held::SessionId, Held::HoldId]);
        insert
            .select_from(sessions)
            .map_err(|_| Error::internal("the sessions of a hold have other columns"))?;
        let held = transaction.execute_raw(backend.build(&insert)).await?;
        let sessions = i64::try_from(held.rows_affected()).unwrap_or(i64::MAX);
        let hold = Model { sessions, ..hold };
        hold.clone().into_active_model().reset_all().update(transaction).await?;
        Ok(hold)
    }

    /// Releases a hold. Returns it, or none if there is no such hold, or it was released before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_hold(&self, id: i64, now: Timestamp) -> Result<Option<Model>> {
        let (account, transaction) = (self.account().0, self.transaction());
        let found = Entity::find_by_id((account, id)).one(transaction).await?;
        let Some(hold) = found.filter(|hold| hold.released_at.is_none()) else { return Ok(None) };
        held_session::Entity::delete_many()
            .filter(held_session::Column::AccountId.eq(account))
            .filter(held_session::Column::HoldId.eq(id))
            .exec(transaction)
            .await?;
        let hold = Model { released_at: Some(now.micros()), ..hold };
        hold.clone().into_active_model().reset_all().update(transaction).await?;
        Ok(Some(hold))
    }
}

/// The hold in a row of all columns.
fn model(row: Row<'_>) -> Result<Model> {
    Ok(Model {
        account_id: row.i64(0)?,
        id: row.i64(1)?,
        reason: row.string(2)?,
        sessions: row.i64(3)?,
        created_at: row.i64(4)?,
        released_at: row.opt_i64(5)?,
    })
}
