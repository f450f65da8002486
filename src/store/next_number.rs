//! The numbers of the rows of an account.

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{domain::viewer::AccountId, error::Result};

/// The number after the highest of an account's rows. The columns are the account and the number.
pub(super) async fn next_number<E: EntityTrait>(
    transaction: &DatabaseTransaction,
    account: AccountId,
    (account_id, id): (E::Column, E::Column),
) -> Result<i64> {
    let last: Option<i64> = E::find()
        .select_only()
        .column(id)
        .filter(account_id.eq(account.0))
        .order_by_desc(id)
        .limit(1)
        .into_tuple()
        .one(transaction)
        .await?;
    Ok(last.unwrap_or(0) + 1)
}
