//! The enum types, of fields, of arguments and of filters.

mod audit_action;
mod audit_source;
mod record_outcome;
mod sender_role;
mod session_change_kind;
mod session_group;
mod session_order;
mod session_stats_order;
mod start_method;

pub(super) use audit_action::AuditAction;
pub(super) use audit_source::AuditSource;
pub(super) use record_outcome::RecordOutcome;
pub(super) use sender_role::SenderRole;
pub(super) use session_change_kind::SessionChangeKind;
pub(super) use session_group::SessionGroup;
pub(super) use session_order::SessionOrder;
pub(super) use session_stats_order::SessionStatsOrder;
pub(super) use start_method::StartMethod;
