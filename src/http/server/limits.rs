//! The limits of connections.

use std::time::Duration;

/// How many connections there can be, and the time limits of each.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// The maximum number of connections.
    pub max_connections: usize,
    /// The maximum number of connections of one address.
    pub max_per_address: usize,
    /// The maximum time until the head of a request is complete.
    pub head_timeout: Duration,
    /// The maximum time in which nothing of a request body arrives.
    pub body_timeout: Duration,
    /// The maximum time between two requests.
    pub idle_timeout: Duration,
    /// The maximum time in which a client reads nothing of an answer.
    pub stall_timeout: Duration,
}

impl ConnectionLimits {
    /// The shortest of the times that a connection is checked for.
    pub(super) fn shortest(&self) -> Duration {
        self.head_timeout.min(self.idle_timeout).min(self.stall_timeout)
    }
}
