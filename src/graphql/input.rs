//! Filters as callers write them, and what they mean as [`crate::domain::filter`].
//!
//! The shape of a filter mirrors the shape of what it filters. Fields of one object must all hold;
//! an empty object restricts nothing; a field that is null counts as absent.

use super::limits::Limits;
use crate::{
    domain::filter::Filter,
    error::{Code, Error, Result},
};

pub mod chat_message;
pub mod custom_field;
pub mod operator;
pub mod session;
pub mod technician;
pub mod video;

/// Conditions that must all hold.
struct All<C>(Vec<Filter<C>>);

impl<C> All<C> {
    fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a condition that the caller may have given.
    fn add(&mut self, condition: Option<Filter<C>>) {
        self.0.extend(condition);
    }

    /// Adds the conditions of an operator on a field that the caller may have given.
    fn field<O, T>(
        &mut self,
        operator: Option<O>,
        read: impl FnOnce(O) -> Result<Vec<Filter<T>>>,
        condition: impl Fn(T) -> C,
    ) -> Result<()> {
        for test in operator.map(read).transpose()?.into_iter().flatten() {
            self.0.push(test.map(&condition));
        }
        Ok(())
    }

    /// Adds whether a condition holds, where the caller asks for it.
    fn flag(&mut self, wanted: Option<bool>, condition: C) {
        let condition = Filter::Is(condition);
        self.add(wanted.map(|wanted| if wanted { condition } else { condition.negate() }));
    }

    /// Adds what the caller joins by and, or and not.
    fn joints<I>(
        &mut self,
        and: Option<Vec<I>>,
        or: Option<Vec<I>>,
        not: Option<Box<I>>,
        read: impl Fn(I) -> Result<Filter<C>>,
    ) -> Result<()> {
        for part in and.into_iter().flatten() {
            self.0.push(read(part)?);
        }
        if let Some(parts) = or {
            self.0.push(Filter::Any(parts.into_iter().map(&read).collect::<Result<_>>()?));
        }
        if let Some(part) = not {
            self.0.push(read(*part)?.negate());
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
