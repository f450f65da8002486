//! `session-history translate`.

use clap::{Args, builder::PossibleValuesParser};

use super::output::{Done, print};
use crate::legacy::{PageSizes, Profile, ProgramLanguage, program, translate_url};

/// The arguments of `translate`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Legacy URL, or the part after its '?'. KEY is ignored.
    url: String,
    /// Print a program that does the same in GraphQL, and reads the key from SESSION_HISTORY_KEY.
    #[arg(
        long = "as",
        value_name = "LANGUAGE",
        value_parser = PossibleValuesParser::new(ProgramLanguage::ALL.map(|(_, name)| name))
    )]
    language: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let profile = Profile::default();
    let mut known = ProgramLanguage::ALL.into_iter();
    let language = known.find(|(_, name)| Some(*name) == arguments.language.as_deref());
    if let Some((language, _)) = language {
        return print(&program(&arguments.url, &profile, language)?);
    }
    print(&translate_url(&arguments.url, &profile, PageSizes::SCHEMA_DEFAULT)?.text())
}
