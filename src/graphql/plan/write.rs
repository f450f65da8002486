//! Filling the gaps of templates.

use super::{
    load::Table,
    reading::Slice,
    template::{Cell, CursorCells, PageGap, Part, Template},
};
use crate::{
    domain::{
        cursor::{List, encode},
        page::{Seq, SessionPosition, TechnicianPosition},
        time::Timestamp,
    },
    error::{Error, Result},
    store::Row,
};

type Out = Vec<u8>;

impl Table {
    /// Writes a page of the rows.
    pub(super) fn page(
        &self,
        template: &Template<PageGap>,
        slice: &Slice,
        total: u64,
        out: &mut Out,
    ) -> Result<()> {
        for part in &template.0 {
            match part {
                Part::Json(text) => out.extend_from_slice(text.as_bytes()),
                Part::Gap(PageGap::HasPrevious) => flag(slice.has_previous, out),
                Part::Gap(PageGap::HasNext) => flag(slice.has_next, out),
                Part::Gap(PageGap::Start(cells)) => {
                    self.cursor_or_null(*cells, slice.in_order().next(), out)?;
                }
                Part::Gap(PageGap::End(cells)) => {
                    self.cursor_or_null(*cells, slice.in_order().last(), out)?;
                }
                Part::Gap(PageGap::Total) => {
                    number(i32::try_from(total).unwrap_or(i32::MAX).into(), out);
                }
                Part::Gap(PageGap::Rows(template)) => self.list(template, slice.in_order(), out)?,
            }
        }
        Ok(())
    }

    /// Writes one row.
    pub(super) fn row(&self, template: &Template<Cell>, place: usize, out: &mut Out) -> Result<()> {
        self.fill(template, self.at(place)?, out)
    }

    fn fill(&self, template: &Template<Cell>, row: Row<'_>, out: &mut Out) -> Result<()> {
        for part in &template.0 {
            match part {
                Part::Json(text) => out.extend_from_slice(text.as_bytes()),
                Part::Gap(cell) => self.cell(cell, row, out)?,
            }
        }
        Ok(())
    }

    fn list(
        &self,
        template: &Template<Cell>,
        places: impl Iterator<Item = usize>,
        out: &mut Out,
    ) -> Result<()> {
        out.push(b'[');
        for (nth, place) in places.enumerate() {
            if nth > 0 {
                out.push(b',');
            }
            self.row(template, place, out)?;
        }
        out.push(b']');
        Ok(())
    }

    fn cell(&self, cell: &Cell, row: Row<'_>, out: &mut Out) -> Result<()> {
        match cell {
            Cell::Text(column) => match row.text(*column)? {
                Some(text) => string(text, out),
                None => null(out),
            },
            Cell::Word(column, known) => match row.text(*column)? {
                Some(word) if known(word) => string(word, out),
                _ => return Err(Error::internal("a word that is stored is not known")),
            },
            Cell::Digits(column) => {
                out.push(b'"');
                number(row.key(*column)?, out);
                out.push(b'"');
            }
            Cell::Int(column) => int(row.number(*column)?, out),
            #[expect(clippy::cast_precision_loss, reason = "exact up to 9 petabytes")]
            Cell::Float(column) => match row.number(*column)? {
                Some(number) => json(&(number as f64), out),
                None => null(out),
            },
            Cell::Time(column) => match Timestamp::from_micros(row.key(*column)?) {
                Some(time) => self::time(time, out),
                None => return Err(Error::internal("the time that is stored is out of range")),
            },
            Cell::TimeOrNull(column) => {
                match row.number(*column)?.and_then(Timestamp::from_micros) {
                    Some(time) => self::time(time, out),
                    None => null(out),
                }
            }
            Cell::Seconds { from, to } => {
                let from = Timestamp::from_micros(row.key(*from)?);
                let to = row.number(*to)?.and_then(Timestamp::from_micros);
                int(from.zip(to).map(|(from, to)| to.seconds_since(from)), out);
            }
            Cell::Present(column) => flag(row.number(*column)?.is_some(), out),
            Cell::Positive(column) => flag(row.number(*column)?.is_some_and(|it| it > 0), out),
            Cell::Id(kind, columns) => {
                out.push(b'"');
                out.extend_from_slice(kind.as_bytes());
                for column in columns {
                    out.push(b'_');
                    number(row.key(*column)?, out);
                }
                out.push(b'"');
            }
            Cell::Cursor(cells) => self.cursor(*cells, row, out)?,
            Cell::Joined(present, _) if row.number(*present)?.is_none() => null(out),
            Cell::Joined(_, template) => self.fill(template, row, out)?,
            Cell::Page(..) | Cell::List(..) => self.child(cell, row, out)?,
        }
        Ok(())
    }

