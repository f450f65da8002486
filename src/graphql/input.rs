//! The input of the schema: filters, and their conversion to [`crate::domain::filter`], and what callers record.
//!
//! The shape of a filter is the shape of the type that it filters. All fields of an object must match;
//! an empty object restricts nothing; a field that is null is the same as an absent field.

use super::limits::Limits;
use crate::{
    domain::{
        filter::{Filter, size::ExtraSize},
        time::Timestamp,
    },
    error::{Code, Error, Result},
};

pub mod chat_message;
pub mod custom_field;
pub mod operator;
pub mod record;
pub mod session;
pub mod statistics;
pub mod technician;
pub mod video;

/// A filter.
pub(super) trait FilterInput: Sized {
    /// What it may test.
    type Condition: ExtraSize;

    /// Converts the filter to the domain, whatever its size. Durations lie back from `now`.
    fn into_condition(self, now: Timestamp) -> Result<Filter<Self::Condition>>;

    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    fn into_domain(self, now: Timestamp) -> Result<Filter<Self::Condition>> {
        let filter = self.into_condition(now)?;
        check_size(filter.size())?;
        Ok(filter)
    }
}

/// The operators on a value.
trait Operators {
    /// What an operator tests.
    type Test;

    /// The tests of the operators that the request has. Durations lie back from `now`.
    fn into_tests(self, now: Timestamp) -> Result<Vec<Filter<Self::Test>>>;
}

/// Conditions of which all must match.
struct Conditions<C> {
    now: Timestamp,
    parts: Vec<Filter<C>>,
}

impl<C> Conditions<C> {
    fn new(now: Timestamp) -> Self {
        Self { now, parts: Vec::new() }
    }

    /// Adds a condition, if there is one.
    fn add(&mut self, condition: Option<Filter<C>>) {
        self.parts.extend(condition);
    }

    /// Adds the conditions of the operators of a field, if the request has the field.
    fn field<O: Operators>(
        &mut self,
        operators: Option<O>,
        condition: impl Fn(O::Test) -> C,
    ) -> Result<()> {
        let tests = operators.map(|operators| operators.into_tests(self.now)).transpose()?;
        self.parts.extend(tests.into_iter().flatten().map(|test| test.map(&condition)));
        Ok(())
    }

    /// Adds a condition or its negation, if the request has the field.
    fn flag(&mut self, wanted: Option<bool>, condition: C) {
        let condition = Filter::Is(condition);
        self.add(wanted.map(|wanted| if wanted { condition } else { condition.negate() }));
    }

    /// Adds the operators and, or and not.
    fn add_operators<I: FilterInput<Condition = C>>(
        &mut self,
        and: Option<Vec<I>>,
        or: Option<Vec<I>>,
        not: Option<Box<I>>,
    ) -> Result<()> {
        for part in and.into_iter().flatten() {
            self.parts.push(part.into_condition(self.now)?);
        }
        if let Some(parts) = or {
            let parts = parts.into_iter().map(|part| part.into_condition(self.now));
            self.parts.push(Filter::Any(parts.collect::<Result<_>>()?));
        }
        if let Some(part) = not {
            self.parts.push(part.into_condition(self.now)?.negate());
        }
        Ok(())
    }

    fn into_filter(mut self) -> Filter<C> {
        match self.parts.len() {
            1 => self.parts.remove(0),
            _ => Filter::All(self.parts),
        }
    }
}

fn check_size(size: usize) -> Result<()> {
    let max = Limits::MAX_CONDITIONS;
    if size > max {
        let message = format!("A filter has more than {max} conditions.");
        return Err(Error::client(Code::QueryTooComplex, message));
    }
    Ok(())
}
