//! The address at which the gateway shows the translation of a call.

use url::form_urlencoded::Serializer;

use super::request::{FILTERS, LegacyRequest, Params};

/// The path of the page.
pub const TRANSLATE_PATH: &str = "/translate";

/// The length limit of an address. Some proxies refuse an answer with a longer header.
const MAX_LENGTH: usize = 2_000;

/// The path and query of the translation of a call, without its key. None if it is long.
pub fn translation_link(params: &Params, request: &LegacyRequest) -> Option<String> {
    let start = format!("{TRANSLATE_PATH}?");
    let mut link = Serializer::for_suffix(start.clone(), start.len());
    let vars: Vec<_> = request.vars().iter().map(|var| var.token).collect();
    link.append_pair("VARS", &vars.join(" "));
    for filter in &FILTERS {
        if let Some(value) = params.get(filter.name) {
            link.append_pair(filter.name, value);
        }
    }
    Some(link.finish()).filter(|link| link.len() <= MAX_LENGTH)
}
