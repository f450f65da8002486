//! A mirror out of its settings.

use std::{fs, path::Path, sync::Arc, time::Duration};

use crate::{
    cli::{legacy_profile, output::Failure, secret::read_secret_file},
    config::{Period, SyncFile, SyncMethod, SyncSource},
    domain::{
        audit::AuditSource,
        session::StartMethod,
        time::{Clock, Timestamp},
    },
    history::writer::{Writer, WriterAudit},
    store::Store,
    sync::{
        mirror::{Mirror, MirrorSettings},
        source::{Source, SourceOptions},
    },
};

/// How often the sources of a file are read.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// The mirrors of a file.
pub(in crate::cli) async fn mirrors(
    store: &Store,
    path: &Path,
    clock: Clock,
) -> Result<Vec<Mirror>, Failure> {
    let named = |error: String| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    let mut mirrors = Vec::new();
    for source in SyncFile::parse(&text).map_err(named)?.sources {
        let every = source.every.unwrap_or(Period(EVERY)).0;
        let built = mirror(store, &source, Some(every), clock).await;
        mirrors.push(built.map_err(|error| named(error.to_string()))?);
    }
    Ok(mirrors)
}

fn method(method: SyncMethod) -> StartMethod {
    match method {
        SyncMethod::Applet => StartMethod::Applet,
        SyncMethod::Agent => StartMethod::Agent,
    }
}

/// The mirror of a source.
pub(super) async fn mirror(
    store: &Store,
    settings: &SyncSource,
    every: Option<Duration>,
    clock: Clock,
) -> Result<Mirror, Failure> {
    let account = store.account(&settings.account).await?;
    let profile = legacy_profile::load(&settings.legacy_profile)?;
    let key = read_secret_file(&settings.key_file, "key")?;
    let options = SourceOptions {
        certificates: settings.ca_file.as_deref(),
        read_timeout: settings.read_timeout.0,
        answer_timeout: settings.answer_timeout.0,
        max_bytes: settings.max_answer_bytes,
        offset_seconds: profile.offset_seconds(),
        json: settings.json,
        clock,
    };
    let since = settings.since.map(|day| day.0.to_string());
    Ok(Mirror {
        source: Source::new(settings.from.0.clone(), key, &options)?,
        writer: Writer {
            store: store.clone(),
            account,
            start_method: StartMethod::Applet,
            restore_removed: settings.restore_deleted,
            audit: WriterAudit::EachBatch(AuditSource::Sync),
            clock,
        },
        style: Arc::new(legacy_profile::document_style(&profile)),
        settings: MirrorSettings {
            since: since.and_then(|day| Timestamp::parse_civil(&day)),
            every,
            overlap: settings.overlap.0,
            patience: settings.patience.0,
            target: settings.sessions_per_request,
            remove_missing: settings.remove_missing,
            start_method: settings.start_method.map(method),
        },
    })
}
