//! Operators on a single value.

use async_graphql::{ID, InputObject};

use super::{
    super::{
        enums::{SenderRole, StartMethod},
        limits::Limits,
        node_id::session_number,
        scalar::{DateTime, Duration},
    },
    Operators,
};
use crate::{
    domain::{
        filter::{Comparison, Filter, TextTest},
        session as domain,
        time::Timestamp,
    },
    error::{Error, Result},
};

/// Conditions on a text. All of them must match. Letter case is ignored, and so is white space
/// around the stored text. `eq`, `ne` and `in` also ignore white space around their argument,
/// `startsWith` before it and `endsWith` after it. An absent text matches only `isNull: true` and
/// `ne`.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TextFilter {
    /// Equals this text.
    eq: Option<String>,
    /// Differs from this text. An absent text matches.
    ne: Option<String>,
    /// Equals one of these texts. An empty list matches nothing.
    #[graphql(name = "in")]
    in_list: Option<Vec<String>>,
    /// Contains this text.
    contains: Option<String>,
    /// Starts with this text.
    starts_with: Option<String>,
    /// Ends with this text.
    ends_with: Option<String>,
    /// Whether the text is absent.
    is_null: Option<bool>,
}

/// Conditions on a time. All of them must match. An absent time matches only `isNull: true`.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeFilter {
    /// Equals this time.
    eq: Option<DateTime>,
    /// Is later than this time.
    gt: Option<DateTime>,
    /// Is this time or later.
    gte: Option<DateTime>,
    /// Is earlier than this time.
    lt: Option<DateTime>,
    /// Is this time or earlier.
    lte: Option<DateTime>,
    /// Lies between now and the time that is this duration before now.
    within: Option<Duration>,
    /// Whether the time is absent.
    is_null: Option<bool>,
}

/// Conditions on a number. All of them must match. An absent number matches none of them.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IntFilter {
    /// Equals this number.
    eq: Option<i32>,
    /// Is greater than this number.
    gt: Option<i32>,
    /// Is this number or greater.
    gte: Option<i32>,
    /// Is less than this number.
    lt: Option<i32>,
    /// Is this number or less.
    lte: Option<i32>,
}

/// Conditions on a session's number. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionIdFilter {
    /// Equals this number.
    eq: Option<ID>,
    /// Differs from this number.
    ne: Option<ID>,
    /// Equals one of these numbers. An empty list matches nothing.
    #[graphql(name = "in")]
    in_list: Option<Vec<ID>>,
    /// Is greater than this number.
    gt: Option<ID>,
    /// Is this number or greater.
    gte: Option<ID>,
    /// Is less than this number.
    lt: Option<ID>,
    /// Is this number or less.
    lte: Option<ID>,
}

/// Conditions on the way in which a session was started. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StartMethodFilter {
    /// Equals this method.
    eq: Option<StartMethod>,
    /// Differs from this method.
    ne: Option<StartMethod>,
    /// Equals one of these methods. An empty list matches nothing.
    #[graphql(name = "in")]
    in_list: Option<Vec<StartMethod>>,
}

/// Conditions on the sender's role. All of them must match.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SenderRoleFilter {
    /// Equals this role.
    eq: Option<SenderRole>,
    /// Differs from this role.
    ne: Option<SenderRole>,
    /// Equals one of these roles. An empty list matches nothing.
    #[graphql(name = "in")]
    in_list: Option<Vec<SenderRole>>,
}

/// A condition on an ordered value that may be absent.
pub(super) enum Ordered<T> {
    Than(Comparison, T),
    IsNull,
}

/// A condition on a session's number.
pub(super) enum IdTest {
    OneOf(Vec<i64>),
    Than(Comparison, i64),
}

fn is<T>(test: T) -> Filter<T> {
    Filter::Is(test)
}

pub(super) fn checked(text: &str) -> Result<&str> {
    let max = Limits::MAX_TEXT_CHARS;
    if text.chars().nth(max).is_some() {
        return Err(Error::input(format!("A text in a filter has more than {max} characters.")));
    }
    Ok(text)
}

impl Operators for TextFilter {
    type Test = TextTest;

