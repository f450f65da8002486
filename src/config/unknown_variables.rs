//! Environment variables that look like settings and are none.

use clap::Command;

use super::parse::map_settings;

/// The beginning of the variables of settings.
const PREFIX: &str = "SESSION_HISTORY_";
/// What programs read that call the gateway.
const OF_CALLERS: [&str; 2] = ["SESSION_HISTORY_URL", "SESSION_HISTORY_KEY"];
/// What the names of variables contain that Kubernetes sets for a service called `session-history`.
const OF_KUBERNETES: [&str; 3] = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];

/// The variables of the environment that begin like settings, but are read by no command. They have no effect, so a mistyped name
/// would be overlooked.
#[expect(clippy::disallowed_methods, reason = "only the names are read")]
pub fn unknown_variables(command: Command) -> Vec<String> {
    let mut settings = Vec::new();
    map_settings(command, &mut |argument| {
        settings.extend(argument.get_env().map(|name| name.to_string_lossy().into_owned()));
        argument
    });
    let is_unknown = |name: &String| {
        name.starts_with(PREFIX)
            && !settings.contains(name)
            && !OF_CALLERS.contains(&name.as_str())
            && !OF_KUBERNETES.iter().any(|part| name.contains(part))
    };
    let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    names.filter(is_unknown).collect()
}
