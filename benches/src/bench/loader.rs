//! The bare loader: rows that are in memory go into a database, and nothing else happens.

use std::sync::Arc;

use anyhow::Result;
use benches::database::{Database, Row, Value};
use futures_util::StreamExt;

/// How many sessions, with all that belongs to them, one transaction inserts.
const SESSIONS: usize = 500;
/// How many rows one statement inserts. A few sizes make few statements, which stay prepared.
const SIZES: [usize; 4] = [512, 64, 8, 1];

/// The columns of a table, those of text marked with a `*`. Rows come in order of their session.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    /// Which column is the session's number.
    session: Option<usize>,
    order: &'static str,
}

const TABLES: [Table; 5] = [
    Table {
        name: "technician",
        columns: &["account_id", "id", "*username", "*username_folded", "*name", "*name_folded"],
        session: None,
        order: "id",
    },
    Table {
        name: "session",
        columns: &[
            "account_id",
            "id",
            "technician_id",
            "*customer_name",
            "*customer_name_folded",
            "*customer_email",
            "*customer_email_folded",
            "*customer_number",
            "*customer_number_folded",
            "*computer_name",
            "*computer_name_folded",
            "*computer_domain",
            "*computer_domain_folded",
            "*computer_os",
            "*computer_os_folded",
            "*problem_description",
            "*problem_description_folded",
            "*notes",
            "*notes_folded",
            "*start_method",
            "started_at",
            "ended_at",
            "video_count",
            "chat_count",
            "updated_at",
        ],
        session: Some(1),
        order: "id",
    },
    Table {
        name: "chat_message",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "sent_at",
            "*sender",
            "*sender_folded",
            "*sender_role",
            "*body",
            "*body_folded",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
    Table {
        name: "video",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "*url",
            "recorded_at",
            "duration_seconds",
            "size_bytes",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
    Table {
        name: "custom_field",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "*name",
            "*name_folded",
            "*value",
            "*value_folded",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
];

/// The rows of all tables, one list a table.
pub(crate) struct Rows(Vec<Vec<Box<[Cell]>>>);

enum Cell {
    Number(Option<i64>),
    Text(Option<Box<str>>),
}

impl Rows {
    /// Reads a whole database.
    pub(crate) async fn read<D: Database>(url: &str) -> Result<Self> {
        let pool = D::open(url, 1, true).await?;
        let mut connection = pool.connection().await?;
        let mut tables = Vec::new();
        for Table { name, columns, order, .. } in &TABLES {
            let names: Vec<_> = columns.iter().map(|it| it.trim_start_matches('*')).collect();
            let select = format!("SELECT {} FROM {name} ORDER BY {order}", names.join(", "));
            let mut read = D::stream(&mut connection, select.into(), &[]);
            let mut rows = Vec::new();
            while let Some(row) = read.next().await {
                rows.push(cells(columns, &row?)?);
            }
            tables.push(rows);
        }
        drop(connection);
        pool.close().await;
        Ok(Self(tables))
    }

    /// How many rows there are but for the technicians, of which there are few.
    pub(crate) fn len(&self) -> usize {
        self.0[1..].iter().map(Vec::len).sum()
    }

    /// How many such rows a database has.
    pub(crate) async fn count<D: Database>(url: &str) -> Result<usize> {
        let pool = D::open(url, 1, true).await?;
        let mut connection = pool.connection().await?;
        let mut count = 0;
        for table in &TABLES[1..] {
            let select = format!("SELECT COUNT(*) FROM {}", table.name);
            let row = D::stream(&mut connection, select.into(), &[]).next().await;
            count += row.transpose()?.map_or(Ok(0), |row| row.int(0))?;
        }
        drop(connection);
        pool.close().await;
        Ok(usize::try_from(count)?)
    }

    /// Inserts all rows into an empty database.
    pub(crate) async fn load<D: Database>(&self, url: &str) -> Result<()> {
        let pool = D::open(url, 1, false).await?;
        let statements: Vec<_> =
            TABLES.iter().map(|table| SIZES.map(|size| insert::<D>(table, size))).collect();
        let mut begin = [0; TABLES.len()];
        let mut transaction = pool.begin().await?;
        insert_all::<D>(&mut transaction, &self.0[0], &statements[0]).await?;
        while begin[1] < self.0[1].len() {
            let end = (begin[1] + SESSIONS).min(self.0[1].len());
            let last = id(&self.0[1][end - 1], TABLES[1].session);
            for place in 1..TABLES.len() {
                let rest = &self.0[place][begin[place]..];
                let length = rest.partition_point(|row| id(row, TABLES[place].session) <= last);
                insert_all::<D>(&mut transaction, &rest[..length], &statements[place]).await?;
                begin[place] += length;
            }
            D::commit(transaction).await?;
            transaction = pool.begin().await?;
        }
        D::commit(transaction).await?;
        pool.close().await;
        Ok(())
    }
}

fn cells(columns: &[&str], row: &impl Row) -> Result<Box<[Cell]>> {
    let cell = |(place, column): (usize, &&str)| {
        Ok(match column.starts_with('*') {
            true => Cell::Text(row.maybe_text(place)?.map(Into::into)),
            false => Cell::Number(row.maybe_int(place)?),
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

fn id(row: &[Cell], column: Option<usize>) -> i64 {
    match column.and_then(|column| row.get(column)) {
        Some(Cell::Number(Some(number))) => *number,
        _ => i64::MAX,
    }
}

fn insert<D: Database>(table: &Table, rows: usize) -> Arc<str> {
    let names: Vec<_> = table.columns.iter().map(|it| it.trim_start_matches('*')).collect();
    let mut places = 0;
    let mut place = || {
        places += 1;
        // On SQLite a number is a name, which is looked for among all.
        if D::among("$", "?") == "$" { format!("${places}") } else { "?".to_owned() }
    };
    let tuples: Vec<_> = (0..rows)
        .map(|_| {
            let row: Vec<_> = names.iter().map(|_| place()).collect();
            format!("({})", row.join(", "))
        })
        .collect();
    let (name, names, tuples) = (table.name, names.join(", "), tuples.join(", "));
    format!("INSERT INTO {name} ({names}) VALUES {tuples}").into()
}

async fn insert_all<D: Database>(
    connection: &mut D::Session,
    mut rows: &[Box<[Cell]>],
    statements: &[Arc<str>; SIZES.len()],
) -> Result<()> {
    for (size, statement) in SIZES.into_iter().zip(statements) {
        while let Some((some, rest)) = rows.split_at_checked(size) {
            let cells = some.iter().flat_map(|row| row.iter());
            let values: Vec<_> = cells
                .map(|cell| match cell {
                    Cell::Number(number) => Value::MaybeInt(*number),
                    Cell::Text(text) => Value::MaybeText(text.as_deref()),
                })
                .collect();
            D::execute(connection, statement.clone(), &values).await?;
            rows = rest;
        }
    }
    Ok(())
}
