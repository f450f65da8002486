//! A webhook: changes of an account are sent to a URL.

use sea_orm::entity::prelude::*;

/// A row of `webhook`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The number of the webhook in the account, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Where changes are sent.
    pub url: String,
    /// Whether the receiver may be in the internal network: 0 or 1.
    pub internal: i64,
    /// The filter of the changes, in JSON. Null for all changes.
    #[sea_orm(column_type = "Text", nullable)]
    pub filter: Option<String>,
    /// The key of the signatures, in base64.
    pub secret: String,
    /// The position of the last change that was sent.
    pub position: i64,
    /// When the webhook was added.
    pub created_at: i64,
    /// When a change was last sent.
    pub delivered_at: Option<i64>,
    /// How many attempts have failed since a change was last sent.
    pub failures: i64,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
