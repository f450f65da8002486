//! `session-history sync status`.

use super::report::time;
use crate::{
    cli::output::Failure,
    domain::{
        session::StartMethod,
        sync::{SyncWindow, TimeRange},
        time::Timestamp,
        viewer::AccountId,
    },
    store::{Store, sync::SourceId},
};

/// How far the mirrors of an account, or of all, are.
pub(super) async fn lines(store: &Store, account: Option<String>) -> Result<String, Failure> {
    if let Some(name) = &account {
        store.account(name).await?;
    }
    let is_listed = |name: &str| account.as_ref().is_none_or(|it| it.trim() == name);
    let mut lines = String::new();
    for account in store.accounts().await?.into_iter().filter(|it| is_listed(&it.name)) {
        let id = AccountId(account.id);
        for source in store.sync_sources(id).await? {
            let start = format!("{}\t{}", account.name, source.address);
            let of = SourceId { account: id, source: source.id };
            if let (Some(at), Some(error)) = (source.failed_at, &source.error) {
                let at = Timestamp::from_micros(at).map(Timestamp::rfc3339).unwrap_or_default();
                lines.push_str(&format!("{start}\tERROR\t-\t-\tfailed\t{at}\t{error}\n"));
            }
            for method in StartMethod::ALL {
                for stretch in stretches(&store.sync_windows(of, method).await?) {
                    let method = method.as_str();
                    lines.push_str(&format!("{start}\t{method}\t{}\n", line(&stretch)));
                }
            }
            for missing in store.missing_sessions(of).await? {
                let state = if missing.is_confirmed { "missing" } else { "to be checked" };
                lines.push_str(&format!("{start}\tMISSING\t{}\t-\t{state}\t-\t-\n", missing.id));
            }
        }
    }
    Ok(lines)
}

/// The windows in order, the newest first, with what is not read between them. Windows side by side that were read are one,
/// with the earliest time of a read.
fn stretches(windows: &[SyncWindow]) -> Vec<SyncWindow> {
    let mut stretches: Vec<SyncWindow> = Vec::new();
    for window in windows.iter().rev() {
        if let Some(last) = stretches.last_mut() {
            let gap = TimeRange { start: window.range.end, end: last.range.start };
            let is_read = |it: &SyncWindow| it.read_at.is_some() && it.failure.is_none();
            if gap.seconds() == 0 && is_read(last) && is_read(window) {
                last.range.start = window.range.start;
                last.read_at = last.read_at.min(window.read_at);
                continue;
            }
            if gap.seconds() > 0 {
                stretches.push(SyncWindow { range: gap, read_at: None, failure: None });
            }
        }
        stretches.push(window.clone());
    }
    stretches
}

fn line(window: &SyncWindow) -> String {
    let (from, to) = (time(window.range.start), time(window.range.end));
    let error = window.failure.as_ref().map_or_else(
        || "-".to_owned(),
        |failure| format!("{} attempts failed: {}", failure.attempts, failure.error),
    );
    let (state, at) = match (window.read_at, &window.failure) {
        (Some(at), _) => ("read", time(at)),
        (None, Some(failure)) => ("failed", time(failure.retry_at)),
        (None, None) => ("not read", "-".to_owned()),
    };
    format!("{from}\t{to}\t{state}\t{at}\t{error}")
}
