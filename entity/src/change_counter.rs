//! What changes of an account begin with: the last position in its change log, and whether words are stored.

use sea_orm::entity::prelude::*;

/// A row of `change_counter`. A transaction that changes sessions locks the row of its account first and until
/// it ends, so that the order of positions is the order of commits.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_counter")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The position of the last change; 0 before the first one.
    pub position: i64,
    /// The time of the last change; 0 before the first one.
    pub changed_at: i64,
    /// Which sessions have their words stored: null if all, -2 if none, else those up to this number, and those
    /// that changed since the first of them was done.
    pub words_to: Option<i64>,
    /// A random number of the last restore from a backup; null before the first one. Cursors of the time before are
    /// refused.
    pub epoch: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
