//! The history in a database, without generated ids and times of storing.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use benches::{
    database::{Cell, Database},
    tables::{TABLES, Table},
};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

/// A row, as a hash of its table and values.
type Print = [u8; 32];

/// The rows of a database.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    technicians: Vec<Print>,
    sessions: BTreeMap<i64, Session>,
}

/// A session with its children.
#[derive(Debug, Default)]
struct Session {
    rows: Vec<Print>,
    /// The counts in its own row,
    counted: Counts,
    /// and the numbers of rows.
    found: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    messages: i64,
    videos: i64,
}

/// The difference between two databases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Difference {
    /// Expected rows that are missing.
    pub(crate) lost: u64,
    /// Rows that exist twice or are not expected.
    pub(crate) doubled: u64,
}

impl Contents {
    /// Reads one snapshot of a database.
    pub(crate) async fn read<D: Database>(url: &str) -> Result<Self> {
        let pool = D::open(url, 1, true).await?;
        let mut snapshot = pool.snapshot().await?;
        let mut contents = Self::default();
        let mut usernames = HashMap::new();
        for table in &TABLES {
            let mut rows = D::stream(&mut snapshot, table.select(), &[]);
            while let Some(row) = rows.next().await {
                contents.add(table, table.cells(&row?)?, &mut usernames)?;
            }
        }
        drop(snapshot);
        pool.close().await;
        Ok(contents)
    }

    fn add(
        &mut self,
        table: &Table,
        mut row: Box<[Cell]>,
        usernames: &mut HashMap<i64, Cell>,
    ) -> Result<()> {
        let columns = table.columns();
        let place = |name: &str| columns.iter().position(|column| *column == name);
        // The time of storing differs by chance.
        if let Some(place) = place("updated_at") {
            row[place] = Cell::Number(None);
        }
        // The ids of technicians differ by chance. The user name identifies them.
        if table.name == "technician" {
            let (id, name) = (place("id").context("no id")?, place("username_folded"));
            let name = row[name.context("no name")?].clone();
            usernames.extend(number(&row[id]).map(|id| (id, name)));
            row[id] = Cell::Number(None);
            self.technicians.push(print(table, &row));
            return Ok(());
        }
        if let Some(place) = place("technician_id")
            && let Some(id) = number(&row[place])
        {
            row[place] = usernames.get(&id).context("a session of nobody known")?.clone();
        }
        let id = table.session_of(&row).context("a row of no session")?;
        let of = |name: &str| place(name).and_then(|place| number(&row[place])).unwrap_or(0);
        let known = self.sessions.contains_key(&id);
        ensure!(known != (table.name == "session"), "a {} of no session: {id}", table.name);
        let session = self.sessions.entry(id).or_default();
        match table.name {
            "session" => {
                session.counted = Counts { messages: of("chat_count"), videos: of("video_count") };
            }
            "chat_message" => session.found.messages += 1,
            "video" => session.found.videos += 1,
            _ => {}
        }
        session.rows.push(print(table, &row));
        Ok(())
    }

