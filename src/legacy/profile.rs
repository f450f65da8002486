//! A legacy profile: the shape of the answers that the callers of a deployment parse.
//!
//! The vendor's sample of the output is lost, so the shape is data: a TOML file of which each key has a
//! default. An unknown key and an invalid value are errors that name their place.

use serde::Deserialize;

mod names;
mod zone;

pub(super) use names::Names;
pub(super) use zone::ZoneOffset;

/// The shape of the answers of the legacy URL, and of what is read in its parameters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    pub(super) names: Names,
    pub(super) xml: XmlShape,
    pub(super) json: JsonShape,
    pub(super) dates: DateShape,
    pub(super) answers: AnswerShape,
    pub(super) requests: RequestShape,
}

/// The shape of XML.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct XmlShape {
    pub(super) envelope: XmlEnvelope,
    pub(super) lists: ListShape,
    pub(super) empty: XmlEmpty,
}

/// What is around the sessions in XML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum XmlEnvelope {
    /// `<response>` alone.
    #[default]
    Response,
    /// `<response>` with `<result>`, `<details>` and `<errorDetails>`.
    Result,
}

/// How a list is written in XML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ListShape {
    /// An element with the items.
    #[default]
    List,
    /// The items, without an element around them.
    Repeated,
}

/// How an absent value is written in XML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum XmlEmpty {
    /// As an empty element.
    #[default]
    Empty,
    /// Not at all.
    Absent,
}

/// The shape of JSON and NDJSON.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct JsonShape {
    pub(super) envelope: JsonEnvelope,
    pub(super) booleans: JsonBooleans,
    pub(super) empty: JsonEmpty,
    pub(super) ids: JsonIds,
}

/// What is around the sessions in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JsonEnvelope {
    /// Nothing.
    #[default]
    Bare,
    /// `{"response": …}`.
    Response,
    /// `{"result":"SUCCESS","details": … ,"errorDetails":null}`.
    Result,
}

/// How a truth value is written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JsonBooleans {
    /// As one of two words.
    #[default]
    Words,
    /// As `true` or `false`.
    Values,
}

/// How an absent value is written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JsonEmpty {
    /// As `""`.
    #[default]
    Empty,
    /// Not at all.
    Absent,
    /// As `null`.
    Null,
}

/// How a session's number is written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JsonIds {
    /// As a number.
    #[default]
    Number,
    /// As a text.
    Text,
}

/// How dates are written, and read in filters that do not name a zone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DateShape {
    pub(super) form: DateForm,
    pub(super) zone: ZoneOffset,
}

/// The form of a date in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum DateForm {
    /// `2011-01-03 09:15:02`.
    #[default]
    #[serde(rename = "YYYY-MM-DD HH:MM:SS")]
    Civil,
    /// `2011-01-03T09:15:02`.
    #[serde(rename = "YYYY-MM-DDTHH:MM:SS")]
    CivilT,
    /// `2011-01-03T09:15:02+00:00`.
    #[serde(rename = "YYYY-MM-DDTHH:MM:SS+HH:MM")]
    WithZone,
}

/// The shape of answers in every format.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AnswerShape {
    /// The words for true and false.
    pub(super) booleans: [String; 2],
    pub(super) order: RowOrder,
    /// Whether errors have HTTP statuses of their own.
    pub(super) error_statuses: bool,
}

/// The order of the sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RowOrder {
    /// The oldest start first.
    #[default]
    Oldest,
    /// The newest start first.
    Newest,
}

/// What is read in parameters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RequestShape {
    pub(super) date_bounds: DateBounds,
    pub(super) unknown_vars: UnknownVars,
}

/// Whether a session that started exactly at the first date matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DateBounds {
    /// It does not.
    #[default]
    Strict,
    /// It does.
    HalfOpen,
}

/// What an unknown element of VARS is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UnknownVars {
    /// An error.
    #[default]
    Refused,
    /// Nothing.
    Ignored,
}

/// The profiles that are part of the gateway, by name.
pub static BUILT_IN_PROFILES: [(&str, &str); 2] = [
    ("default", include_str!("profile/default.toml")),
    ("rest", include_str!("profile/rest.toml")),
];

