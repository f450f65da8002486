//! A relay to a server, which can forget its connections as firewalls do, and be slow to make new ones as
//! a server under load.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A relay on a port of its own.
pub struct Relay {
    /// The port.
    pub port: u16,
    forgets: watch::Sender<()>,
    ignores_new: Arc<AtomicBool>,
}

impl Relay {
    /// Starts one to a port of this machine.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let forgets = watch::Sender::new(());
        let forgotten = forgets.subscribe();
        let ignores_new = Arc::<AtomicBool>::default();
        let ignores = ignores_new.clone();
        tokio::spawn(async move {
            let mut ignored = Vec::new();
            while let Ok((caller, _)) = listener.accept().await {
                if ignores.load(Relaxed) {
                    ignored.push(caller);
                } else {
                    tokio::spawn(relay(caller, server, forgotten.clone()));
                }
            }
        });
        Self { port, forgets, ignores_new }
    }

    /// Accepts new connections and passes none of their data.
    pub fn ignore_new_connections(&self) {
        self.ignores_new.store(true, Relaxed);
    }

    /// Drops all data of the open connections without closing them.
    pub fn forget(&self) {
        self.forgets.send(()).unwrap();
    }
}

async fn relay(mut caller: TcpStream, server: u16, mut forgotten: watch::Receiver<()>) {
    forgotten.mark_unchanged();
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    tokio::select! {
        _ = copy_bidirectional(&mut caller, &mut server) => {}
        _ = forgotten.changed() => pending().await,
    }
}
