//! A legacy request: the parsed and checked parameters of a call.

use serde_json::Value;

use super::{
    error::{LegacyError, quote},
    profile::{Profile, RowOrder},
    vars::{self, VARS, Var},
};
use crate::{
    domain::{legacy_usage::CallShape, text::fold},
    export::OutputFormat,
};

mod filters;
mod params;

pub use filters::{FILTERS, FilterParam};
pub use params::Params;

/// The elements, the filters and the format that a caller requests.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyRequest {
    vars: Vec<&'static Var>,
    format: OutputFormat,
    filters: Vec<ParsedFilter>,
    order: RowOrder,
}

/// A filter that restricts the answer, the field of `SessionFilter` for it, and its GraphQL value.
type ParsedFilter = (&'static FilterParam, &'static [&'static str], Value);

impl LegacyRequest {
    /// Checks all parameters except `KEY`. The first error counts: of `VARS`, of `OUTPUT_FORMAT`, of
    /// the filters in their documented order, then of an unknown filter.
    pub fn parse(params: &Params, profile: &Profile) -> Result<Self, LegacyError> {
        let format = params.format();
        let refuse = |message: String| LegacyError::request(message, format);
        if params.too_many() {
            return Err(refuse("Too many parameters.".to_owned()));
        }
        let vars_text = params.vars();
        let vars =
            vars::parse(vars_text.as_deref(), profile.requests.unknown_vars).map_err(refuse)?;
        let parameter = params.word("OUTPUT_FORMAT");
        if parameter.is_some_and(|word| OutputFormat::parse(word).is_none())
            || vars_text.is_some_and(|text| !vars::formats_are_valid(&text))
        {
            return Err(refuse("Invalid OUTPUT_FORMAT setting.".to_owned()));
        }
        let filters = parse_filters(params, profile).map_err(refuse)?;
        Ok(Self { vars, format, filters, order: profile.answers.order })
    }

    /// The requested elements, each once, in the caller's order.
    pub fn vars(&self) -> &[&'static Var] {
        &self.vars
    }

    /// The format of the answer.
    pub fn format(&self) -> OutputFormat {
        self.format
    }

    /// Whether it requests lists, each of which is a statement of its own.
    pub fn has_lists(&self) -> bool {
        self.vars.iter().any(|var| var.is_list())
    }

    /// What the call asks for: names in the order of their tables, without values.
    pub fn shape(&self) -> CallShape {
        let vars = VARS.iter().filter(|var| self.vars.iter().any(|asked| asked == var));
        let filters = self.filters.iter().map(|(filter, ..)| filter.name);
        CallShape {
            format: self.format.name().to_owned(),
            vars: vars.map(|var| var.token).collect::<Vec<_>>().join(" "),
            filters: filters.collect::<Vec<_>>().join(" "),
        }
    }

    /// The filters that restrict the answer.
    pub(super) fn filters(&self) -> &[ParsedFilter] {
        &self.filters
    }

    /// The order of the sessions.
    pub(super) fn order(&self) -> RowOrder {
        self.order
    }

    /// The folded name and value of the custom field in the filters.
    pub(super) fn custom_field(&self) -> (Option<String>, Option<String>) {
        let folded = |name| {
            let found = self.filters.iter().find(|(filter, ..)| filter.name == name);
            found.and_then(|(.., value)| value.as_str()).map(fold)
        };
        (folded(filters::CUSTOM_FIELD_NAME), folded(filters::CUSTOM_FIELD_VALUE))
    }
}

fn parse_filters(params: &Params, profile: &Profile) -> Result<Vec<ParsedFilter>, String> {
    let mut parsed = Vec::new();
    for filter in &FILTERS {
        let Some(text) = params.get(filter.name) else { continue };
        let value = filter.to_graphql(text, &profile.dates.zone)?;
        let path = filter.path(profile.requests.date_bounds);
        parsed.extend(value.map(|value| (filter, path, value)));
    }
    let known = |name: &str| FILTERS.iter().any(|filter| filter.name == name);
    let unknown = |name: &&str| name.starts_with("FILTER_") && !known(name);
    match params.names().filter(unknown).find(|name| params.get(name).is_some()) {
        Some(name) => Err(format!("Invalid {} setting.", quote(name))),
        None => Ok(parsed),
    }
}
