//! The process, by the names that Prometheus uses for any program.

use std::fs;

use prometheus::{IntGauge, Opts, Result};

use super::catalogue::Catalogue;

/// The process.
#[derive(Debug)]
pub(super) struct ProcessMetrics {
    open_files: IntGauge,
    max_files: IntGauge,
    resident_memory: IntGauge,
}

impl ProcessMetrics {
    pub(super) fn new(new: &Catalogue, start_seconds: i64) -> Result<Self> {
        let gauge = |name: &str, help: &str| new.add(IntGauge::with_opts(Opts::new(name, help))?);
        let start = gauge(
            "process_start_time_seconds",
            "Time at which the process started, in seconds since 1970.",
        )?;
        start.set(start_seconds);
        let build = new.gauges(
            "build_info",
            "The version of the gateway, as a label. The value is always 1.",
            &["version"],
        )?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let process = Self {
            open_files: gauge(
                "process_open_fds",
                "Open files and sockets of the process (Linux).",
            )?,
            max_files: gauge("process_max_fds", "Limit of open files of the process (Linux).")?,
            resident_memory: gauge(
                "process_resident_memory_bytes",
                "Memory of the process that is in use (Linux).",
            )?,
        };
        if let Some(files) = proc_number("limits", "Max open files") {
            process.max_files.set(files);
        }
        Ok(process)
    }

    /// Reads what the system knows of the process.
    pub(super) fn read(&self) {
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            self.open_files.set(i64::try_from(files.count()).unwrap_or(i64::MAX));
        }
        if let Some(kilobytes) = proc_number("status", "VmRSS:") {
            self.resident_memory.set(kilobytes.saturating_mul(1024));
        }
    }
}

/// The first number of a line of a file in which Linux describes the process.
fn proc_number(file: &str, line: &str) -> Option<i64> {
    let text = fs::read_to_string(format!("/proc/self/{file}")).ok()?;
    let rest = text.lines().find_map(|it| it.strip_prefix(line))?;
    rest.split_whitespace().next()?.parse().ok()
}
