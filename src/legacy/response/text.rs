//! Texts and dates of a response.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// A text, borrowed from the JSON where it has no escapes. `null` is an empty text.
#[derive(Debug, Default)]
pub(in crate::legacy) struct ResponseText<'v>(pub(crate) Cow<'v, str>);

/// A time in the form of legacy documents, `2011-01-03 09:15:02`, or none.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::legacy) struct LegacyDate(Option<[u8; 19]>);

impl LegacyDate {
    /// Converts a time in the form of the schema, `2011-01-03T09:15:02.5Z`. Fractions are cut off.
    fn from_schema_form(time: &str) -> Option<Self> {
        let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
        let mut text = [b' '; 19];
        text[..10].copy_from_slice(date.get(..10).filter(|_| date.len() == 10)?.as_bytes());
        text[11..].copy_from_slice(clock.get(..8)?.as_bytes());
        Some(Self(Some(text)))
    }

    /// The text, which is empty where there is no time.
    pub(in crate::legacy) fn as_str(&self) -> &str {
        let text = self.0.as_ref().map(|text| std::str::from_utf8(text));
        text.and_then(Result::ok).unwrap_or_default()
    }
}

impl<'de: 'v, 'v> Deserialize<'de> for ResponseText<'v> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(ResponseText)
    }
}

impl<'de> Deserialize<'de> for LegacyDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match &*deserializer.deserialize_any(TextVisitor)? {
            "" => Ok(Self::default()),
            time => Self::from_schema_form(time).ok_or_else(|| Error::custom("not a time")),
        }
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or null")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.to_owned().into())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok("".into())
    }
}
