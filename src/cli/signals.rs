//! The signals of the operating system.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

/// How long the server waits for its last answers after a request to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// Returns a future that resolves some time after a request to stop, or at a second one.
pub(super) fn overdue() -> impl Future<Output = ()> {
    let first = stopped();
    async {
        first.await;
        tokio::select! {
            () = stopped() => {}
            () = tokio::time::sleep(DRAIN_TIMEOUT) => {}
        }
    }
}

/// Returns a future that resolves at a request to stop: SIGINT or SIGTERM. It gets the signals from
/// now on.
#[cfg(unix)]
pub(super) fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let mut received = signals.map(|signal| {
        Box::pin(async move {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                // Then only the other signal stops the process.
                Err(_) => std::future::pending().await,
            }
        })
    });
    async move {
        let [interrupt, terminate] = &mut received;
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

/// Returns a future that resolves at a request to stop.
#[cfg(not(unix))]
pub(super) async fn stopped() {
    // Without the signal, only a kill stops the process.
    let _ = tokio::signal::ctrl_c().await;
}

/// Something that a SIGHUP reads again.
pub(super) struct Reload {
    /// What it is, for the log.
    pub(super) name: &'static str,
    /// Notified at a SIGHUP.
    pub(super) request: Arc<Notify>,
}

/// Takes signals that would otherwise end the process, from now on, and logs them. A SIGHUP is sent by programs that
/// rotate logs or renew certificates, and when a terminal closes.
#[cfg(unix)]
pub(super) fn take_other_signals(reloads: Vec<Reload>) {
    use tokio::signal::unix::{SignalKind, signal};
    let names: Vec<_> = reloads.iter().map(|reload| reload.name).collect();
    let hangup = match names[..] {
        [] => "SIGHUP: nothing was reloaded. Settings are read at the start.".to_owned(),
        _ => format!(
            "SIGHUP: {} are read again. Other settings are read at the start.",
            names.join(" and ")
        ),
    };
    let no_effect = |name| format!("{name} has no effect.");
    let others = [
        (SignalKind::hangup(), hangup, reloads),
        (SignalKind::user_defined1(), no_effect("SIGUSR1"), Vec::new()),
        (SignalKind::user_defined2(), no_effect("SIGUSR2"), Vec::new()),
    ];
    for (kind, line, reloads) in others {
        match signal(kind) {
            Ok(mut signal) => {
                tokio::spawn(async move {
                    while signal.recv().await.is_some() {
                        tracing::info!("{line}");
                        reloads.iter().for_each(|reload| reload.request.notify_one());
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "a signal cannot be received"),
        }
    }
}

/// Other systems do not have these signals.
#[cfg(not(unix))]
pub(super) fn take_other_signals(_: Vec<Reload>) {}
