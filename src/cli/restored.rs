//! `session-history restored`.

use std::process::ExitCode;

use super::{
    database::open,
    output::{Done, notice},
};
use crate::config::Database;

pub(super) async fn run(database: &Database) -> Done {
    let store = open(database, false).await?;
    store.refuse_old_cursors().await?;
    notice("the cursors of the time before the restore are refused from now on");
    Ok(ExitCode::SUCCESS)
}
