//! The values of arguments, and of the directives that leave fields out.

use async_graphql::{InputType, Positioned, Value as Const, parser::types::Directive};
use async_graphql_value::Value;

use super::{Answer, NoAnswer, Plan, compile::Wanted};

impl<'a> Plan<'a> {
    /// The value of an argument.
    pub(super) fn argument<T: InputType>(
        &self,
        of: &Wanted<'a>,
        name: &str,
        default: Option<fn() -> T>,
    ) -> Answer<T> {
        let given = of.fields.first().and_then(|field| field.node.get_argument(name));
        if given.is_none()
            && let Some(default) = default
        {
            return Ok(default());
        }
        let value = given.and_then(|value| self.value(&value.node));
        T::parse(value).map_err(|_| NoAnswer::GiveUp)
    }

    /// Whether the directives leave a selection out.
    pub(super) fn is_left_out(&self, directives: &[Positioned<Directive>]) -> Answer<bool> {
        for directive in directives {
            let condition = directive.node.get_argument("if").ok_or(NoAnswer::GiveUp)?;
            let Some(Const::Boolean(holds)) = self.value(&condition.node) else {
                return Err(NoAnswer::GiveUp);
            };
            match directive.node.name.node.as_str() {
                "skip" if holds => return Ok(true),
                "include" if !holds => return Ok(true),
                "skip" | "include" => {}
                _ => return Err(NoAnswer::GiveUp),
            }
        }
        Ok(false)
    }

    /// A value with its variables replaced; none where it is a variable that has no value.
    fn value(&self, value: &Value) -> Option<Const> {
        Some(match value {
            Value::Variable(name) => self.variables.get(name)?.clone(),
            Value::Null => Const::Null,
            Value::Number(number) => Const::Number(number.clone()),
            Value::String(text) => Const::String(text.clone()),
            Value::Boolean(flag) => Const::Boolean(*flag),
            Value::Binary(bytes) => Const::Binary(bytes.clone()),
            Value::Enum(word) => Const::Enum(word.clone()),
            Value::List(items) => {
                // A list has a place for each item, be it null.
                Const::List(items.iter().map(|it| self.value(it).unwrap_or_default()).collect())
            }
            Value::Object(fields) => {
                let given = |(name, value): (&async_graphql::Name, &Value)| {
                    Some((name.clone(), self.value(value)?))
                };
                Const::Object(fields.iter().filter_map(given).collect())
            }
        })
    }
}
