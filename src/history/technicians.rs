//! The technicians that a batch of records names: found, created, or renamed.

use std::collections::{BTreeSet, HashMap};

use entity::technician;

use super::record::{Field, Record};
use crate::{
    domain::text::fold,
    error::Result,
    store::write_batch::{SessionAggregate, WriteBatch},
};

/// The technicians of one batch, by folded user name.
pub(super) struct Technicians {
    account_id: i64,
    known: HashMap<String, technician::Model>,
    names: HashMap<i64, String>,
    next_id: i64,
    created: BTreeSet<String>,
    changed: BTreeSet<String>,
}

impl Technicians {
    /// Loads the technicians that the records name and those of the stored sessions.
    pub(super) async fn load<'a>(
        batch: &WriteBatch,
        records: impl Iterator<Item = &'a Record>,
        stored: impl Iterator<Item = &'a SessionAggregate>,
    ) -> Result<Self> {
        let named: BTreeSet<_> = records.filter_map(identity).map(|name| fold(&name)).collect();
        let ids: BTreeSet<_> =
            stored.filter_map(|aggregate| aggregate.session.technician_id).collect();
        let mut known = batch.technicians(&Vec::from_iter(named)).await?;
        let by_id = batch.technicians_by_id(&Vec::from_iter(ids)).await?;
        known.extend(by_id.into_values().map(|row| (row.username_folded.clone(), row)));
        let names = known.values().map(|row| (row.id, row.username_folded.clone())).collect();
        let next_id = batch.next_technician_id().await?;
        let (created, changed) = Default::default();
        Ok(Self { account_id: batch.account().0, known, names, next_id, created, changed })
    }

    /// Finds or creates the technician that a record names. `before` is the stored session's.
    pub(super) fn resolve(&mut self, record: &Record, before: Option<i64>) -> Option<i64> {
        if (&record.tech_username, &record.tech_name) == (&Field::Absent, &Field::Absent) {
            return before;
        }
        let identity = match &record.tech_username {
            Field::Absent => self.known_by_username(before).or_else(|| identity(record)),
            _ => identity(record),
        };
        let username = identity?;
        let folded = fold(&username);
        if !self.known.contains_key(&folded) {
            self.create(&username, &folded);
        }
        let row = self.known.get_mut(&folded)?;
        let name = match &record.tech_name {
            Field::Value(name) => Some(name.clone()),
            // Without a user name, an empty name changes nothing.
            Field::Empty if record.tech_username != Field::Absent => None,
            _ => row.name.clone(),
        };
        if row.name != name {
            row.name_folded = name.as_deref().map(fold);
            row.name = name;
            self.changed.insert(folded);
        }
        Some(row.id)
    }

    /// The technician with this number, if the batch knows one.
    pub(super) fn by_id(&self, id: Option<i64>) -> Option<&technician::Model> {
        self.known.get(self.names.get(&id?)?)
    }

    /// The user name of the stored technician; none if the name is used as the user name.
    fn known_by_username(&self, id: Option<i64>) -> Option<String> {
        let row = self.by_id(id)?;
        let name_alone = row.name_folded.as_ref() == Some(&row.username_folded);
        (!name_alone).then(|| row.username_folded.clone())
    }

    fn create(&mut self, username: &str, folded: &str) {
        let row = technician::Model {
            account_id: self.account_id,
            id: self.next_id,
            username: username.to_owned(),
            username_folded: folded.to_owned(),
            name: None,
            name_folded: None,
        };
        self.next_id += 1;
        self.names.insert(row.id, folded.to_owned());
        self.known.insert(folded.to_owned(), row);
        self.created.insert(folded.to_owned());
    }

    /// Whether technicians are new or renamed.
    pub(super) fn have_changed(&self) -> bool {
        !self.created.is_empty() || !self.changed.is_empty()
    }

    /// Stores the technicians that are new or renamed.
    pub(super) async fn store(mut self, batch: &WriteBatch) -> Result<()> {
        let created = self.created.iter().filter_map(|folded| self.known.remove(folded)).collect();
        batch.insert_technicians(created).await?;
        // Those that were created are no longer among the known.
        for row in self.changed.iter().filter_map(|folded| self.known.remove(folded)) {
            batch.update_technician(row).await?;
        }
        Ok(())
    }
}

/// The user name of the technician of a record. Without one, the name is used as the user name.
fn identity(record: &Record) -> Option<String> {
    let names = [&record.tech_username, &record.tech_name];
    names.into_iter().find_map(|field| match field {
        Field::Value(name) if !fold(name).is_empty() => Some(name.clone()),
        _ => None,
    })
}
