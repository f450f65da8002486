//! How long the gateway waits for a database.

use std::time::Duration;

/// A connection that was idle for longer is pinged before it is used.
pub(super) const PING_AFTER_IDLE: Duration = Duration::from_secs(1);
/// A ping, a rollback or a close that takes longer has failed. A connection that a firewall forgot
/// would not fail for minutes.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the end of a cancelled statement is waited for. The connection of the statement counts
/// as in use meanwhile.
pub(super) const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that is older is closed after its use, because the server's memory for it grows
/// with each statement that it prepares.
pub(super) const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// A read connection that was idle for so long is closed while others are used.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(60);
/// A probe that takes longer has failed.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// A statement that takes longer has its host probed. It goes on if the host answers.
pub(super) const PROBE_AFTER: Duration = Duration::from_secs(1);
/// The result of a probe is reused for this long, so that a thousand waiting requests cause one
/// probe.
pub(super) const PROBE_REUSE: Duration = Duration::from_millis(100);
/// The time between two probes of a host that is down.
pub(super) const PROBE_INTERVAL: Duration = Duration::from_millis(500);
/// A statement that takes longer is logged.
pub(super) const SLOW_STATEMENT: Duration = Duration::from_secs(1);

/// The timeouts of one pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// How long a caller waits for a free connection.
    pub(super) connection: Duration,
    /// How long the database works on one statement before it cancels it. None is no limit.
    pub(super) statement: Option<Duration>,
    /// How long the answer to a statement is waited for. None is no limit: a file has no host that
    /// could stop answering, and a timer for each statement has a cost.
    pub(super) answer: Option<Duration>,
}
