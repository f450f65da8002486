//! Reading sessions, by the shape that was asked for.
//!
//! The fields of an object come in the order in which they are selected, so that each is found at
//! the first look; any other order is read too.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{Cell, Session, Text, read::Page};
use crate::legacy::{Var, vars::Source};

/// Where the values for `VARS` stand in a session.
#[derive(Debug)]
pub(in crate::legacy) struct Shape {
    fields: Vec<(&'static str, Place)>,
    cells: usize,
}

/// What a field of a session, or of an object in it, holds.
#[derive(Debug)]
enum Place {
    /// The session's node id.
    Id,
    /// The value for the element of this number.
    Cell(usize, Source),
    /// An object with such fields.
    Object(Vec<(&'static str, Place)>),
    /// The custom fields, which are for elements of these numbers.
    CustomFields(Vec<usize>),
}

impl Shape {
    /// The shape of sessions that are asked for these.
    pub(in crate::legacy) fn new(vars: &[&'static Var]) -> Self {
        let mut fields = vec![("id", Place::Id)];
        for (nth, var) in vars.iter().enumerate() {
            match var.source {
                Source::FieldName | Source::FieldValue => {
                    let new = || Place::CustomFields(Vec::new());
                    if let Place::CustomFields(cells) = entry(&mut fields, "customFields", new) {
                        cells.push(nth);
                    }
                }
                Source::List(list) => fields.push((list.field(), Place::Cell(nth, var.source))),
                Source::Number(path)
                | Source::Text(path)
                | Source::Flag(path)
                | Source::Date(path) => match path {
                    [field] => fields.push((field, Place::Cell(nth, var.source))),
                    [object, field] => {
                        let new = || Place::Object(Vec::new());
                        if let Place::Object(fields) = entry(&mut fields, object, new) {
                            fields.push((field, Place::Cell(nth, var.source)));
                        }
                    }
                    _ => {}
                },
            }
        }
        Self { fields, cells: vars.len() }
    }
}

/// The place of a field, which is made if there is none yet.
fn entry<'f>(
    fields: &'f mut Vec<(&'static str, Place)>,
    name: &'static str,
    new: fn() -> Place,
) -> &'f mut Place {
    let at = fields.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
        fields.push((name, new()));
        fields.len() - 1
    });
    &mut fields[at].1
}

impl Place {
    /// What `null` means there.
    fn leave_empty(&self, session: &mut Session<'_>) {
        match self {
            Self::Cell(nth, _) => session.cells[*nth] = Cell::Text("".into()),
            Self::Object(fields) => fields.iter().for_each(|(_, it)| it.leave_empty(session)),
            Self::Id | Self::CustomFields(_) => {}
        }
    }
}

/// The sessions of a page, each shown to `each`. Answers how many there were.
pub(in crate::legacy) struct Sessions<'s, F> {
    pub(in crate::legacy) shape: &'s Shape,
    pub(in crate::legacy) each: F,
}

impl<'v, F: FnMut(&Session<'v>)> DeserializeSeed<'v> for Sessions<'_, F> {
    type Value = u64;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'v, F: FnMut(&Session<'v>)> Visitor<'v> for Sessions<'_, F> {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("sessions")
    }

    fn visit_seq<A: SeqAccess<'v>>(mut self, mut list: A) -> Result<u64, A::Error> {
        let (mut session, mut count) = (Session::default(), 0);
        loop {
            session.cells.clear();
            session.cells.resize_with(self.shape.cells, || Cell::Missing);
            let object = Object { fields: &self.shape.fields, session: &mut session };
            if list.next_element_seed(object)?.is_none() {
                return Ok(count);
            }
            if session.cells.iter().any(|cell| matches!(cell, Cell::Missing)) {
                return Err(Error::custom("a field is missing"));
            }
            (self.each)(&session);
            count += 1;
        }
    }
}

/// A session, or an object in it.
struct Object<'s, 'v> {
    fields: &'s [(&'static str, Place)],
    session: &'s mut Session<'v>,
}

impl<'v> DeserializeSeed<'v> for Object<'_, 'v> {
    type Value = ();

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'v> Visitor<'v> for Object<'_, 'v> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.fields.iter().for_each(|(_, place)| place.leave_empty(self.session));
        Ok(())
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fields, session } = self;
        let mut expected = 0;
        while let Some(key) = map.next_key::<&str>()? {
            let is_it = |nth: &usize| fields.get(*nth).is_some_and(|(name, _)| *name == key);
            let any = || fields.iter().position(|(name, _)| *name == key);
            let Some(nth) = Some(expected).filter(is_it).or_else(any) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            expected = nth + 1;
            match &fields[nth].1 {
                Place::Id => session.id = map.next_value::<Text<'v>>()?.0,
                Place::Cell(cell, source) => session.cells[*cell] = map.next_value_seed(*source)?,
                Place::Object(fields) => map.next_value_seed(Object { fields, session })?,
                Place::CustomFields(cells) => {
                    session.fields = map.next_value()?;
                    cells.iter().for_each(|cell| session.cells[*cell] = Cell::Fields);
                }
            }
        }
        Ok(())
    }
}

/// The value for an element.
impl<'v> DeserializeSeed<'v> for Source {
    type Value = Cell<'v>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<Cell<'v>, D::Error> {
        Ok(match self {
            Self::Number(_) => {
                let Text(text) = Text::deserialize(deserializer)?;
                Cell::Number(text.parse().map_err(Error::custom)?)
            }
            Self::Text(_) => Cell::Text(Text::deserialize(deserializer)?.0),
            Self::Date(_) => Cell::Date(Deserialize::deserialize(deserializer)?),
            Self::Flag(_) => Cell::Flag(bool::deserialize(deserializer)?),
            Self::List(list) => Cell::List(Page(list).deserialize(deserializer)?),
            Self::FieldName | Self::FieldValue => return Err(Error::custom("not a plain value")),
        })
    }
}
