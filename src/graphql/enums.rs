//! The enum types, of fields, of arguments and of filters.

mod sender_role;
mod session_order;
mod start_method;

pub(super) use sender_role::SenderRole;
pub(super) use session_order::SessionOrder;
pub(super) use start_method::StartMethod;
