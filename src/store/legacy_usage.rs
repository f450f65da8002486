//! How often each key calls the legacy URL.

use entity::{
    account, api_key,
    legacy_usage::{ActiveModel, Column, Entity},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict},
};

use super::{cluster::Row, database::Store, writes::commit};
use crate::{
    domain::{
        legacy_usage::{CallCount, CallShape, KeyCalls},
        time::Timestamp,
        viewer::AccountId,
    },
    error::{Error, Result},
};

/// The days for which calls are stored.
pub const MAX_DAYS: i64 = 400;

impl Store {
    /// Adds calls of a key, and deletes its calls of days that are long past, in one transaction.
    ///
    /// # Errors
    /// When the database fails, or the key has been deleted. Nothing is added then.
    pub async fn add_legacy_calls(
        &self,
        account: AccountId,
        key: i64,
        calls: &[CallCount],
    ) -> Result<()> {
        let transaction = self.begin().await?;
        for count in calls {
            let (added, last) =
                (i64::try_from(count.calls).unwrap_or(i64::MAX), count.last.micros());
            let row = ActiveModel {
                account_id: Set(account.0),
                key_id: Set(key),
                day: Set(count.day),
                format: Set(count.shape.format.clone()),
                vars: Set(count.shape.vars.clone()),
                filters: Set(count.shape.filters.clone()),
                calls: Set(added),
                last_at: Set(last),
            };
            let stored = |column: Column| Expr::col((Entity, column));
            // Another gateway may have written a later one.
            let later = CaseStatement::new()
                .case(stored(Column::LastAt).lt(last), last)
                .finally(stored(Column::LastAt));
            let added = OnConflict::columns([
                Column::AccountId,
                Column::KeyId,
                Column::Day,
                Column::Format,
                Column::Vars,
                Column::Filters,
            ])
            .value(Column::Calls, stored(Column::Calls).add(added))
            .value(Column::LastAt, later)
            .to_owned();
            Entity::insert(row).on_conflict(added).exec_without_returning(&transaction).await?;
        }
        let today = calls.iter().map(|count| count.day).max().unwrap_or_default();
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::KeyId.eq(key))
            .filter(Column::Day.lt(today - MAX_DAYS))
            .exec(&transaction)
            .await?;
        commit(transaction).await
    }

    /// The calls of each key since a day, of one account or of all. They are sorted by account and key, then
    /// by number of calls, the largest number first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn legacy_calls(
        &self,
        account: Option<AccountId>,
        since: i64,
    ) -> Result<Vec<KeyCalls>> {
        let mut select = Entity::find()
            .select_only()
            .columns([
                Column::AccountId,
                Column::KeyId,
                Column::Format,
                Column::Vars,
                Column::Filters,
            ])
            .column_as(sum_of_calls(self.hosts().backend()), "calls")
            .column_as(Column::LastAt.max(), "last_at")
            .column_as(account::Column::Name, "account_name")
            .column_as(api_key::Column::Label, "label")
            .join(
                JoinType::InnerJoin,
                Entity::belongs_to(account::Entity)
                    .from(Column::AccountId)
                    .to(account::Column::Id)
                    .into(),
            )
            .join(
                JoinType::InnerJoin,
                Entity::belongs_to(api_key::Entity)
                    .from(Column::KeyId)
                    .to(api_key::Column::Id)
                    .into(),
            )
            .filter(Column::Day.gte(since))
            .group_by(Column::AccountId)
            .group_by(account::Column::Name)
            .group_by(Column::KeyId)
            .group_by(api_key::Column::Label)
            .group_by(Column::Format)
            .group_by(Column::Vars)
            .group_by(Column::Filters);
        if let Some(account) = account {
            select = select.filter(Column::AccountId.eq(account.0));
        }
        let rows = self.primary_reads().internal_rows(&select.into_query()).await?;
        let mut sums = rows.iter().map(key_calls).collect::<Result<Vec<_>>>()?;
        sums.sort_by(|one, other| {
            let key = |it: &KeyCalls| (it.account_name.clone(), it.key);
            key(one)
                .cmp(&key(other))
                .then(other.calls.cmp(&one.calls))
                .then_with(|| one.shape.cmp(&other.shape))
        });
        Ok(sums)
    }
}

/// The number of calls of several rows. On servers, a sum has another type than its column.
pub(super) fn sum_of_calls(backend: DbBackend) -> Expr {
    let integer = if backend == DbBackend::MySql { "signed" } else { "bigint" };
    Expr::col((Entity, Column::Calls)).sum().cast_as(Alias::new(integer))
}

/// The calls in a row of [`Store::legacy_calls`].
fn key_calls(row: Row<'_>) -> Result<KeyCalls> {
    let shape = CallShape { format: row.string(2)?, vars: row.string(3)?, filters: row.string(4)? };
    let last = Timestamp::from_micros(row.i64(6)?);
    Ok(KeyCalls {
        account: AccountId(row.i64(0)?),
        key: row.i64(1)?,
        shape,
        calls: row.i64(5)?.unsigned_abs(),
        last: last.ok_or_else(|| Error::internal("a time is out of range"))?,
        account_name: row.string(7)?,
        label: row.string(8)?,
    })
}
