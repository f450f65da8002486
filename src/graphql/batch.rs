//! The loaders' batches, run in the task of the request that they belong to.
//!
//! So all that waits for a batch goes on together, and asks for what it needs next together. In
//! tasks of their own, on other threads, batches would wake what waits one by one, and the next
//! batches would fall apart. And nothing goes on for a caller who has hung up.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
};

use futures_util::{
    StreamExt,
    stream::FuturesUnordered,
    task::{FutureObj, Spawn, SpawnError},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Batch = FutureObj<'static, ()>;

/// Takes batches to be run.
#[derive(Debug)]
pub(super) struct Spawner(UnboundedSender<Batch>);

/// The batches of a request, none of which runs yet.
#[derive(Debug)]
pub(super) struct Batches(UnboundedReceiver<Batch>);

/// A request's batches, and where they are taken.
pub(super) fn batches() -> (Spawner, Batches) {
    let (sender, receiver) = unbounded_channel();
    (Spawner(sender), Batches(receiver))
}

impl Spawn for Spawner {
    fn spawn_obj(&self, batch: Batch) -> Result<(), SpawnError> {
        self.0.send(batch).map_err(|_| SpawnError::shutdown())
    }
}

impl Batches {
    /// Runs the batches beside the answer that needs them.
    pub(super) async fn beside<T>(mut self, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        let mut running = FuturesUnordered::new();
        poll_fn(|context| {
            self.run(&mut running, context);
            answer.as_mut().poll(context)
        })
        .await
    }

    /// Takes every batch as far as it goes for now.
    fn run(&mut self, running: &mut FuturesUnordered<Batch>, context: &mut Context<'_>) {
        loop {
            while let Poll::Ready(Some(batch)) = self.0.poll_recv(context) {
                running.push(batch);
            }
            if !matches!(running.poll_next_unpin(context), Poll::Ready(Some(()))) {
                return;
            }
        }
    }
}
