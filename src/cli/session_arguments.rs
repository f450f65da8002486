//! The arguments that select sessions.

use clap::Args;

use super::{output::Failure, time_argument::time_argument};
use crate::{
    domain::{
        filter::{
            Comparison, Filter, SessionCondition, SessionFilter, SessionText, SessionTime, TextTest,
        },
        time::Timestamp,
    },
    graphql::filter_text::parse_session_filter,
};

/// Which sessions: those that match all of the arguments.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct SessionArguments {
    /// Sessions that match this filter, in JSON, as the filter of 'sessions' of GraphQL:
    /// '{"customer": {"email": {"eq": "ann@example.com"}}}'.
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
    /// Sessions of the customer with this name, e-mail address or number. Letter case is ignored.
    #[arg(long, value_name = "TEXT")]
    customer: Option<String>,
    /// Sessions that started before this time, in UTC: 2020-01-31 (the beginning of that day) or
    /// 2020-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time_argument)]
    before: Option<Timestamp>,
}

impl SessionArguments {
    /// The filter of the sessions that match all arguments.
    pub(super) fn filter(&self, now: Timestamp) -> Result<SessionFilter, Failure> {
        let mut parts = Vec::new();
        if let Some(text) = &self.filter {
            parts.push(parse_session_filter(text, now)?);
        }
        if let Some(customer) = &self.customer {
            if customer.trim().is_empty() {
                return Err("--customer is empty".into());
            }
            let texts = [
                SessionText::CustomerName,
                SessionText::CustomerEmail,
                SessionText::CustomerNumber,
            ];
            let is = |text| Filter::Is(SessionCondition::Text(text, TextTest::equals(customer)));
            parts.push(Filter::Any(texts.map(is).to_vec()));
        }
        if let Some(time) = self.before {
            let before = SessionCondition::Time(SessionTime::StartedAt, Comparison::Lt, time);
            parts.push(Filter::Is(before));
        }
        Ok(Filter::All(parts))
    }
}
