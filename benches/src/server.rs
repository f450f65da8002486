//! A server under test, as a separate process.

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

/// The time limit of the start of a server.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running server. It is stopped when the value is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server and waits until it accepts connections. Its output goes to a file.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(mut command: Command, log: &Path) -> Result<Self> {
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
            if server.child.try_wait()?.is_some() || start.elapsed() > START_TIMEOUT {
                bail!("{program} does not serve: {said}");
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Its process.
    pub fn process(&self) -> i32 {
        // Only an ended process has no id.
        self.child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.start_kill();
    }
}

/// The address in the output of a server, once the line is complete.
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
