//! `session-history legacy-schema`.

use clap::{Args, ValueEnum};

use super::{
    legacy_profile,
    output::{Done, print},
};
use crate::config::LegacyShape;

/// The arguments of `legacy-schema`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The kind of schema.
    #[arg(value_enum)]
    kind: SchemaKind,
    #[command(flatten)]
    legacy: LegacyShape,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaKind {
    /// An XML schema of answers in XML.
    Xsd,
    /// A JSON schema of answers in JSON. Its definition 'session' is a line of NDJSON.
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let profile = legacy_profile::load(&arguments.legacy.profile)?;
    print(&match arguments.kind {
        SchemaKind::Xsd => profile.xsd(),
        SchemaKind::Json => profile.json_schema(),
    })
}
