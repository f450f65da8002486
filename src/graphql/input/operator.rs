//! Operators on a single value.

use async_graphql::{ID, InputObject};

use super::super::{
    chat_message::SenderRole, node::session_number, scalar::DateTime, session::StartMethod,
};
use crate::{
    domain::{
        filter::{Comparison, Filter, TextTest},
        time::Timestamp,
    },
    error::{Error, Result},
};

/// The longest text that is compared.
const MAX_TEXT_CHARS: usize = 1_000;

/// Tests of a text. They disregard letter case, and white space around the text that is tested.
/// A text that is absent meets none of them but `isNull: true` and `ne`.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TextFilter {
    /// Is this text.
    eq: Option<String>,
    /// Is not this text; also met where there is no text.
    ne: Option<String>,
    /// Is one of these texts.
    #[graphql(name = "in")]
    one_of: Option<Vec<String>>,
    /// Has this part.
    contains: Option<String>,
    /// Begins with this part.
    starts_with: Option<String>,
    /// Ends with this part.
    ends_with: Option<String>,
    /// Whether there is no text.
    is_null: Option<bool>,
}

/// Tests of a time. A time that is absent meets none of them but `isNull: true`.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeFilter {
    /// Is this time.
    eq: Option<DateTime>,
    /// Is later.
    gt: Option<DateTime>,
    /// Is later, or this time.
    gte: Option<DateTime>,
    /// Is earlier.
    lt: Option<DateTime>,
    /// Is earlier, or this time.
    lte: Option<DateTime>,
    /// Whether there is no time.
    is_null: Option<bool>,
}

/// Tests of a number. A number that is absent meets none of them.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IntFilter {
    /// Is this number.
    eq: Option<i32>,
    /// Is greater.
    gt: Option<i32>,
    /// Is greater, or this number.
    gte: Option<i32>,
    /// Is less.
    lt: Option<i32>,
    /// Is less, or this number.
    lte: Option<i32>,
}

/// Tests of a session's number.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionIdFilter {
    /// Is this one.
    eq: Option<ID>,
    /// Is not this one.
    ne: Option<ID>,
    /// Is one of these.
    #[graphql(name = "in")]
    one_of: Option<Vec<ID>>,
}

/// Tests of how a session began.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StartMethodFilter {
    /// In this way.
    eq: Option<StartMethod>,
    /// Not in this way.
    ne: Option<StartMethod>,
    /// In one of these ways.
    #[graphql(name = "in")]
    one_of: Option<Vec<StartMethod>>,
}

/// Tests of the role in which a message was sent.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SenderRoleFilter {
    /// In this role.
    eq: Option<SenderRole>,
    /// Not in this role.
    ne: Option<SenderRole>,
    /// In one of these roles.
    #[graphql(name = "in")]
    one_of: Option<Vec<SenderRole>>,
}

/// A test of an ordered value: how, and with what.
pub(super) enum Ordered<T> {
    Than(Comparison, T),
    IsNull,
}

fn is<T>(test: T) -> Filter<T> {
    Filter::Is(test)
}

pub(super) fn checked(text: &str) -> Result<&str> {
    if text.chars().nth(MAX_TEXT_CHARS).is_some() {
        return Err(Error::input(format!(
            "A text in a filter has at most {MAX_TEXT_CHARS} characters."
        )));
    }
    Ok(text)
}

impl TextFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<TextTest>>> {
        let mut tests = Vec::new();
        let mut one = |text: Option<String>, test: fn(&str) -> TextTest| {
            tests.extend(text.map(|text| checked(&text).map(test)).transpose()?.map(is));
            Ok::<_, Error>(())
        };
        one(self.eq, TextTest::equals)?;
        one(self.contains, TextTest::contains)?;
        one(self.starts_with, TextTest::starts_with)?;
        one(self.ends_with, TextTest::ends_with)?;
        if let Some(text) = self.ne {
            tests.push(is(TextTest::equals(checked(&text)?)).negate());
        }
        if let Some(texts) = self.one_of {
            texts.iter().try_for_each(|text| checked(text).map(drop))?;
            tests.push(is(TextTest::one_of(&texts)));
        }
        if let Some(null) = self.is_null {
            let test = is(TextTest::IsNull);
            tests.push(if null { test } else { test.negate() });
        }
        Ok(tests)
    }
}

fn ordered<T>(operands: [(Comparison, Option<T>); 5]) -> Vec<Filter<Ordered<T>>> {
    let test = |(comparison, value)| Some(is(Ordered::Than(comparison, value?)));
    operands.into_iter().filter_map(test).collect()
}

impl DateTimeFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<Ordered<Timestamp>>>> {
        let time = |value: Option<DateTime>| value.map(|value| value.0);
        let mut tests = ordered([
            (Comparison::Eq, time(self.eq)),
            (Comparison::Gt, time(self.gt)),
            (Comparison::Gte, time(self.gte)),
            (Comparison::Lt, time(self.lt)),
            (Comparison::Lte, time(self.lte)),
        ]);
        if let Some(null) = self.is_null {
            let test = is(Ordered::IsNull);
            tests.push(if null { test } else { test.negate() });
        }
        Ok(tests)
    }
}

impl IntFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<Ordered<i64>>>> {
        Ok(ordered([
            (Comparison::Eq, self.eq.map(i64::from)),
            (Comparison::Gt, self.gt.map(i64::from)),
            (Comparison::Gte, self.gte.map(i64::from)),
            (Comparison::Lt, self.lt.map(i64::from)),
            (Comparison::Lte, self.lte.map(i64::from)),
        ]))
    }
}

/// The tests of a value out of a set.
fn choice<I, T>(
    eq: Option<I>,
    ne: Option<I>,
    one_of: Option<Vec<I>>,
    read: impl Fn(I) -> Result<T>,
) -> Result<Vec<Filter<Vec<T>>>> {
    let mut tests = Vec::new();
    if let Some(value) = eq {
        tests.push(is(vec![read(value)?]));
    }
    if let Some(value) = ne {
        tests.push(is(vec![read(value)?]).negate());
    }
    if let Some(values) = one_of {
        tests.push(is(values.into_iter().map(read).collect::<Result<_>>()?));
    }
    Ok(tests)
}

impl SessionIdFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<Vec<i64>>>> {
        choice(self.eq, self.ne, self.one_of, |id| session_number(&id))
    }
}

impl StartMethodFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<Vec<crate::domain::session::StartMethod>>>> {
        choice(self.eq, self.ne, self.one_of, |method| Ok(method.into()))
    }
}

impl SenderRoleFilter {
    pub(super) fn read(self) -> Result<Vec<Filter<Vec<crate::domain::session::SenderRole>>>> {
        choice(self.eq, self.ne, self.one_of, |role| Ok(role.into()))
    }
}
