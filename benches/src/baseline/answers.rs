//! The GraphQL operations of the workloads: the reads and the answer of each.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use benches::{
    database::{BaselineQueries, Row, Value},
    time::parse,
};
use serde::Serialize;

use crate::{
    auth::Account,
    graphql::Variables,
    shapes::{
        Brief, Computer, Connection, Contact, Customer, Data, EndCursor, Listed, Message, Name,
        Nodes, Number, OneSession, PageInfo, Parent, Session, SessionNode, Sessions, System,
        Technician, Time, Total, Video,
    },
    sql,
};

/// The sessions of a page. One more is read for `hasNextPage`.
const PAGE: usize = 50;
/// The maximum number of messages of a session.
const MESSAGES: i64 = 20;
/// The maximum number of videos of a session: the gateway's default page size.
const VIDEOS: i64 = 25;

/// The column of the position of a child in its session.
pub(crate) const MESSAGE_PLACE: usize = 4;
pub(crate) const VIDEO_PLACE: usize = 2;

/// `OneSession`.
pub(crate) async fn session<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let id = variables.id.as_deref().context("no id")?;
    let id = id.strip_prefix("session_").unwrap_or(id).parse()?;
    let mut connection = database.connection().await?;
    let values = [Value::Int(account.id), Value::Int(id)];
    let rows = D::rows(&mut connection, sql::SESSION, &values).await?;
    let session = match rows.first() {
        None => None,
        Some(row) => Some(Session {
            legacy_id: Number(row.int(0)?),
            started_at: Time(row.int(1)?),
            ended_at: row.maybe_int(2)?.map(Time),
            start_method: row.text(3)?,
            answered: row.maybe_int(4)?.is_some(),
            has_videos: row.int(5)? > 0,
            problem_description: row.maybe_text(6)?,
            notes: row.maybe_text(7)?,
            customer: Customer {
                name: row.maybe_text(8)?,
                email: row.maybe_text(9)?,
                number: row.maybe_text(10)?,
            },
            computer: Computer {
                name: row.maybe_text(11)?,
                domain: row.maybe_text(12)?,
                os: row.maybe_text(13)?,
            },
            technician: match row.maybe_text(14)? {
                None => None,
                Some(username) => Some(Technician { username, name: row.maybe_text(15)? }),
            },
        }),
    };
    json(&OneSession { session })
}

/// `Page`.
pub(crate) async fn page<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let (technician, from, to) = variables.restriction()?;
    let mut connection = database.connection().await?;
    let values = [
        Value::Int(account.id),
        Value::Text(&technician),
        Value::Int(from),
        Value::Int(to),
        Value::Int(PAGE as i64 + 1),
    ];
    let rows = D::rows(&mut connection, sql::PAGE, &values).await?;
    drop(connection);
    listed(account, &rows)
}

/// `Search`.
pub(crate) async fn search<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let words = variables.search.as_deref().context("no search")?.trim_matches('"');
    let and = D::among(" & ", " AND ");
    let tokens: Vec<_> = words.split(' ').map(|word| format!("{}x{word}", account.id)).collect();
    let (tokens, part) = (tokens.join(and), format!(" {words} "));
    let mut connection = database.connection().await?;
    let values = [
        Value::Int(account.id),
        Value::Text(&tokens),
        Value::Text(&part),
        Value::Int(PAGE as i64 + 1),
    ];
    let [postgres, sqlite] = sql::SEARCH;
    let rows = D::rows(&mut connection, D::among(postgres, sqlite), &values).await?;
    drop(connection);
    listed(account, &rows)
}

/// The answer of the workloads `page` and `search`.
fn listed<R: Row>(account: Account, rows: &[R]) -> Result<Vec<u8>> {
    let shown = &rows[..rows.len().min(PAGE)];
    let nodes = shown.iter().map(session_of).collect::<Result<_>>()?;
    json(&Sessions { sessions: Connection { page_info: page_info(account, rows)?, nodes } })
}