    /// The number of sessions.
    pub(crate) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.prints().count()
    }

    fn prints(&self) -> impl Iterator<Item = &Print> {
        self.technicians.iter().chain(self.sessions.values().flat_map(|session| &session.rows))
    }

    /// Fails if a count of a session differs from its number of messages or videos.
    pub(crate) fn check_counts(&self) -> Result<()> {
        for (id, Session { counted, found, .. }) in &self.sessions {
            let messages = counted.messages == found.messages;
            // A session can have a video without a URL.
            let only_exist = found.videos == 0 && counted.videos == 1;
            let videos = counted.videos == found.videos || only_exist;
            ensure!(messages && videos, "session {id} has {found:?} and says {counted:?}");
        }
        Ok(())
    }

    /// Fails unless these are the first complete batches, each session with all its rows.
    pub(crate) fn check_beginning_of(&self, whole: &Self, batch: usize) -> Result<()> {
        let count = self.sessions.len();
        ensure!(
            count.is_multiple_of(batch) || count == whole.sessions.len(),
            "{count} sessions are stored, which are not whole batches"
        );
        for ((id, session), (expected_id, expected)) in self.sessions.iter().zip(&whole.sessions) {
            ensure!(id == expected_id, "session {expected_id} is missing before {id}");
            ensure!(session.rows == expected.rows, "session {id} is not all there");
        }
        let known = self.technicians.iter().all(|print| whole.technicians.contains(print));
        ensure!(known, "there are other technicians");
        Ok(())
    }

    /// Returns the difference from the expected rows.
    pub(crate) fn difference(&self, expected: &Self) -> Difference {
        let mut balance: HashMap<&Print, i64> = HashMap::new();
        for print in self.prints() {
            *balance.entry(print).or_default() += 1;
        }
        for print in expected.prints() {
            *balance.entry(print).or_default() -= 1;
        }
        let sum =
            |sign: i64| balance.values().map(|rows| (sign * rows).max(0).unsigned_abs()).sum();
        Difference { lost: sum(-1), doubled: sum(1) }
    }
}

fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Number(number) => *number,
        Cell::Text(_) => None,
    }
}

fn print(table: &Table, row: &[Cell]) -> Print {
    let mut hash = Sha256::new_with_prefix(table.name);
    for cell in row {
        match cell {
            Cell::Number(None) | Cell::Text(None) => hash.update([0]),
            Cell::Number(Some(number)) => {
                hash.update([1]);
                hash.update(number.to_le_bytes());
            }
            Cell::Text(Some(text)) => {
                hash.update([2]);
                hash.update(text.len().to_le_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Contents, HashMap, TABLES};

    /// A number of sessions. The last has a number of messages and a count of two.
    fn contents(sessions: i64, messages: i64) -> Contents {
        let mut contents = Contents::default();
        let mut add = |table: usize, values: &[(&str, i64)]| {
            let row = TABLES[table].columns().into_iter().map(|column| {
                let value = values.iter().find(|(name, _)| *name == column);
                Cell::Number(value.map(|(_, number)| *number))
            });
            contents.add(&TABLES[table], row.collect(), &mut HashMap::new()).unwrap();
        };
        for id in 1..=sessions {
            let count = if id == sessions { 2 } else { 0 };
            add(1, &[("id", id), ("chat_count", count), ("updated_at", sessions)]);
        }
        for seq in 1..=messages {
            add(2, &[("session_id", sessions), ("seq", seq)]);
        }
        contents
    }

    #[test]
    fn what_is_lost_or_doubled_is_counted_and_other_times_are_not() {
        let whole = contents(4, 2);
        assert_eq!(whole.rows(), 6);
        let difference = |other: &Contents| {
            let difference = other.difference(&whole);
            (difference.lost, difference.doubled)
        };
        assert_eq!(difference(&contents(4, 2)), (0, 0));
        assert_eq!(difference(&contents(4, 1)), (1, 0));
        assert_eq!(difference(&contents(4, 3)), (0, 1));
        // The last session and its messages differ.
        assert_eq!(difference(&contents(3, 2)), (4, 3));
    }

    #[test]
    fn a_part_of_a_session_or_of_a_batch_is_seen() {
        let whole = contents(4, 2);
        assert!(whole.check_counts().is_ok());
        assert!(contents(4, 1).check_counts().is_err());
        assert!(contents(4, 2).check_beginning_of(&whole, 3).is_ok());
        assert!(contents(4, 1).check_beginning_of(&whole, 4).is_err());
        let first = contents(2, 0).sessions.into_iter().take(1).collect();
        let one = Contents { technicians: Vec::new(), sessions: first };
        assert!(one.check_beginning_of(&whole, 1).is_ok());
        assert!(one.check_beginning_of(&whole, 2).is_err());
    }
}