    fn child(&self, cell: &Cell, row: Row<'_>, out: &mut Out) -> Result<()> {
        let (Cell::Page(child, _) | Cell::List(child, _, _)) = cell else {
            return Ok(());
        };
        let child = &self.children[*child];
        let Some(owner) = row.number(child.parent.id_column)? else {
            null(out);
            return Ok(());
        };
        let slice = child.slices.get(&owner).unwrap_or(&child.none);
        let table = &child.table;
        match cell {
            Cell::Page(_, template) => {
                let total = child.totals.get(&owner).copied().unwrap_or(0);
                table.page(template, slice, total, out)
            }
            Cell::List(_, None, template) => table.list(template, slice.in_order(), out),
            Cell::List(_, Some((column, wanted)), template) => {
                let mut places = Vec::new();
                for place in slice.in_order() {
                    if table.at(place)?.text(*column)? == Some(wanted) {
                        places.push(place);
                    }
                }
                table.list(template, places.into_iter(), out)
            }
            _ => Ok(()),
        }
    }

    fn at(&self, place: usize) -> Result<Row<'_>> {
        self.rows.get(place).ok_or_else(|| Error::internal("a row was not read"))
    }

    fn cursor_or_null(
        &self,
        cells: CursorCells,
        place: Option<usize>,
        out: &mut Out,
    ) -> Result<()> {
        match place {
            Some(place) => self.cursor(cells, self.at(place)?, out),
            None => {
                null(out);
                Ok(())
            }
        }
    }

    fn cursor(&self, cells: CursorCells, row: Row<'_>, out: &mut Out) -> Result<()> {
        let account = self.account;
        let cursor = match cells {
            CursorCells::Session { started_at, id } => {
                let position =
                    SessionPosition { started_at: row.key(started_at)?, id: row.key(id)? };
                encode(account, List::Sessions, &position)
            }
            CursorCells::Technician { username } => {
                let username = row.text(username)?.unwrap_or_default().to_owned();
                encode(account, List::Technicians, &TechnicianPosition(username))
            }
            CursorCells::ChatMessage { session, seq } => {
                encode(account, List::ChatMessages(row.key(session)?), &Seq(row.key(seq)?))
            }
            CursorCells::Video { session, seq } => {
                encode(account, List::Videos(row.key(session)?), &Seq(row.key(seq)?))
            }
        };
        string(&cursor, out);
        Ok(())
    }
}

fn null(out: &mut Out) {
    out.extend_from_slice(b"null");
}

fn flag(flag: bool, out: &mut Out) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

fn number(number: i64, out: &mut Out) {
    json(&number, out);
}

/// A number of 32 bits, or null.
fn int(number: Option<i64>, out: &mut Out) {
    match number.and_then(|number| i32::try_from(number).ok()) {
        Some(number) => json(&number, out),
        None => null(out),
    }
}

fn time(time: Timestamp, out: &mut Out) {
    out.push(b'"');
    time.write_rfc3339(out);
    out.push(b'"');
}

fn string(text: &str, out: &mut Out) {
    json(text, out);
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Out) {
    // Writing to memory cannot fail, nor can what is written here.
    let _ = serde_json::to_writer(out, value);
}