/// The session of a row with the columns of [`sql::PAGE`].
pub(crate) fn session_of<R: Row>(row: &R) -> Result<Listed<'_>> {
    Ok(Listed {
        legacy_id: Number(row.int(0)?),
        started_at: Time(row.int(1)?),
        ended_at: row.maybe_int(2)?.map(Time),
        start_method: row.text(3)?,
        answered: row.maybe_int(4)?.is_some(),
        has_videos: row.int(5)? > 0,
        problem_description: row.maybe_text(6)?,
        notes: row.maybe_text(7)?,
        customer: Contact { name: row.maybe_text(8)?, email: row.maybe_text(9)? },
        computer: System { name: row.maybe_text(10)?, os: row.maybe_text(11)? },
    })
}

/// `Children`.
pub(crate) async fn children<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let (technician, from, to) = variables.restriction()?;
    let mut connection = database.connection().await?;
    let values = [Value::Int(account.id), Value::Text(&technician)];
    let technicians = D::rows(&mut connection, sql::TECHNICIAN, &values).await?;
    let rows = match technicians.first() {
        None => Vec::new(),
        Some(technician) => {
            let values = [
                Value::Int(account.id),
                Value::Int(technician.int(0)?),
                Value::Int(from),
                Value::Int(to),
                Value::Int(PAGE as i64 + 1),
            ];
            D::rows(&mut connection, sql::PARENTS, &values).await?
        }
    };
    let shown = &rows[..rows.len().min(PAGE)];
    let ids = shown.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
    let mut of = async |count: usize, statements: [&'static str; 2], most: i64| {
        let ids = with_any(shown, count)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let values = [Value::Int(account.id), Value::Ids(&ids), Value::Int(most)];
        Ok::<_, anyhow::Error>(
            D::rows(&mut connection, D::among(statements[0], statements[1]), &values).await?,
        )
    };
    let chats = in_order::<D>(of(sql::CHAT_COUNT, sql::CHATS, MESSAGES).await?, MESSAGE_PLACE);
    let videos = in_order::<D>(of(sql::VIDEO_COUNT, sql::VIDEOS, VIDEOS).await?, VIDEO_PLACE);
    drop(connection);

    let nodes = shown.iter().zip(&ids).map(|(row, id)| {
        let messages = children_of(&chats, *id).iter().map(|row| {
            Ok(Message {
                sent_at: Time(row.int(1)?),
                sender: row.maybe_text(2)?,
                body: row.text(3)?,
            })
        });
        let videos = children_of(&videos, *id).iter();
        let technician = technicians.first().context("no technician")?;
        Ok(Parent {
            id: SessionNode(*id),
            legacy_id: Number(*id),
            started_at: Time(row.int(1)?),
            ended_at: row.maybe_int(2)?.map(Time),
            customer: Contact { name: row.maybe_text(3)?, email: row.maybe_text(4)? },
            computer: Name { name: row.maybe_text(5)? },
            technician: Technician {
                username: technician.text(1)?,
                name: technician.maybe_text(2)?,
            },
            chat_messages: Nodes { nodes: messages.collect::<Result<_>>()? },
            videos: Nodes {
                nodes: videos.map(|row| Ok(Video { url: row.text(1)? })).collect::<Result<_>>()?,
            },
        })
    });
    let nodes = nodes.collect::<Result<_>>()?;
    json(&Sessions { sessions: Connection { page_info: page_info(account, &rows)?, nodes } })
}

