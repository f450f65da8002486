//! CPU time, memory, threads and descriptors of processes, from `/proc`.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

/// The unit of CPU times in `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// The fields of `/proc/PID/stat` from the third on. The second, a name, can hold any character.
fn stat(process: i32) -> Result<Vec<i64>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, rest) = text.rsplit_once(')').context("not a process's state")?;
    // The state is a letter and becomes 0.
    Ok(rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

fn ticks(stat: &[i64], fields: std::ops::Range<usize>) -> Duration {
    // proc(5) numbers the fields from 1, and `stat` begins with the third.
    let ticks: i64 = fields.filter_map(|field| stat.get(field - 3)).sum();
    TICK * u32::try_from(ticks).unwrap_or(0)
}

/// The CPU time of a process, without that of its children.
///
/// # Errors
/// When it has ended.
pub fn cpu(process: i32) -> Result<Duration> {
    Ok(ticks(&stat(process)?, 14..16))
}

/// The CPU time of the ended children of a process.
///
/// # Errors
/// When it has ended.
pub fn cpu_of_ended_children(process: i32) -> Result<Duration> {
    Ok(ticks(&stat(process)?, 16..18))
}

/// The name of a process's program, or nothing once it has ended.
pub fn name(process: i32) -> String {
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    name.trim().to_owned()
}

/// The process that started a process.
///
/// # Errors
/// When it has ended.
pub fn parent(process: i32) -> Result<i32> {
    let parent = stat(process)?.get(1).copied().context("no parent")?;
    Ok(i32::try_from(parent)?)
}

/// The CPU time of a process and of all its children, including ended ones.
///
/// # Errors
/// When it has ended.
pub fn cpu_of_family(head: i32) -> Result<Duration> {
    let mut sum = ticks(&stat(head)?, 14..18);
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // A child that has ended meanwhile is counted by its parent.
        if let Ok(stat) = stat(process)
            && stat.get(1) == Some(&i64::from(head))
        {
            sum += ticks(&stat, 14..18);
        }
    }
    Ok(sum)
}

/// The memory of a process, in KiB.
///
/// # Errors
/// When it has ended.
pub fn memory(process: i32) -> Result<u64> {
    status(process, "VmRSS:")
}

/// The memory of a process without pages of files, in KiB.
///
/// # Errors
/// When it has ended.
pub fn anonymous_memory(process: i32) -> Result<u64> {
    status(process, "RssAnon:")
}

/// The number of threads of a process.
///
/// # Errors
/// When it has ended.
pub fn threads(process: i32) -> Result<u64> {
    status(process, "Threads:")
}

/// The number of open descriptors of a process.
///
/// # Errors
/// When it has ended.
pub fn descriptors(process: i32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{process}/fd"))?.count())
}

/// The peak memory of a process since [`reset_peak`], in KiB.
///
/// # Errors
/// When it has ended.
pub fn peak(process: i32) -> Result<u64> {
    status(process, "VmHWM:")
}

/// Resets [`peak`]. If that is not permitted, the peak is that since the start of the process.
pub fn reset_peak(process: i32) {
    let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
}

fn status(process: i32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
