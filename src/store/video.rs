//! Recordings of sessions. [`super::Reads`] reads them for many sessions at once.

use entity::video::{Column, Entity};
use sea_orm::DerivePartialModel;

use super::child::Child;
use crate::domain::filter::VideoCondition;

/// A recording as it is read.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub seq: i64,
    pub url: String,
    pub recorded_at: Option<i64>,
    pub duration_seconds: Option<i64>,
    pub size_bytes: Option<i64>,
}

impl Child for Row {
    type Table = Entity;
    type Condition = VideoCondition;
    const KEY: [Column; 3] = [Column::AccountId, Column::SessionId, Column::Seq];
}
