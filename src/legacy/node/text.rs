//! Texts and dates in JSON, borrowed from it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// A text; `null` is the empty one.
#[derive(Debug, Default)]
pub(in crate::legacy) struct Text<'v>(pub(crate) Cow<'v, str>);

/// A time as legacy documents write it, `2011-01-03 09:15:02`, or none.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::legacy) struct Date(Option<[u8; 19]>);

impl Date {
    /// `2011-01-03T09:15:02Z`, as the schema writes times, without its signs and any fraction.
    fn read(time: &str) -> Option<Self> {
        let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
        let mut text = [b' '; 19];
        text[..10].copy_from_slice(date.get(..10).filter(|_| date.len() == 10)?.as_bytes());
        text[11..].copy_from_slice(clock.get(..8)?.as_bytes());
        Some(Self(Some(text)))
    }

    /// The text; empty where there is no time.
    pub(in crate::legacy) fn as_str(&self) -> &str {
        let text = self.0.as_ref().map(|text| std::str::from_utf8(text));
        text.and_then(Result::ok).unwrap_or_default()
    }
}

impl<'de: 'v, 'v> Deserialize<'de> for Text<'v> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match &*deserializer.deserialize_any(TextVisitor)? {
            "" => Ok(Self::default()),
            time => Self::read(time).ok_or_else(|| Error::custom("not a time")),
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
