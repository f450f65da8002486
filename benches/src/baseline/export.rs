//! Answers of the legacy URL: rows are streamed from the database to XML, with flat memory.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use anyhow::{Context, Result};
use benches::{
    database::{BaselineQueries, Row, Value},
    time::civil,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::{
    answers::{MESSAGE_PLACE, VIDEO_PLACE, children_of, in_order, with_any},
    legacy::{Call, Source, Var},
    sql, xml,
};

/// The size of a chunk of the answer, in bytes.
const CHUNK: usize = 64 * 1024;
/// The number of sessions of a read with chats or videos.
const PAGE: usize = 100;
/// The columns before those of the elements: id and start.
const FIXED: usize = 2;

type Chunk = std::result::Result<Bytes, std::io::Error>;

/// Streams the document in chunks from a task with back-pressure.
pub(crate) fn answer<D: BaselineQueries>(
    database: D,
    account: i64,
    call: Call,
) -> impl Stream<Item = Chunk> + Send + 'static {
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        let mut document = Document { out: Vec::with_capacity(CHUNK + 4096), sender, call };
        if let Err(error) = document.write(&database, account).await {
            // The reader sees that the document has no end.
            let _ = document.sender.send(Err(std::io::Error::other(format!("{error:#}")))).await;
        }
    });
    stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) })
}

struct Document {
    out: Vec<u8>,
    sender: mpsc::Sender<Chunk>,
    call: Call,
}

/// User name and name of each technician, by id.
type Technicians = HashMap<i64, (String, String)>;

impl Document {
    async fn write<D: BaselineQueries>(&mut self, database: &D, account: i64) -> Result<()> {
        let mut snapshot = database.snapshot().await?;
        let technicians = self.technicians::<D>(&mut snapshot, account).await?;
        let mut restriction =
            vec![Value::Int(account), Value::Int(self.call.after), Value::Int(self.call.before)];
        if self.call.technician.is_some() {
            // An unknown name is a technician without sessions.
            restriction.push(Value::Int(technicians.keys().next().copied().unwrap_or(-1)));
        }
        let count = self.select("COUNT(*)", "");
        let count = D::stream(&mut snapshot, count.into(), &restriction).next().await;
        xml::head(count.context("no count")??.int(0)?, &mut self.out);

        let nested = self.call.asks(Source::Chat) || self.call.asks(Source::Videos);
        if nested {
            self.pages::<D>(&mut snapshot, &restriction, &technicians).await?;
        } else {
            let order = " ORDER BY started_at, id";
            let select = self.select(&self.columns(), order);
            let mut rows = D::stream(&mut snapshot, select.into(), &restriction);
            while let Some(row) = rows.next().await {
                session(&self.call.vars, &row?, &technicians, &Children::<D>::NONE, &mut self.out)?;
                self.give(CHUNK).await?;
            }
        }
        self.out.extend_from_slice(xml::TAIL);
        self.give(1).await
    }

