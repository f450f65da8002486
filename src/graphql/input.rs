//! The filters of the schema, and their conversion to [`crate::domain::filter`].
//!
//! The shape of a filter is the shape of the type that it filters. All fields of an object must match;
//! an empty object restricts nothing; a field that is null is the same as an absent field.

use super::limits::Limits;
use crate::{
    domain::filter::{Filter, size::ExtraSize},
    error::{Code, Error, Result},
};

pub mod chat_message;
pub mod custom_field;
pub mod operator;
pub mod session;
pub mod technician;
pub mod video;

/// A filter.
pub(super) trait FilterInput: Sized {
    /// What it may test.
    type Condition: ExtraSize;

    /// Converts the filter to the domain, whatever its size.
    fn into_condition(self) -> Result<Filter<Self::Condition>>;

    /// Converts the filter to the domain.
    ///
    /// # Errors
    /// When it has too many conditions, or a value that cannot be compared.
    fn into_domain(self) -> Result<Filter<Self::Condition>> {
        let filter = self.into_condition()?;
        check_size(filter.size())?;
        Ok(filter)
    }
}

/// The operators on a value.
trait Operators {
    /// What an operator tests.
    type Test;

    /// The tests of the operators that the request has.
    fn into_tests(self) -> Result<Vec<Filter<Self::Test>>>;
}

/// Conditions of which all must match.
struct Conditions<C>(Vec<Filter<C>>);

impl<C> Conditions<C> {
    fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a condition, if there is one.
    fn add(&mut self, condition: Option<Filter<C>>) {
        self.0.extend(condition);
    }

    /// Adds the conditions of the operators of a field, if the request has the field.
    fn field<O: Operators>(
        &mut self,
        operators: Option<O>,
        condition: impl Fn(O::Test) -> C,
    ) -> Result<()> {
        for test in operators.map(O::into_tests).transpose()?.into_iter().flatten() {
            self.0.push(test.map(&condition));
        }
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
            self.0.push(part.into_condition()?);
        }
        if let Some(parts) = or {
            let parts = parts.into_iter().map(I::into_condition);
            self.0.push(Filter::Any(parts.collect::<Result<_>>()?));
        }
        if let Some(part) = not {
            self.0.push(part.into_condition()?.negate());
        }
        Ok(())
    }

    fn into_filter(mut self) -> Filter<C> {
        match self.0.len() {
            1 => self.0.remove(0),
            _ => Filter::All(self.0),
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
