//! What must be true at the end.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    account::{Account, Caller},
    followers::Follower,
    growth::growth,
    minutes::Observed,
    model::Copy,
    requests::{NDJSON, all_sessions},
};

/// How long followers may take to get the last changes.
const CATCH_UP: Duration = Duration::from_secs(60);

/// Compares rows, copies, errors and memory with what they should be, and reports all that is wrong.
pub(crate) async fn check(
    accounts: &[Arc<Account>],
    followers: &[Arc<Follower>],
    observed: &Observed,
    log: &Path,
) -> Result<()> {
    let mut wrong = Vec::new();
    for account in accounts {
        let name = account.name;
        let expected = Copy::of(&account.model());
        let rows = rows(account).await?;
        println!("account {name}: {} sessions expected, {} found", expected.len(), rows.len());
        let mut compare = |what: &str, differences: Vec<i64>| {
            if let Some(first) = differences.first() {
                let count = differences.len();
                wrong.push(format!("{what} of {name}: {count} sessions differ, such as {first}"));
            }
        };
        compare("the rows", rows.differences(&expected));
        let fresh = Follower::begin_at_first(account.clone());
        fresh.catch_up().await?;
        compare("the feed from the start", fresh.differences(&expected));
        for follower in followers.iter().filter(|it| Arc::ptr_eq(&it.account, account)) {
            let differences = settled(follower, &expected).await;
            compare(&format!("the copy by {:?}", follower.way), differences);
        }
    }
    let mut errors = observed.errors.clone();
    for (error, times) in accounts[0].run.meter.take().errors {
        *errors.entry(error).or_default() += times;
    }
    wrong.extend(errors.into_iter().map(|(error, times)| format!("{times} times {error}")));
    wrong.extend(logged_errors(log)?);
    match growth(&observed.minutes) {
        Some(growth) => wrong.extend(growth.iter().map(ToString::to_string)),
        None => println!("growth: too few minutes to tell"),
    }
    wrong.iter().for_each(|line| println!("- {line}"));
    ensure!(wrong.is_empty(), "{} things are wrong", wrong.len());
    println!("all sessions are as expected, without an error");
    Ok(())
}

/// All sessions of an account, from one answer.
async fn rows(account: &Account) -> Result<Copy> {
    let request = account.graphql(NDJSON, &all_sessions(), &json!({}));
    let body = Caller::new(account.run.address).body(&request).await?;
    let mut copy = Copy::default();
    let mut lines = std::str::from_utf8(&body)?.lines();
    let last: Value = serde_json::from_str(lines.next_back().context("no lines")?)?;
    ensure!(last["complete"] == true, "the answer is not complete: {last}");
    for line in lines {
        copy.store(&serde_json::from_str(line)?)?;
    }
    Ok(copy)
}

/// The sessions that a follower has differently after some time.
async fn settled(follower: &Follower, expected: &Copy) -> Vec<i64> {
    let mut waited = Duration::ZERO;
    loop {
        let differences = follower.differences(expected);
        if differences.is_empty() || waited >= CATCH_UP {
            return differences;
        }
        let pause = Duration::from_millis(200);
        waited += pause;
        sleep(pause).await;
    }
}

/// Errors and panics in the log of the gateway, without their times.
fn logged_errors(log: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(log)?;
    let lines = text.lines().filter(|line| line.contains(" ERROR ") || line.contains("panicked"));
    Ok(lines.take(20).map(|line| format!("in the log: {line}")).collect())
}