    /// Writes the sessions page by page, with one select for all chats and one for all videos of a page.
    async fn pages<D: BaselineQueries>(
        &mut self,
        snapshot: &mut D::Session,
        restriction: &[Value<'_>],
        technicians: &Technicians,
    ) -> Result<()> {
        let places = [1, 2, 3].map(|place| restriction.len() + place);
        let order = format!(
            " AND (started_at, id) > (${}, ${}) ORDER BY started_at, id LIMIT ${}",
            places[0], places[1], places[2]
        );
        let select: Arc<str> = self.select(&self.columns(), &order).into();
        let mut last = (i64::MIN, i64::MIN);
        loop {
            let mut values = restriction.to_vec();
            values.extend([Value::Int(last.0), Value::Int(last.1), Value::Int(PAGE as i64)]);
            let mut rows = Vec::with_capacity(PAGE);
            let mut read = D::stream(snapshot, select.clone(), &values);
            while let Some(row) = read.next().await {
                rows.push(row?);
            }
            drop(read);
            let Some(end) = rows.last() else { return Ok(()) };
            last = (end.int(1)?, end.int(0)?);
            let mut of = async |source, statements: [&'static str; 2]| {
                let vars = &self.call.vars;
                let Some(place) = vars.iter().position(|var| var.source == source) else {
                    return Ok(Vec::new());
                };
                let ids = with_any(&rows, FIXED + place)?;
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let values = [restriction[0], Value::Ids(&ids), Value::Int(i64::MAX)];
                Ok::<_, anyhow::Error>(
                    D::rows(snapshot, D::among(statements[0], statements[1]), &values).await?,
                )
            };
            let chats = in_order::<D>(of(Source::Chat, sql::CHATS).await?, MESSAGE_PLACE);
            let videos = in_order::<D>(of(Source::Videos, sql::VIDEOS).await?, VIDEO_PLACE);
            let children = Children::<D> { chats, videos };
            for row in &rows {
                session(&self.call.vars, row, technicians, &children, &mut self.out)?;
                self.give(CHUNK).await?;
            }
            if rows.len() < PAGE {
                return Ok(());
            }
        }
    }

    async fn technicians<D: BaselineQueries>(
        &self,
        snapshot: &mut D::Session,
        account: i64,
    ) -> Result<Technicians> {
        let named = self.call.asks(Source::TechnicianUsername);
        let rows = match &self.call.technician {
            Some(technician) => {
                let values = [Value::Int(account), Value::Text(technician)];
                D::rows(snapshot, sql::TECHNICIAN, &values).await?
            }
            None if named || self.call.asks(Source::TechnicianName) => {
                D::rows(snapshot, sql::TECHNICIANS, &[Value::Int(account)]).await?
            }
            None => Vec::new(),
        };
        let technicians = rows.iter().map(|row| {
            let name = row.maybe_text(2)?.unwrap_or_default();
            Ok((row.int(0)?, (row.text(1)?.to_owned(), name.to_owned())))
        });
        technicians.collect()
    }

    /// Id and start, then one column for each element that has one.
    fn columns(&self) -> String {
        let mut columns = String::from("id, started_at");
        for var in &self.call.vars {
            let column = match var.source {
                Source::Number(column)
                | Source::Text(column)
                | Source::Date(column)
                | Source::Flag(column) => column,
                Source::TechnicianUsername | Source::TechnicianName => "technician_id",
                Source::Chat => "chat_count",
                Source::Videos => "video_count",
            };
            // Writing to a string cannot fail.
            let _ = write!(columns, ", {column}");
        }
        columns
    }

    fn select(&self, columns: &str, order: &str) -> String {
        let technician =
            if self.call.technician.is_some() { " AND technician_id = $4" } else { "" };
        format!(
            "SELECT {columns} FROM session WHERE account_id = $1 AND started_at > $2 \
             AND started_at < $3{technician}{order}"
        )
    }

    /// Sends a chunk when it has a number of bytes.
    async fn give(&mut self, least: usize) -> Result<()> {
        if self.out.len() >= least {
            let chunk = std::mem::replace(&mut self.out, Vec::with_capacity(CHUNK + 4096));
            self.sender.send(Ok(chunk.into())).await.context("the caller hung up")?;
        }
        Ok(())
    }
}

/// The chats and videos of a page's sessions, ordered by session id.
struct Children<D: BaselineQueries> {
    chats: Vec<D::Row>,
    videos: Vec<D::Row>,
}

impl<D: BaselineQueries> Children<D> {
    const NONE: Self = Self { chats: Vec::new(), videos: Vec::new() };
}

fn session<D: BaselineQueries>(
    vars: &[&'static Var],
    row: &D::Row,
    technicians: &Technicians,
    children: &Children<D>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let technician = |id: Option<i64>| id.and_then(|id| technicians.get(&id));
    xml::open("request", out);
    for (column, Var { element, source, .. }) in (FIXED..).zip(vars) {
        match source {
            Source::Number(_) => xml::element(element, &row.int(column)?.to_string(), out),
            Source::Text(_) => {
                xml::element(element, row.maybe_text(column)?.unwrap_or_default(), out);
            }
            Source::Date(_) => {
                let date = row.maybe_int(column)?.map(civil);
                xml::element(element, date.as_ref().map_or("", |date| date.as_str()), out);
            }
            Source::Flag(_) => {
                xml::element(element, if row.int(column)? > 0 { "TRUE" } else { "FALSE" }, out);
            }
            Source::TechnicianUsername => {
                let known = technician(row.maybe_int(column)?);
                xml::element(element, known.map_or("", |known| known.0.as_str()), out);
            }
            Source::TechnicianName => {
                let known = technician(row.maybe_int(column)?);
                xml::element(element, known.map_or("", |known| known.1.as_str()), out);
            }
            Source::Chat => {
                xml::open(element, out);
                for row in children_of(&children.chats, row.int(0)?) {
                    xml::open("message", out);
                    xml::element("date", civil(row.int(1)?).as_str(), out);
                    xml::element("sender", row.maybe_text(2)?.unwrap_or_default(), out);
                    xml::element("text", row.text(3)?, out);
                    xml::close("message", out);
                }
                xml::close(element, out);
            }
            Source::Videos => {
                xml::open(element, out);
                for row in children_of(&children.videos, row.int(0)?) {
                    xml::element("video_link", row.text(1)?, out);
                }
                xml::close(element, out);
            }
        }
    }
    xml::close("request", out);
    Ok(())
}
