//! One tenant.

use sea_orm::entity::prelude::*;

/// A row of `account`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Its number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its name, unique.
    #[sea_orm(unique)]
    pub name: String,
    /// When it was made.
    pub created_at: i64,
    /// After how many months sessions are deleted, if they are.
    pub retention_months: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
