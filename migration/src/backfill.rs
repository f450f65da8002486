//! Sessions that were stored before a step lack what the step derives from them. Whatever applies the steps
//! computes it afterwards, in batches, for all steps in one pass.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, Statement},
};

/// Requests a pass over the stored sessions, from the first one, if there are any.
pub(crate) async fn request_backfill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let any = "SELECT id FROM session LIMIT 1";
    let any = Statement::from_string(manager.get_database_backend(), any);
    if connection.query_one_raw(any).await?.is_none() {
        return Ok(());
    }
    for statement in [
        "DELETE FROM backfill",
        "INSERT INTO backfill (id, after_account, after_session, sessions) VALUES (1, 0, -1, 0)",
    ] {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
