//! Many rows by prepared statements of many rows each.

use std::sync::Arc;

use super::{Cell, Database, Result, Value};

/// The numbers of rows of one statement. Few sizes give few statements, which stay prepared.
const SIZES: [usize; 4] = [512, 64, 8, 1];

/// Inserts rows into a database whose placeholder is `?`.
pub(super) async fn all<D: Database>(
    session: &mut D::Session,
    table: &str,
    columns: &[&str],
    mut rows: &[Box<[Cell]>],
) -> Result<()> {
    for size in SIZES {
        if rows.len() < size {
            continue;
        }
        let statement = statement(table, columns, size);
        while let Some((some, rest)) = rows.split_at_checked(size) {
            let cells = some.iter().flat_map(|row| row.iter());
            let values: Vec<_> = cells
                .map(|cell| match cell {
                    Cell::Number(number) => Value::MaybeInt(*number),
                    Cell::Text(text) => Value::MaybeText(text.as_deref()),
                })
                .collect();
            D::execute(session, statement.clone(), &values).await?;
            rows = rest;
        }
    }
    Ok(())
}

fn statement(table: &str, columns: &[&str], rows: usize) -> Arc<str> {
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let (columns, rows) = (columns.join(", "), vec![row; rows].join(", "));
    format!("INSERT INTO {table} ({columns}) VALUES {rows}").into()
}
