//! A key that opens an account. The secret itself is never stored.

use sea_orm::entity::prelude::*;

/// A row of `api_key`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// Its number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account it opens.
    pub account_id: i64,
    /// What the operator calls it.
    pub label: String,
    /// The first characters of the secret, to identify keys in a list.
    pub prefix: String,
    /// SHA-256 of the secret, in hexadecimal.
    #[sea_orm(unique)]
    pub hash: String,
    /// What it may do: words separated by a space.
    pub scopes: String,
    /// When it was made.
    pub created_at: i64,
    /// When it expires, if it does.
    pub expires_at: Option<i64>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<i64>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
