//! Evaluating a document as the specification says, value by value.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    object::{Resolved, Thing},
    reference::Reference,
    selection::{Document, Selected, Selection},
};
use crate::support::graphql_schema::SchemaType;

/// An answer, with the keys of its objects in order.
#[derive(Debug)]
pub enum Json {
    Leaf(Value),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// What a document answers: its data, and the paths of its errors.
#[derive(Debug)]
pub struct Expected {
    pub data: String,
    pub errors: BTreeSet<String>,
}

/// A field, with every set that is selected of it.
struct Collected<'a> {
    key: String,
    name: &'a str,
    arguments: &'a [(&'static str, String)],
    sets: Vec<&'a [Selection]>,
}

struct Evaluator<'a> {
    document: &'a Document,
    reference: &'a Reference<'a>,
    path: Vec<Value>,
    errors: BTreeSet<String>,
}

/// An error leaves null in the nearest place that may be null.
struct Propagates;

/// Evaluates a document.
pub fn evaluate(document: &Document, reference: &Reference<'_>) -> Expected {
    let errors = BTreeSet::new();
    let mut evaluator = Evaluator { document, reference, path: Vec::new(), errors };
    let mut data = String::new();
    match evaluator.object(&Thing::Query, vec![&document.root]) {
        Ok(Json::Object(fields)) => {
            let typename = ("t".to_owned(), Json::Leaf(json!("Query")));
            Json::Object(std::iter::once(typename).chain(fields).collect()).write(&mut data);
        }
        Ok(_) => panic!("the root is an object"),
        Err(Propagates) => data.push_str("null"),
    }
    Expected { data, errors: evaluator.errors }
}

impl<'a> Evaluator<'a> {
    fn object(&mut self, of: &Thing<'a>, sets: Vec<&'a [Selection]>) -> Result<Json, Propagates> {
        let mut collected = Vec::new();
        for set in sets {
            self.collect(set, of.type_name(), &mut collected);
        }
        let mut fields = Vec::new();
        for field in collected {
            self.path.push(json!(field.key));
            let value = self.field(of, &field);
            self.path.pop();
            fields.push((field.key, value?));
        }
        Ok(Json::Object(fields))
    }

    fn collect(&self, set: &'a [Selection], name: &str, into: &mut Vec<Collected<'a>>) {
        for Selection { of, .. } in set.iter().filter(|it| !it.directive.leaves_out()) {
            match of {
                Selected::Field { alias, name, arguments, set } => {
                    let key = alias.clone().unwrap_or_else(|| (*name).to_owned());
                    match into.iter_mut().find(|known| known.key == key) {
                        Some(known) => known.sets.push(set),
                        None => into.push(Collected { key, name, arguments, sets: vec![set] }),
                    }
                }
                Selected::Inline { on, set } => {
                    if on.is_none_or(|on| on == name || on == "Node") {
                        self.collect(set, name, into);
                    }
                }
                Selected::Spread(fragment) => {
                    let fragments = &self.document.fragments;
                    let (_, on, set) = fragments.iter().find(|it| it.0 == *fragment).unwrap();
                    if *on == name || *on == "Node" {
                        self.collect(set, name, into);
                    }
                }
            }
        }
    }

    fn field(&mut self, of: &Thing<'a>, field: &Collected<'a>) -> Result<Json, Propagates> {
        let null = Json::Leaf(Value::Null);
        if field.name == "__typename" {
            return Ok(Json::Leaf(json!(of.type_name())));
        }
        let declared = SchemaType::named(of.type_name()).and_then(|it| it.field(field.name));
        let declared = declared.unwrap();
        let (nullable, value_nullable) = (declared.nullable, declared.value_nullable);
        let or_null = |found| match found {
            Err(Propagates) if nullable => Ok(Json::Leaf(Value::Null)),
            other => other,
        };
        match self.reference.resolve(of, field.name, field.arguments) {
            Resolved::Leaf(value) => Ok(Json::Leaf(value)),
            Resolved::Fails => {
                self.errors.insert(json!(self.path).to_string());
                if value_nullable { Ok(null) } else { Err(Propagates) }
            }
            Resolved::One(None) => Ok(null),
            Resolved::One(Some(thing)) => or_null(self.object(&thing, field.sets.clone())),
            Resolved::Many(things) => {
                let mut items = Vec::new();
                for (nth, thing) in things.into_iter().enumerate() {
                    self.path.push(json!(nth));
                    let item = match thing {
                        Some(thing) => or_null(self.object(&thing, field.sets.clone())),
                        None => Ok(Json::Leaf(Value::Null)),
                    };
                    self.path.pop();
                    items.push(item?);
                }
                Ok(Json::List(items))
            }
        }
    }
}

impl Json {
    fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(value) => out.push_str(&value.to_string()),
            Self::List(items) => {
                out.push('[');
                for (nth, item) in items.iter().enumerate() {
                    out.push_str(if nth > 0 { "," } else { "" });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (nth, (key, value)) in fields.iter().enumerate() {
                    out.push_str(if nth > 0 { ",\"" } else { "\"" });
                    out.push_str(key);
                    out.push_str("\":");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}
