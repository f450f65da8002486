//! How a session began.

use async_graphql::Enum;

/// How a session began.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::session::StartMethod")]
pub enum StartMethod {
    /// The customer started it, for example with a PIN.
    Applet,
    /// It was started through the agent that runs on the customer's computer.
    Agent,
}
