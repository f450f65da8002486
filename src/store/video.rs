//! Recordings of sessions. [`super::Reads`] reads them for many sessions at once.

use entity::video::{Column, Entity};
use sea_orm::FromQueryResult;

use super::{Column as Asked, child::Child};
use crate::domain::filter::VideoCondition;

/// A recording as it is read.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub seq: i64,
    pub url: String,
    pub recorded_at: Option<i64>,
    pub duration_seconds: Option<i64>,
    pub size_bytes: Option<i64>,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl Row {
    pub const SESSION_ID: Asked = Asked::of("video", "session_id");
    pub const SEQ: Asked = Asked::of("video", "seq");
    pub const URL: Asked = Asked::of("video", "url");
    pub const RECORDED_AT: Asked = Asked::of("video", "recorded_at");
    pub const DURATION_SECONDS: Asked = Asked::of("video", "duration_seconds");
    pub const SIZE_BYTES: Asked = Asked::of("video", "size_bytes");
}

impl Child for Row {
    type Table = Entity;
    type Condition = VideoCondition;
    const KEY: [Column; 3] = [Column::AccountId, Column::SessionId, Column::Seq];
    const ALL: &'static [Asked] = &[
        Self::SESSION_ID,
        Self::SEQ,
        Self::URL,
        Self::RECORDED_AT,
        Self::DURATION_SECONDS,
        Self::SIZE_BYTES,
    ];
}
