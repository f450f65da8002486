//! Pages of 200 sessions and of 200 changes.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use benches::database::{BaselineQueries, Row, Value};

use crate::{
    answers::{end_cursor, json, position, session_of},
    auth::Account,
    graphql::Variables,
    shapes::{Change, Changes, Connection, EndCursor, Number, SessionChanges, Sessions, Time},
    sql,
};

/// The sessions or changes of a page.
const LONG_PAGE: i64 = 200;

/// `List`.
pub(crate) async fn list<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let after = variables.after.as_deref().and_then(|after| position(account, after));
    let (started_at, id) = after.context("a foreign cursor")?;
    let mut connection = database.connection().await?;
    let values = [account.id, LONG_PAGE, started_at, id].map(Value::Int);
    let rows = D::rows(&mut connection, sql::LIST, &values).await?;
    drop(connection);
    let nodes = rows.iter().map(session_of).collect::<Result<_>>()?;
    let page_info = EndCursor { end_cursor: end_cursor(account, &rows)? };
    json(&Sessions { sessions: Connection { page_info, nodes } })
}

/// `Changes`.
pub(crate) async fn changes<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let cursor = URL_SAFE_NO_PAD.decode(variables.after.as_deref().context("no cursor")?)?;
    let prefix = format!("{:08x}/x/", account.cursor_key);
    let after = String::from_utf8(cursor)?;
    let after = after.strip_prefix(&prefix).context("a foreign cursor")?.parse()?;
    let mut connection = database.connection().await?;
    let values = [account.id, LONG_PAGE, after].map(Value::Int);
    let rows = D::rows(&mut connection, sql::CHANGES, &values).await?;
    drop(connection);
    let nodes = rows.iter().map(|row| {
        Ok(Change {
            kind: row.text(13)?,
            legacy_id: Number(row.int(14)?),
            changed_at: Time(row.int(15)?),
            session: row.maybe_int(0)?.map(|_| session_of(row)).transpose()?,
        })
    });
    let nodes = nodes.collect::<Result<_>>()?;
    let last = rows.last().map_or(Ok(after), |row| row.int(12))?;
    let cursor = URL_SAFE_NO_PAD.encode(format!("{prefix}{last}"));
    json(&SessionChanges { session_changes: Changes { cursor, nodes } })
}
