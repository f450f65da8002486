//! What the sessions of an account should be, by the answers to the changes, and copies to compare with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::content::Content;

/// A session that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) version: u32,
    pub(crate) is_anonymized: bool,
}

/// The stored sessions of an account, by number.
pub(crate) type Model = BTreeMap<i64, Stored>;

/// The hash of each session, by number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Copy(BTreeMap<i64, u64>);

impl Copy {
    /// The sessions of a model.
    pub(crate) fn of(model: &Model) -> Self {
        let print = |(id, stored): (&i64, &Stored)| {
            let content = Content { id: *id, version: stored.version };
            (*id, print(&content.answer(stored.is_anonymized)))
        };
        Self(model.iter().map(print).collect())
    }

    /// Adds a session of an answer, or changes it.
    pub(crate) fn store(&mut self, session: &Value) -> Result<()> {
        self.0.insert(number(session)?, print(session));
        Ok(())
    }

    /// Applies a change of the feed, with its session.
    pub(crate) fn apply(&mut self, change: &Value) -> Result<()> {
        match change["kind"].as_str().context("no kind")? {
            "DELETED" => {
                self.0.remove(&number(change)?);
                Ok(())
            }
            _ => self.store(&change["session"]),
        }
    }

    /// The number of sessions.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The sessions that the other copy has differently, or not, or alone.
    pub(crate) fn differences(&self, other: &Self) -> Vec<i64> {
        let ids: BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        ids.into_iter().copied().filter(|id| self.0.get(id) != other.0.get(id)).collect()
    }
}

fn number(value: &Value) -> Result<i64> {
    let text = value["legacyId"].as_str().context("no number")?;
    text.parse().with_context(|| format!("{text} is no number"))
}

fn print(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash(value, &mut hasher);
    hasher.finish()
}

/// The order of the members of an object does not matter.
fn hash(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(members) => {
            members.len().hash(hasher);
            for (name, value) in BTreeMap::from_iter(members) {
                name.hash(hasher);
                hash(value, hasher);
            }
        }
        Value::Array(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| hash(item, hasher));
        }
        // The text of each other kind begins differently.
        value => value.to_string().hash(hasher),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Content, Copy, Model, Stored};

    fn stored(version: u32) -> Stored {
        Stored { version, is_anonymized: false }
    }

    #[test]
    fn a_copy_that_applies_all_changes_equals_the_model() {
        let mut copy = Copy::default();
        let answer = |id, version| Content { id, version }.answer(false);
        for id in 1..=3 {
            copy.store(&answer(id, 0)).unwrap();
        }
        let change = |kind, id: i64, session| json!({ "kind": kind, "legacyId": id.to_string(), "session": session });
        copy.apply(&change("STORED", 2, answer(2, 1))).unwrap();
        copy.apply(&change("DELETED", 3, json!(null))).unwrap();
        let model = Model::from([(1, stored(0)), (2, stored(1))]);
        assert_eq!(copy, Copy::of(&model));
    }

    #[test]
    fn each_difference_is_found() {
        let copy = Copy::of(&Model::from([(1, stored(0)), (2, stored(0)), (3, stored(0))]));
        let anonymized = Stored { version: 0, is_anonymized: true };
        let other = Model::from([(1, stored(1)), (2, anonymized), (4, stored(0))]);
        assert_eq!(copy.differences(&Copy::of(&other)), [1, 2, 3, 4]);
        assert!(copy.differences(&copy).is_empty());
    }

    #[test]
    fn the_order_of_members_does_not_matter_and_their_values_do() {
        let copy = |text: &str| {
            let mut copy = Copy::default();
            copy.store(&serde_json::from_str(text).unwrap()).unwrap();
            copy
        };
        let one = copy(r#"{"legacyId":"1","notes":"a","customer":{"name":null}}"#);
        assert_eq!(one, copy(r#"{"customer":{"name":null},"notes":"a","legacyId":"1"}"#));
        assert_ne!(one, copy(r#"{"legacyId":"1","notes":"b","customer":{"name":null}}"#));
        assert_ne!(one, copy(r#"{"legacyId":"1","notes":"a","customer":{"name":"null"}}"#));
    }
}
