//! The names of elements.

use serde::Deserialize;

/// The letter case of the names that a profile does not give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NameCase {
    /// `custom_field_name`.
    #[default]
    Lower,
    /// `CUSTOM_FIELD_NAME`.
    Upper,
    /// `customFieldName`.
    Camel,
}

/// A name that XML and JSON allow without an escape.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct ElementName(String);

impl TryFrom<String> for ElementName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
        let is_later = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        match name.starts_with(is_first) && name.chars().all(is_later) && name.len() <= 64 {
            true => Ok(Self(name)),
            false => Err(format!(
                "'{name}' is not a name: it must have letters, digits, '_', '-' and '.', and begin with \
                 a letter or '_'"
            )),
        }
    }
}

macro_rules! names {
    ($($name:ident)*) => {
        /// The names of elements, by their names in the default profile.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Names {
            case: NameCase,
            $($name: Option<ElementName>,)*
        }

        impl Names {
            /// Gives each element that has no name one in the letter case of the profile.
            pub(super) fn apply_case(&mut self) {
                $(
                    let case = self.case;
                    self.$name.get_or_insert_with(|| ElementName(case.apply(stringify!($name))));
                )*
            }

            /// The name of an element.
            pub(crate) fn get(&self, element: &'static str) -> &str {
                let name = match element {
                    $(stringify!($name) => &self.$name,)*
                    _ => &None,
                };
                name.as_ref().map_or(element, |name| &name.0)
            }
        }
    };
}

names! {
    id computer_name computer_domain computer_os tech_username tech_name customer_name customer_email
    customer_number problem_description notes has_videos date_start date_end chat_info video_links
    custom_field_name custom_field_value custom_fields
    response nrequests requests request message date sender text video_link name value error_msg
}

/// The elements of a session.
pub(in crate::legacy) const OF_SESSION: [&str; 19] = [
    "id",
    "computer_name",
    "computer_domain",
    "computer_os",
    "tech_username",
    "tech_name",
    "customer_name",
    "customer_email",
    "customer_number",
    "problem_description",
    "notes",
    "has_videos",
    "date_start",
    "date_end",
    "chat_info",
    "video_links",
    "custom_field_name",
    "custom_field_value",
    "custom_fields",
];

/// The items of lists.
const OF_LISTS: [&str; 2] = ["message", "video_link"];

/// What surrounds the sessions. An import tells these elements apart by their names alone.
const OF_ENVELOPE: [&str; 5] = ["response", "nrequests", "requests", "request", "error_msg"];

/// The elements that may not have the same name.
const TOGETHER: [&[&str]; 4] =
    [&OF_SESSION, &["date", "sender", "text"], &["name", "value"], &OF_ENVELOPE];

impl Names {
    /// A name that two elements have that need different names. The items of lists are elements of the session
    /// where they are repeated.
    pub(super) fn ambiguous(&self, repeats_items: bool) -> Option<&str> {
        let repeated: Vec<_> = OF_SESSION.into_iter().chain(OF_LISTS).collect();
        let of_session = repeats_items.then_some(repeated.as_slice());
        TOGETHER.into_iter().chain(of_session).find_map(|elements| {
            let mut names: Vec<_> = elements.iter().map(|element| self.get(element)).collect();
            names.sort_unstable();
            names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
        })
    }
}

impl NameCase {
    fn apply(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_owned(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Camel => {
                let mut words = name.split('_');
                let first = words.next().unwrap_or_default().to_owned();
                words.fold(first, |mut name, word| {
                    let (initial, rest) = word.split_at(word.len().min(1));
                    name.push_str(&initial.to_ascii_uppercase());
                    name.push_str(rest);
                    name
                })
            }
        }
    }
}
