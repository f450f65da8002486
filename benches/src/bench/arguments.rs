//! The arguments of the bench.

use std::path::PathBuf;

use benches::engine::Engine;
use clap::Parser;

use crate::{documents, requests};

/// Measures the gateway and the baseline, a server written by hand for the same requests.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Database engine. On MariaDB, only imports are measured.
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) database: Engine,
    /// URL of a running database server, instead of a temporary one. The bench creates databases on
    /// it and drops them at the end.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Number of sessions.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) sessions: usize,
    /// Number of chat messages of each session with a chat.
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) messages: usize,
    /// Number of measurements of each workload on each server.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Duration of each measurement in seconds, after a short warm-up.
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// Number of concurrent connections.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) connections: usize,
    /// Workloads, separated by commas: session, page, children, deep, first, total, legacy, list, changes, search-rare,
    /// search-some, search-common, search-phrase, stats-month, stats-day, stats-customer, stats-percentile, export, export-all, import. Default: all.
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = workload)]
    pub(crate) workloads: Vec<String>,
    /// Maximum cost of a request of the gateway, for statistics of many sessions. Default: that of the gateway.
    #[arg(long, value_name = "N")]
    pub(crate) max_cost: Option<u32>,
    /// Also measure the start, the memory of an idle gateway, and 1,000 idle connections.
    #[arg(long)]
    pub(crate) idle: bool,
    /// Measure only page and children, on the gateway and on the PostGraphile that npm installed
    /// into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) postgraphile: Option<PathBuf>,
    /// Measure only the gateway, with all sessions and with this number of sessions.
    #[arg(long, value_name = "N", conflicts_with_all = ["postgraphile", "idle"])]
    pub(crate) grown_from: Option<usize>,
    /// Path of the gateway. Default: session-history in the folder of this program.
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
    /// Whether to measure a workload.
    pub(crate) fn wants(&self, name: &str) -> bool {
        match self.workloads.is_empty() {
            true => self.database != Engine::Mariadb || name == "import",
            false => self.workloads.iter().any(|wanted| wanted == name),
        }
    }

    /// Whether to measure anything that needs running servers.
    pub(crate) fn wants_serving(&self) -> bool {
        let mut names = requests::NAMES.iter().chain(&documents::NAMES);
        self.idle || names.any(|name| self.wants(name))
    }
}
