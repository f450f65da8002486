//! What goes on after a connection has changed its protocol.

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

/// Where the handler of a request leaves what runs on the connection after its answer. The task of the connection
/// runs it, so that its time limits and the stop of the server hold for it too.
#[derive(Clone, Debug)]
pub(in crate::http) struct UpgradeSlot(mpsc::Sender<BoxFuture<'static, ()>>);

/// The other end of a slot.
pub(super) struct Upgraded(mpsc::Receiver<BoxFuture<'static, ()>>);

/// A slot for one connection.
pub(super) fn upgrade_slot() -> (UpgradeSlot, Upgraded) {
    let (sender, receiver) = mpsc::channel(1);
    (UpgradeSlot(sender), Upgraded(receiver))
}

impl UpgradeSlot {
    /// Leaves what runs on the connection.
    pub(in crate::http) fn fill(&self, run: BoxFuture<'static, ()>) {
        // It fails only if the connection has ended.
        let _ = self.0.try_send(run);
    }
}

impl Upgraded {
    /// Returns what a handler left. None if no handler can leave anything any more.
    pub(super) async fn next(&mut self) -> Option<BoxFuture<'static, ()>> {
        self.0.recv().await
    }
}
