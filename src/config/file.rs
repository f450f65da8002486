//! The TOML file, which takes the place of the defaults.

use std::{collections::BTreeSet, ffi::OsString, path::PathBuf};

use clap::{Command, FromArgMatches};

/// Reads a command line of `T`, with what the environment and the TOML file add to it.
///
/// # Errors
/// When an argument, a variable or the file is wrong; or help was asked for.
pub fn parse<T: FromArgMatches>(
    command: Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<T, clap::Error> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let mut matches = command.clone().try_get_matches_from(&arguments)?;
    if let Some(file) = matches.get_one::<PathBuf>("config") {
        let fail = |what: String| {
            let kind = clap::error::ErrorKind::InvalidValue;
            command.clone().error(kind, format!("{}: {what}", file.display()))
        };
        let text = std::fs::read_to_string(file).map_err(|error| fail(error.to_string()))?;
        let defaults = settings(&text).map_err(fail)?;
        let command = with_defaults(command.clone(), &defaults).map_err(fail)?;
        matches = command.try_get_matches_from(&arguments)?;
    }
    T::from_arg_matches(&matches)
}

/// A setting of a TOML file.
struct Setting {
    heading: String,
    key: String,
    values: Vec<String>,
}

fn settings(text: &str) -> Result<Vec<Setting>, String> {
    let document: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut settings = Vec::new();
    for (heading, table) in document {
        let toml::Value::Table(table) = table else {
            return Err(format!("'{heading}' stands outside of a table"));
        };
        for (key, value) in table {
            let values = match value {
                toml::Value::Array(values) => values.iter().map(scalar).collect(),
                value => vec![scalar(&value)],
            };
            settings.push(Setting { heading: heading.clone(), key, values });
        }
    }
    Ok(settings)
}

fn scalar(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The command with other defaults. Every setting must be one of its arguments.
fn with_defaults(command: Command, settings: &[Setting]) -> Result<Command, String> {
    let mut unknown: BTreeSet<_> =
        settings.iter().map(|it| format!("{}.{}", it.heading, it.key)).collect();
    let mut apply = |command: Command| {
        command.mut_args(|argument| {
            let heading = argument.get_help_heading().unwrap_or_default().to_lowercase();
            let id = argument.get_id().as_str().to_owned();
            let found = settings.iter().find(|it| it.heading == heading && it.key == id);
            let Some(setting) = found else { return argument };
            unknown.remove(&format!("{heading}.{id}"));
            argument.default_values(setting.values.clone())
        })
    };
    let command = apply(command).mut_subcommands(apply);
    match unknown.first() {
        Some(name) => Err(format!("there is no setting '{name}'")),
        None => Ok(command),
    }
}
