//! The database: whether it answers, its server, its schema, its jobs, its accounts, and what they exchange.

use std::path::Path;

#[cfg(unix)]
use super::files;
use super::{finding::Findings, keys, transfers};
use crate::{
    cli::{database::connect_existing, output::describe},
    config,
    domain::{
        indexed::Indexed,
        time::{Clock, Timestamp},
    },
    error::Result,
    jobs::retention,
    store::{Store, inspection::DatabaseServer, overview::Location, schema::State},
};

/// The maximum time to wait for a server that does not answer, in seconds.
const MAX_WAIT: u64 = 5;
/// Connections of a gateway beside those for reads and for exports: for writes, probes, notices and cancels.
const OTHER_CONNECTIONS: u32 = 8;
/// By how much the clocks of the gateway and of the server may differ, in microseconds.
const MAX_CLOCK_DIFFERENCE: u64 = 5_000_000;
/// After this time, in microseconds, a daily job is overdue.
const OVERDUE: i64 = 2 * 86_400_000_000;

/// Checks the database. Returns it if it can be used.
pub(super) async fn check(
    database: &config::Database,
    full: bool,
    findings: &mut Findings,
) -> Option<Store> {
    let start_wait = database.start_wait.min(MAX_WAIT);
    let waiting = config::Database { start_wait, ..database.clone() };
    let store = match connect_existing(&waiting).await {
        Ok(store) => store,
        Err(failure) => {
            findings.problem("database", describe(&*failure));
            return None;
        }
    };
    if let Err(error) = inspect(&store, database, full, findings).await {
        findings.problem("database", describe(&error));
    }
    Some(store)
}

async fn inspect(
    store: &Store,
    database: &config::Database,
    full: bool,
    findings: &mut Findings,
) -> Result<()> {
    let (location, now) = (store.location().await?, Clock::system().now());
    findings.ok("database", format!("{location} answers"));
    if let Location::File(path) = &location {
        #[cfg(unix)]
        files::check(path, findings);
        if full {
            rows(store, path, findings).await?;
        }
    }
    if let Some(server) = store.server().await? {
        let connections = database.database_connections + database.database_exports;
        check_server(&server, connections + OTHER_CONNECTIONS, now, findings);
    }
    // Without the schema there is nothing to read.
    if schema(store, findings).await? {
        jobs(store, now, findings).await?;
        accounts(store, findings).await?;
        keys::check(store, now, findings).await?;
        transfers::check(store, findings).await?;
    }
    Ok(())
}

async fn rows(store: &Store, path: &Path, findings: &mut Findings) -> Result<()> {
    let shown = path.display();
    match store.damage().await? {
        Some(damage) => findings.problem(
            "file",
            format!("{shown} is damaged: restore a backup. SQLite says: {damage}"),
        ),
        None => findings.ok("file", "all pages can be read"),
    }
    if let Some(table) = store.orphans().await? {
        findings.problem(
            "file",
            format!(
                "the table '{table}' has rows of a session or account that does not exist, so another \
                 program changed the file: restore a backup, or delete these rows"
            ),
        );
    }
    Ok(())
}

fn check_server(
    server: &DatabaseServer,
    connections: u32,
    now: Timestamp,
    findings: &mut Findings,
) {
    const TOPIC: &str = "database server";
    let DatabaseServer { program, version, clock, max_connections, risky_settings } = server;
    let (name, oldest) = (program.as_str(), program.oldest());
    match server.is_supported() {
        true => findings.ok(TOPIC, format!("{name} {version}")),
        false => findings.problem(
            TOPIC,
            format!("{name} {version} is too old: the oldest version that works is {oldest}"),
        ),
    }
    if i64::from(connections) > *max_connections {
        findings.warning(
            TOPIC,
            format!(
                "max_connections is {max_connections}, and a gateway uses up to {connections}: raise it, or lower \
                 --database-connections and --database-exports"
            ),
        );
    }
    if !risky_settings.is_empty() {
        findings.warning(
            TOPIC,
            format!(
                "{risky_settings}: the server can lose what was committed, or becomes slow. Remove this setting"
            ),
        );
    }
    let difference = clock.abs_diff(now.micros());
    if difference > MAX_CLOCK_DIFFERENCE {
        let seconds = difference / 1_000_000;
        findings.warning(
            "clock",
            format!(
                "the clocks of this machine and of the database server differ by {seconds} seconds: synchronise both, \
                 for example with chrony"
            ),
        );
    }
}

