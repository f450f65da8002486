//! A job that one gateway at a time does.

use sea_orm::entity::prelude::*;

/// A row of `job`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The gateway that does it, or did it last.
    pub holder: String,
    /// Until when no other gateway does it.
    pub leased_until: i64,
    /// When it was last done.
    pub finished_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
