//! One command line out of flags, environment variables and the TOML file.

use std::{
    error::Error as _,
    ffi::OsString,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::{
    Arg, Command, Error, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::file::{self, FileSetting};

/// The settings of a gateway that is installed as a package.
const SYSTEM_FILE: &str = "/etc/session-history/session-history.toml";

/// Parses a command line to `T`, with the settings of the environment and of the TOML file.
///
/// # Errors
/// When an argument, a variable or a setting of the file is wrong, or when help is requested.
pub fn parse<T: FromArgMatches>(
    command: Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<T, Error> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let settings = map_settings(command.clone(), &mut without_empty_variable);
    let mut matches = match settings.clone().try_get_matches_from(&arguments) {
        // The help names every variable, the empty ones too.
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            command.try_get_matches_from(&arguments)?
        }
        parsed => parsed.map_err(|error| name_variable(&settings, error))?,
    };
    let fail = |text: String| settings.clone().error(ErrorKind::InvalidValue, text);
    let path = match matches.get_one::<PathBuf>("config") {
        Some(path) => Some(path.clone()),
        None => system_file().map_err(fail)?,
    };
    if let Some(path) = &path {
        let text = std::fs::read_to_string(path)
            .map_err(|error| fail(format!("{}: {error}", path.display())))?;
        let found = file::parse(&text).map_err(|problem| fail(problem.in_file(path)))?;
        let settings = with_defaults(settings.clone(), path, &found).map_err(fail)?;
        matches = settings
            .clone()
            .try_get_matches_from(&arguments)
            .map_err(|error| name_variable(&settings, error))?;
    }
    T::from_arg_matches(&matches)
}

/// The settings of the machine, if there are any. A file that cannot be read must not be overlooked: the command would
/// use another database.
fn system_file() -> Result<Option<PathBuf>, String> {
    let path = Path::new(SYSTEM_FILE);
    let exists = path.try_exists().map_err(|error| format!("{SYSTEM_FILE}: {error}"))?;
    Ok(exists.then(|| path.to_owned()))
}

/// Changes every argument of a command and of its sub-commands.
pub(super) fn map_settings(command: Command, change: &mut impl FnMut(Arg) -> Arg) -> Command {
    let mut command = command.mut_args(&mut *change);
    let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |it| map_settings(it, change));
    }
    command
}

fn without_empty_variable(argument: Arg) -> Arg {
    let empty = variable(&argument).is_some_and(|(_, value)| value.trim().is_empty());
    if empty { argument.env(None::<&'static str>) } else { argument }
}

/// The environment variable of an argument and its value, where it is set.
#[expect(clippy::disallowed_methods, reason = "the one place that reads values of the environment")]
fn variable(argument: &Arg) -> Option<(String, String)> {
    let name = argument.get_env()?;
    let value = std::env::var_os(name)?;
    Some((name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}

/// An error of a value that came from an environment variable names the variable, not the flag.
fn name_variable(command: &Command, error: Error) -> Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    // Shown as '--listen <HOST:PORT>'.
    let flag = shown.split([' ', '=']).next().and_then(|flag| flag.strip_prefix("--"));
    let mut problem = None;
    map_settings(command.clone(), &mut |argument| {
        if argument.get_long() == flag
            && let Some((name, value)) = variable(&argument)
            && let Err(reason) = check(&argument, &value)
        {
            problem = Some(format!("{name}: {reason}"));
        }
        argument
    });
    match problem {
        Some(problem) => command.clone().error(ErrorKind::InvalidValue, problem),
        None => error,
    }
}

/// The command with the settings of the file as its defaults.
fn with_defaults(
    command: Command,
    path: &Path,
    settings: &[FileSetting],
) -> Result<Command, String> {
    let mut used = vec![false; settings.len()];
    let mut problem = None;
    let command = map_settings(command, &mut |argument| {
        let table = argument.get_help_heading().unwrap_or_default().to_lowercase();
        let key = argument.get_id().as_str();
        let matching = |it: &FileSetting| !table.is_empty() && it.table == table && it.key == key;
        let Some(at) = settings.iter().position(matching) else { return argument };
        used[at] = true;
        let setting = &settings[at];
        let list = argument.get_value_delimiter().is_some();
        if setting.is_list && !list {
            problem.get_or_insert(setting.problem("takes one value and not a list").in_file(path));
        }
        for value in &setting.values {
            if let Err(reason) = check(&argument, value) {
                problem.get_or_insert(setting.problem(&reason).in_file(path));
            }
        }
        // An empty text is absent; an empty list is one.
        let values = setting.values.iter().filter(|value| !value.trim().is_empty());
        let values: Vec<_> = values.cloned().collect();
        if values.is_empty() && !setting.is_list {
            argument
        } else {
            argument.default_values(values)
        }
    });
    let unknown = settings.iter().zip(used).find(|(_, used)| !used);
    match unknown.map(|(setting, _)| setting.problem("there is no such setting").in_file(path)) {
        Some(unknown) => Err(unknown),
        None => problem.map_or(Ok(command), Err),
    }
}

/// Checks one value of an argument. An empty one is absent, and so never wrong.
fn check(argument: &Arg, value: &str) -> Result<(), String> {
    let (Some(flag), false) = (argument.get_long(), value.trim().is_empty()) else { return Ok(()) };
    let command = Command::new("setting").arg(argument.clone().env(None::<&'static str>));
    let words = ["setting".to_owned(), format!("--{flag}={value}")];
    let Err(error) = command.try_get_matches_from(words) else { return Ok(()) };
    // A value that may contain a password is not repeated.
    let mut reason = match argument.is_hide_env_values_set() {
        true => "invalid value".to_owned(),
        false => format!("invalid value '{value}'"),
    };
    if let Some(source) = error.source() {
        let _ = write!(reason, ": {source}");
    } else if let Some(ContextValue::Strings(possible)) = error.get(ContextKind::ValidValue) {
        let _ = write!(reason, ": possible values are {}", possible.join(", "));
    }
    Err(reason)
}
