//! The signals that stop a program.

use anyhow::{Result, bail};
use tokio::signal::unix::{SignalKind, signal};

/// Resolves at SIGINT or SIGTERM, with an error.
///
/// # Errors
/// Always.
pub async fn stopped() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    bail!("stopped")
}
