//! Parsing sessions by the shape of the query.
//!
//! The fields of an object come in the order of the selection, so the expected field is compared
//! first. Any other order is parsed too.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    connection::ConnectionSeed,
    text::ResponseText,
    value::{ResponseSession, VarValue},
};
use crate::legacy::vars::{FieldPath, Var, VarSource};

/// The fields of a session, and the element of `VARS` that each belongs to.
#[derive(Debug)]
pub(in crate::legacy) struct SessionShape {
    fields: Vec<(&'static str, FieldTarget)>,
    values: usize,
}

/// The target of the value of a field.
#[derive(Debug)]
enum FieldTarget {
    /// The session's node id.
    Id,
    /// The element of `VARS` at this position.
    Value(usize, VarSource),
    /// An object with these fields.
    Object(Vec<(&'static str, FieldTarget)>),
    /// The custom fields, for the elements of `VARS` at these positions.
    CustomFields(Vec<usize>),
}

impl SessionShape {
    /// The shape of the sessions of a query for these elements.
    pub(in crate::legacy) fn new(vars: &[&'static Var]) -> Self {
        let mut fields = vec![("id", FieldTarget::Id)];
        for (nth, var) in vars.iter().enumerate() {
            match var.source {
                VarSource::FieldName | VarSource::FieldValue => {
                    let new = || FieldTarget::CustomFields(Vec::new());
                    if let FieldTarget::CustomFields(positions) =
                        get_or_insert(&mut fields, "customFields", new)
                    {
                        positions.push(nth);
                    }
                }
                VarSource::List(list) => {
                    fields.push((list.field(), FieldTarget::Value(nth, var.source)))
                }
                VarSource::Number(path)
                | VarSource::Text(path)
                | VarSource::Flag(path)
                | VarSource::Date(path) => match path {
                    FieldPath::Own(field) => {
                        fields.push((field, FieldTarget::Value(nth, var.source)));
                    }
                    FieldPath::Inner(object, field) => {
                        let new = || FieldTarget::Object(Vec::new());
                        if let FieldTarget::Object(fields) = get_or_insert(&mut fields, object, new)
                        {
                            fields.push((field, FieldTarget::Value(nth, var.source)));
                        }
                    }
                },
            }
        }
        Self { fields, values: vars.len() }
    }
}

/// The target of a field, which is inserted if it is not there yet.
fn get_or_insert<'f>(
    fields: &'f mut Vec<(&'static str, FieldTarget)>,
    name: &'static str,
    new: fn() -> FieldTarget,
) -> &'f mut FieldTarget {
    let at = fields.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
        fields.push((name, new()));
        fields.len() - 1
    });
    &mut fields[at].1
}

impl FieldTarget {
    /// Sets the values of a field that is null.
    fn set_null(&self, session: &mut ResponseSession<'_>) {
        match self {
            Self::Value(nth, _) => session.values[*nth] = VarValue::Text("".into()),
            Self::Object(fields) => fields.iter().for_each(|(_, it)| it.set_null(session)),
            Self::Id | Self::CustomFields(_) => {}
        }
    }
}

/// Parses the sessions of a page, passes each to `each`, and returns their number.
pub(in crate::legacy) struct Sessions<'s, F> {
    pub(in crate::legacy) shape: &'s SessionShape,
    pub(in crate::legacy) each: F,
}

impl<'v, F: FnMut(&ResponseSession<'v>)> DeserializeSeed<'v> for Sessions<'_, F> {
    type Value = u64;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'v, F: FnMut(&ResponseSession<'v>)> Visitor<'v> for Sessions<'_, F> {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("sessions")
    }

    fn visit_seq<A: SeqAccess<'v>>(mut self, mut list: A) -> Result<u64, A::Error> {
        let (mut session, mut count) = (ResponseSession::default(), 0);
        loop {
            session.values.clear();
            session.values.resize_with(self.shape.values, || VarValue::Missing);
            let object = ObjectSeed { fields: &self.shape.fields, session: &mut session };
            if list.next_element_seed(object)?.is_none() {
                return Ok(count);
            }
            if session.values.iter().any(|value| matches!(value, VarValue::Missing)) {
                return Err(Error::custom("a field is missing"));
            }
            (self.each)(&session);
            count += 1;
        }
    }
}

/// Parses a session, or an object in it.
struct ObjectSeed<'s, 'v> {
    fields: &'s [(&'static str, FieldTarget)],
    session: &'s mut ResponseSession<'v>,
}

impl<'v> DeserializeSeed<'v> for ObjectSeed<'_, 'v> {
    type Value = ();

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'v> Visitor<'v> for ObjectSeed<'_, 'v> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.fields.iter().for_each(|(_, target)| target.set_null(self.session));
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
                FieldTarget::Id => session.id = map.next_value::<ResponseText<'v>>()?.0,
                FieldTarget::Value(nth, source) => {
                    session.values[*nth] = map.next_value_seed(*source)?
                }
                FieldTarget::Object(fields) => {
                    map.next_value_seed(ObjectSeed { fields, session })?
                }
                FieldTarget::CustomFields(positions) => {
                    session.custom_fields = map.next_value()?;
                    positions.iter().for_each(|nth| session.values[*nth] = VarValue::CustomFields);
                }
            }
        }
        Ok(())
    }
}

/// Parses the value of an element.
impl<'v> DeserializeSeed<'v> for VarSource {
    type Value = VarValue<'v>;

    fn deserialize<D: Deserializer<'v>>(self, deserializer: D) -> Result<VarValue<'v>, D::Error> {
        Ok(match self {
            Self::Number(_) => {
                let ResponseText(text) = ResponseText::deserialize(deserializer)?;
                VarValue::Number(text.parse().map_err(Error::custom)?)
            }
            Self::Text(_) => VarValue::Text(ResponseText::deserialize(deserializer)?.0),
            Self::Date(_) => VarValue::Date(Deserialize::deserialize(deserializer)?),
            Self::Flag(_) => VarValue::Flag(bool::deserialize(deserializer)?),
            Self::List(list) => VarValue::List(ConnectionSeed(list).deserialize(deserializer)?),
            Self::FieldName | Self::FieldValue => return Err(Error::custom("not a plain value")),
        })
    }
}