/// `Deep`.
pub(crate) async fn deep<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let mut connection = database.connection().await?;
    let mut values = vec![Value::Int(account.id), Value::Int(PAGE as i64)];
    let statement = match &variables.after {
        None => sql::FIRST,
        Some(after) => {
            let (started_at, id) = position(account, after).context("a foreign cursor")?;
            values.extend([Value::Int(started_at), Value::Int(id)]);
            sql::DEEP
        }
    };
    let rows = D::rows(&mut connection, statement, &values).await?;
    drop(connection);
    let nodes = rows.iter().map(|row| {
        Ok(Brief {
            legacy_id: Number(row.int(0)?),
            started_at: Time(row.int(1)?),
            customer: Name { name: row.maybe_text(2)? },
            notes: row.maybe_text(3)?,
        })
    });
    let nodes = nodes.collect::<Result<_>>()?;
    let page_info = EndCursor { end_cursor: end_cursor(account, &rows)? };
    json(&Sessions { sessions: Connection { page_info, nodes } })
}

/// `Total`.
pub(crate) async fn total<D: BaselineQueries>(
    database: &D,
    account: Account,
    variables: &Variables,
) -> Result<Vec<u8>> {
    let (from, to) = variables.range()?;
    let mut connection = database.connection().await?;
    let values = [Value::Int(account.id), Value::Int(from), Value::Int(to)];
    let rows = D::rows(&mut connection, sql::TOTAL, &values).await?;
    let total_count = rows.first().context("no count")?.int(0)?;
    json(&Sessions { sessions: Total { total_count } })
}

impl Variables {
    pub(crate) fn range(&self) -> Result<(i64, i64)> {
        let time = |text: &Option<String>| text.as_deref().and_then(parse).context("no time");
        Ok((time(&self.from)?, time(&self.to)?))
    }

    fn restriction(&self) -> Result<(String, i64, i64)> {
        let technician = self.technician.as_deref().context("no technician")?;
        let (from, to) = self.range()?;
        Ok((technician.trim().to_lowercase(), from, to))
    }
}

/// The ids of the sessions whose count in a column is not 0.
pub(crate) fn with_any<R: Row>(rows: &[R], count: usize) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        if row.int(count)? > 0 {
            ids.push(row.int(0)?);
        }
    }
    Ok(ids)
}

/// Sorts children by session id and position.
pub(crate) fn in_order<D: BaselineQueries>(mut rows: Vec<D::Row>, place: usize) -> Vec<D::Row> {
    let key = |row: &D::Row| (row.int(0).unwrap_or_default(), row.int(place).unwrap_or_default());
    if !D::ORDERS_FOR_FREE && !rows.is_sorted_by_key(key) {
        rows.sort_by_key(key);
    }
    rows
}

/// The rows of one session, out of rows that are sorted by session id.
pub(crate) fn children_of<R: Row>(rows: &[R], session: i64) -> &[R] {
    let id = |row: &R| row.int(0).unwrap_or(i64::MAX);
    let start = rows.partition_point(|row| id(row) < session);
    let length = rows[start..].partition_point(|row| id(row) == session);
    &rows[start..start + length]
}

fn page_info<R: Row>(account: Account, rows: &[R]) -> Result<PageInfo> {
    let shown = &rows[..rows.len().min(PAGE)];
    Ok(PageInfo { has_next_page: rows.len() > PAGE, end_cursor: end_cursor(account, shown)? })
}

/// The cursor of a row whose first columns are id and start.
pub(crate) fn end_cursor<R: Row>(account: Account, rows: &[R]) -> Result<Option<String>> {
    let Some(last) = rows.last() else { return Ok(None) };
    let text = format!("{:08x}/sd/{}/{}", account.cursor_key, last.int(1)?, last.int(0)?);
    Ok(Some(URL_SAFE_NO_PAD.encode(text)))
}

pub(crate) fn position(account: Account, cursor: &str) -> Option<(i64, i64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let rest = text.strip_prefix(&format!("{:08x}/sd/", account.cursor_key))?;
    let (started_at, id) = rest.split_once('/')?;
    Some((started_at.parse().ok()?, id.parse().ok()?))
}

pub(crate) fn json(answer: &impl Serialize) -> Result<Vec<u8>> {
    // Enough for a page.
    let mut out = Vec::with_capacity(16 * 1024);
    serde_json::to_writer(&mut out, &Data { data: answer })?;
    Ok(out)
}