/// Checks the schema. Returns whether this version can use it.
async fn schema(store: &Store, findings: &mut Findings) -> Result<bool> {
    const TOPIC: &str = "schema";
    let steps = store.schema_steps().await?;
    if let Some(unknown) = steps.iter().find(|step| step.state == State::Unknown) {
        let step = &unknown.name;
        findings.problem(
            TOPIC,
            format!("a newer version of the gateway changed it ({step}): use that version, or restore a backup"),
        );
        return Ok(false);
    }
    let pending = steps.iter().filter(|step| step.state == State::Pending).count();
    if pending > 0 {
        let text = format!("pending steps: {pending}. Run 'session-history migrate up'");
        match store.is_embedded() {
            true => findings.warning(TOPIC, format!("{text}, or start the gateway")),
            false => findings.problem(TOPIC, text),
        }
        return Ok(false);
    }
    match store.needs_backfill().await? {
        true => findings.warning(
            TOPIC,
            "stored sessions lack what this version derives from them: run 'session-history migrate up'",
        ),
        false => findings.ok(TOPIC, "it is up to date"),
    }
    Ok(true)
}

async fn jobs(store: &Store, now: Timestamp, findings: &mut Findings) -> Result<()> {
    const TOPIC: &str = "jobs";
    for job in store.jobs().await? {
        let name = &job.name;
        let time =
            |micros| Timestamp::from_micros(micros).map(Timestamp::rfc3339).unwrap_or_default();
        if job.leased_until > now.micros() {
            findings.ok(TOPIC, format!("a gateway does '{name}' until {}", time(job.leased_until)));
        } else if name == retention::JOB && job.finished_at == 0 {
            findings.ok(TOPIC, format!("'{name}' was not done yet: 'serve' does it once a day"));
        } else if name == retention::JOB && now.micros() - job.finished_at > OVERDUE {
            findings.warning(
                TOPIC,
                format!(
                    "'{name}' was last done at {}: 'serve' does it once a day while it runs",
                    time(job.finished_at)
                ),
            );
        } else if name == retention::JOB {
            findings.ok(TOPIC, format!("'{name}' was last done at {}", time(job.finished_at)));
        }
    }
    Ok(())
}

/// Tells the retention of the accounts, and which of them cannot be searched.
async fn accounts(store: &Store, findings: &mut Findings) -> Result<()> {
    let accounts = store.accounts().await?;
    for account in &accounts {
        if let Some(months) = account.retention_months {
            let text = format!("sessions of '{}' are deleted after {months} months", account.name);
            findings.ok("retention", text);
        }
    }
    for (account, indexed) in store.search_indexes().await? {
        let name = accounts.iter().find(|it| it.id == account.0).map_or("", |it| &*it.name);
        match indexed {
            Indexed::All => {}
            Indexed::UpTo(_) => findings.warning(
                "search",
                format!(
                    "not all sessions of '{name}' are in the search index, so searches are refused: run \
                     'session-history account add-search {name}' to its end"
                ),
            ),
            Indexed::None => findings.ok("search", format!("'{name}' was created without searches")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DatabaseServer, Findings, check_server};
    use crate::{domain::time::Timestamp, store::inspection::ServerProgram};

    #[test]
    fn a_server_with_faults_is_told_each_of_them() {
        let now = Timestamp::from_micros(1_700_000_000_000_000).unwrap();
        let told = |server: &DatabaseServer| {
            let mut findings = Findings::default();
            check_server(server, 24, now, &mut findings);
            findings.text()
        };
        let good = DatabaseServer {
            program: ServerProgram::MariaDb,
            version: "10.11.6-MariaDB".to_owned(),
            clock: now.micros() - 4_000_000,
            max_connections: 24,
            risky_settings: String::new(),
        };
        assert_eq!(told(&good), "ok\tdatabase server\tMariaDB 10.11.6-MariaDB\n");
        let bad = DatabaseServer {
            version: "10.5.9-MariaDB".to_owned(),
            clock: now.micros() + 61_500_000,
            max_connections: 23,
            risky_settings: "innodb_flush_log_at_trx_commit = 2".to_owned(),
            ..good
        };
        let text = told(&bad);
        for part in [
            "problem\tdatabase server\tMariaDB 10.5.9-MariaDB is too old: the oldest version that works is 10.6\n",
            "max_connections is 23, and a gateway uses up to 24",
            "innodb_flush_log_at_trx_commit = 2: the server can lose",
            "warning\tclock\tthe clocks of this machine and of the database server differ by 61 seconds",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(text.lines().count(), 4);
    }
}
