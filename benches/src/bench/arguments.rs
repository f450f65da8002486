//! What the person who measures can choose.

use std::path::PathBuf;

use benches::kind::Kind;
use clap::Parser;

use crate::{documents, requests};

/// Measures the gateway beside a server written by hand for the same requests.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The kind of database. On MariaDB imports alone are measured.
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) database: Kind,
    /// An existing database server, on which databases of the bench's own are made and dropped
    /// again, in place of a throw-away one.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// How many sessions are stored.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) sessions: usize,
    /// How many chat messages each session has, where it has a chat.
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) messages: usize,
    /// How often each workload is measured on each server.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How long each time, after a short warm-up.
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// How many connections ask at once.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) connections: usize,
    /// Only these: session, page, children, deep, first, total, legacy, export, export-all,
    /// import. All by default.
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = workload)]
    pub(crate) workloads: Vec<String>,
    /// Also measure a start, a gateway at rest, and a gateway with a thousand idle connections.
    #[arg(long)]
    pub(crate) idle: bool,
    /// In place of all workloads: pages and children on PostGraphile, which npm installed into
    /// this folder, beside the gateway.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) peer: Option<PathBuf>,
    /// In place of all else: the gateway beside itself with only so many sessions in the account.
    #[arg(long, value_name = "N", conflicts_with_all = ["peer", "idle"])]
    pub(crate) grown_from: Option<usize>,
    /// The gateway's program; by default the one beside this program.
    #[arg(long, value_name = "PATH")]
    pub(crate) gateway: Option<PathBuf>,
}

fn workload(text: &str) -> Result<String, String> {
    let known = requests::NAMES.iter().chain(&documents::NAMES).chain(&["import"]);
    let mut known = known.copied();
    match known.any(|name| name == text) {
        true => Ok(text.to_owned()),
        false => Err("there is no workload of that name".to_owned()),
    }
}

impl Arguments {
    /// Whether a workload is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        match self.workloads.is_empty() {
            true => self.database != Kind::Mariadb || name == "import",
            false => self.workloads.iter().any(|wanted| wanted == name),
        }
    }

    /// Whether anything is to be measured that needs servers.
    pub(crate) fn wants_serving(&self) -> bool {
        let mut names = requests::NAMES.iter().chain(&documents::NAMES);
        self.idle || names.any(|name| self.wants(name))
    }
}
