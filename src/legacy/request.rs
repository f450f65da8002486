//! A legacy call that has been understood.

use serde_json::Value;

use super::{Fault, Filter, Format, Params, Var, fault, filters, vars};
use crate::domain::text::fold;

/// What a caller asks for: which elements of which sessions, in which format.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    vars: Vec<&'static Var>,
    format: Format,
    filters: Vec<(&'static Filter, Value)>,
}

impl Request {
    /// Understands the parameters, but for `KEY`. The first fault counts: in `VARS`, in
    /// `OUTPUT_FORMAT`, in the filters in their documented order, then an unknown filter.
    pub fn parse(params: &Params) -> Result<Self, Fault> {
        let format = params.format();
        let refuse = |message: String| Fault::request(message, format);
        if params.too_many() {
            return Err(refuse("Too many parameters.".to_owned()));
        }
        let written = params.vars();
        let vars = vars::parse(written.as_deref()).map_err(refuse)?;
        let parameter = params.get("OUTPUT_FORMAT");
        if parameter.is_some_and(|word| Format::from_word(word).is_none())
            || written.is_some_and(|text| !vars::formats_are_valid(&text))
        {
            return Err(refuse("Invalid OUTPUT_FORMAT setting.".to_owned()));
        }
        let filters = read_filters(params).map_err(refuse)?;
        Ok(Self { vars, format, filters })
    }

    /// The elements asked for, each once, in the order asked.
    pub fn vars(&self) -> &[&'static Var] {
        &self.vars
    }

    /// The format to answer in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it asks for lists of what belongs to a session, each of which is read apart.
    pub fn has_lists(&self) -> bool {
        self.vars.iter().any(|var| var.is_list())
    }

    /// The filters that restrict the answer, each with its GraphQL value.
    pub(super) fn filters(&self) -> &[(&'static Filter, Value)] {
        &self.filters
    }

    /// The custom field that the filters name, by its folded name and value.
    pub(super) fn custom_field(&self) -> (Option<String>, Option<String>) {
        let folded = |name| {
            let found = self.filters.iter().find(|(filter, _)| filter.name == name);
            found.and_then(|(_, value)| value.as_str()).map(fold)
        };
        (folded(filters::CUSTOM_FIELD_NAME), folded(filters::CUSTOM_FIELD_VALUE))
    }
}

fn read_filters(params: &Params) -> Result<Vec<(&'static Filter, Value)>, String> {
    let mut read = Vec::new();
    for filter in &filters::FILTERS {
        let Some(text) = params.get(filter.name) else { continue };
        read.extend(filter.read(text)?.map(|value| (filter, value)));
    }
    let known = |name: &str| filters::FILTERS.iter().any(|filter| filter.name == name);
    let unknown = |name: &&str| name.starts_with("FILTER_") && !known(name);
    match params.names().filter(unknown).find(|name| params.get(name).is_some()) {
        Some(name) => Err(format!("Invalid {} setting.", fault::shown(name))),
        None => Ok(read),
    }
}
