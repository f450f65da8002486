//! A server under test, as a process of its own.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

/// How long a server may take until it answers.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(60);

/// A server that takes connections. It ends with the value.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a server that says its address, and waits until it takes connections. What it says
    /// goes to a file, as in operation.
    pub(crate) async fn start(mut command: Command, log: &Path) -> Result<Self> {
        let out = File::create(log)?;
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command.stdout(out.try_clone()?).stderr(out).spawn();
        let child = child.with_context(|| format!("cannot run {program}"))?;
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let start = Instant::now();
        loop {
            let said = fs::read_to_string(log)?;
            if let Some(address) = address(&said) {
                server.address = address;
                if TcpStream::connect(address).await.is_ok() {
                    return Ok(server);
                }
            }
            if server.child.try_wait()?.is_some() || start.elapsed() > PROGRAM_TIMEOUT {
                bail!("{program} does not serve: {said}");
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Its process.
    pub(crate) fn process(&self) -> i32 {
        // Only a server that was waited for has none.
        self.child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.start_kill();
    }
}

/// The address that a server says it listens on, once the line is complete.
fn address(said: &str) -> Option<SocketAddr> {
    let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let mut texts = lines.filter_map(|line| {
        let gateway = line
            .strip_prefix("GraphQL ")
            .map(|rest| rest.trim().trim_start_matches("http://").trim_end_matches("/graphql"));
        gateway.or_else(|| line.strip_prefix("listening on ").map(str::trim))
    });
    texts.find_map(|text| text.parse().ok())
}