    fn into_tests(self, _now: Timestamp) -> Result<Vec<Filter<TextTest>>> {
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
        if let Some(texts) = self.in_list {
            texts.iter().try_for_each(|text| checked(text).map(drop))?;
            tests.push(is(TextTest::in_list(&texts)));
        }
        if let Some(null) = self.is_null {
            let test = is(TextTest::IsNull);
            tests.push(if null { test } else { test.negate() });
        }
        Ok(tests)
    }
}

fn comparisons<T, const N: usize>(
    operands: [(Comparison, Option<T>); N],
) -> impl Iterator<Item = (Comparison, T)> {
    operands.into_iter().filter_map(|(comparison, value)| Some((comparison, value?)))
}

impl Operators for DateTimeFilter {
    type Test = Ordered<Timestamp>;

    fn into_tests(self, now: Timestamp) -> Result<Vec<Filter<Ordered<Timestamp>>>> {
        let time = |value: Option<DateTime>| value.map(|value| value.0);
        let comparisons = comparisons([
            (Comparison::Eq, time(self.eq)),
            (Comparison::Gt, time(self.gt)),
            (Comparison::Gte, time(self.gte)),
            (Comparison::Lt, time(self.lt)),
            (Comparison::Lte, time(self.lte)),
        ]);
        let start = self.within.map(|within| now.back_by(within.0));
        let within = start.map(|start| [(Comparison::Gte, start), (Comparison::Lte, now)]);
        let comparisons = comparisons.chain(within.into_iter().flatten());
        let mut tests: Vec<_> =
            comparisons.map(|(comparison, value)| is(Ordered::Than(comparison, value))).collect();
        if let Some(null) = self.is_null {
            let test = is(Ordered::IsNull);
            tests.push(if null { test } else { test.negate() });
        }
        Ok(tests)
    }
}

impl Operators for IntFilter {
    type Test = (Comparison, i64);

    fn into_tests(self, _now: Timestamp) -> Result<Vec<Filter<(Comparison, i64)>>> {
        let comparisons = comparisons([
            (Comparison::Eq, self.eq.map(i64::from)),
            (Comparison::Gt, self.gt.map(i64::from)),
            (Comparison::Gte, self.gte.map(i64::from)),
            (Comparison::Lt, self.lt.map(i64::from)),
            (Comparison::Lte, self.lte.map(i64::from)),
        ]);
        Ok(comparisons.map(is).collect())
    }
}

/// The conditions of the operators on a value of a set.
fn choice<I, T>(
    eq: Option<I>,
    ne: Option<I>,
    in_list: Option<Vec<I>>,
    into_domain: impl Fn(I) -> Result<T>,
) -> Result<Vec<Filter<Vec<T>>>> {
    let mut tests = Vec::new();
    if let Some(value) = eq {
        tests.push(is(vec![into_domain(value)?]));
    }
    if let Some(value) = ne {
        tests.push(is(vec![into_domain(value)?]).negate());
    }
    if let Some(values) = in_list {
        tests.push(is(values.into_iter().map(into_domain).collect::<Result<_>>()?));
    }
    Ok(tests)
}

impl Operators for SessionIdFilter {
    type Test = IdTest;

    fn into_tests(self, _now: Timestamp) -> Result<Vec<Filter<IdTest>>> {
        let tests = choice(self.eq, self.ne, self.in_list, |id| session_number(&id))?;
        let mut tests: Vec<_> = tests.into_iter().map(|test| test.map(&IdTest::OneOf)).collect();
        for (comparison, id) in comparisons([
            (Comparison::Gt, self.gt),
            (Comparison::Gte, self.gte),
            (Comparison::Lt, self.lt),
            (Comparison::Lte, self.lte),
        ]) {
            tests.push(is(IdTest::Than(comparison, session_number(&id)?)));
        }
        Ok(tests)
    }
}

impl Operators for StartMethodFilter {
    type Test = Vec<domain::StartMethod>;

    fn into_tests(self, _now: Timestamp) -> Result<Vec<Filter<Vec<domain::StartMethod>>>> {
        choice(self.eq, self.ne, self.in_list, |method| Ok(method.into()))
    }
}

impl Operators for SenderRoleFilter {
    type Test = Vec<domain::SenderRole>;

    fn into_tests(self, _now: Timestamp) -> Result<Vec<Filter<Vec<domain::SenderRole>>>> {
        choice(self.eq, self.ne, self.in_list, |role| Ok(role.into()))
    }
}