/// Why a text is not a profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// A key is unknown, or a value is invalid.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// Two elements of the same element have the same name.
    #[error("[names]: '{0}' is the name of two elements in the same place")]
    SameName(String),
}

impl Profile {
    /// Parses a profile.
    ///
    /// # Errors
    /// When a key is unknown, or a value is invalid. The error names the line.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let mut profile: Self = toml::from_str(text)?;
        profile.names.apply_case();
        match profile.names.ambiguous(profile.repeats_items()) {
            Some(name) => Err(ProfileError::SameName(name.to_owned())),
            None => Ok(profile),
        }
    }

    /// The profile of this name that is part of the gateway.
    pub fn built_in(name: &str) -> Option<&'static str> {
        BUILT_IN_PROFILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// The name of an element, by its name in the default profile.
    pub fn element_name(&self, element: &'static str) -> &str {
        self.names.get(element)
    }

    /// The words for true and false.
    pub fn boolean_words(&self) -> &[String; 2] {
        &self.answers.booleans
    }

    /// The offset from UTC of dates that name none, in seconds.
    pub fn offset_seconds(&self) -> i32 {
        self.dates.zone.seconds
    }

    /// Whether the items of a list in XML have no element around them.
    pub fn repeats_items(&self) -> bool {
        self.xml.lists == ListShape::Repeated
    }

    /// Whether an empty element is left out, in XML or in JSON.
    pub fn leaves_out_empty(&self) -> bool {
        self.xml.empty == XmlEmpty::Absent || self.json.empty == JsonEmpty::Absent
    }

    /// Whether errors have HTTP statuses of their own.
    pub fn has_error_statuses(&self) -> bool {
        self.answers.error_statuses
    }
}

impl Default for AnswerShape {
    fn default() -> Self {
        Self {
            booleans: ["TRUE", "FALSE"].map(str::to_owned),
            order: RowOrder::default(),
            error_statuses: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN_PROFILES, Profile};

    #[test]
    fn the_built_in_profiles_are_profiles_and_the_first_is_the_default() {
        for (name, text) in BUILT_IN_PROFILES {
            let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let is_default = format!("{profile:?}") == format!("{:?}", Profile::parse("").unwrap());
            assert_eq!(is_default, name == "default");
        }
    }

    #[test]
    fn an_unknown_key_and_an_invalid_value_are_errors_that_name_their_place() {
        for (text, place, what) in [
            ("colour = 1", "line 1", "colour"),
            ("[xml]\nenvelope = \"response\"\nlist = \"list\"", "line 3", "list"),
            ("[names]\nid = \"session_id\"\nsession = \"x\"", "line 3", "session"),
            ("[names]\nid = \"1x\"", "line 2", "1x"),
            ("[names]\nid = \"a b\"", "line 2", "a b"),
            ("[json]\n\nempty = \"nothing\"", "line 3", "nothing"),
            ("[dates]\nzone = \"Europe/Paris\"", "line 2", "Europe/Paris"),
            ("[answers]\nbooleans = [\"YES\"]", "line 2", "2"),
            ("[names]\nnotes = \"id\"", "[names]", "'id'"),
            ("[names]\nsender = \"text\"", "[names]", "'text'"),
            ("[names]\nrequests = \"nrequests\"", "[names]", "'nrequests'"),
            ("[names]\nmessage = \"notes\"", "", ""),
            ("[names]\nmessage = \"notes\"\n[xml]\nlists = \"repeated\"", "[names]", "'notes'"),
            ("[names]\ncase = \"upper\"\nnotes = \"id\"\nid = \"ID\"", "", ""),
        ] {
            let error = Profile::parse(text).map(|_| ()).map_err(|it| it.to_string());
            match place {
                "" => assert!(error.is_ok(), "{text}: {error:?}"),
                _ => {
                    let error = error.unwrap_err();
                    assert!(error.contains(place) && error.contains(what), "{text}: {error}");
                }
            }
        }
    }
}
