//! The log.

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::{LevelFilter, Targets};

/// What is logged, to standard error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct Log {
    /// Level of the log: off, error, warn, info, debug or trace; or a list of levels of targets, such
    /// as 'info,session_history::store=debug'.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "SESSION_HISTORY_LOG",
        default_value = "info,sea_orm_migration=warn,sqlx=warn",
        value_parser = filter
    )]
    pub log: Targets,
    /// Format of a line of the log.
    #[arg(long, global = true, env = "SESSION_HISTORY_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Format of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// A level, and levels of targets. A word that is no level would be a target of which everything is logged,
/// and nothing of the others.
fn filter(text: &str) -> Result<Targets, String> {
    let mut targets = Targets::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        targets = match part.split_once('=') {
            None => targets.with_default(level(part)?),
            Some((target, word)) => targets.with_target(target.trim(), level(word.trim())?),
        };
    }
    Ok(targets)
}

fn level(word: &str) -> Result<LevelFilter, String> {
    Ok(match word.to_ascii_lowercase().as_str() {
        "off" => LevelFilter::OFF,
        "error" => LevelFilter::ERROR,
        "warn" | "warning" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => {
            return Err(format!(
                "'{word}' is no level; a level is off, error, warn, info, debug or trace, and \
                 the level of a target is written as TARGET=LEVEL"
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::Targets;

    use super::filter;

    #[test]
    fn a_filter_is_a_level_and_levels_of_targets() {
        for (text, same) in [
            ("info", "info"),
            ("WARNING", "warn"),
            ("warn", "warn"),
            ("Off", "off"),
            (" info , sqlx = warning ,", "info,sqlx=warn"),
            ("session_history::store=debug", "session_history::store=debug"),
        ] {
            assert_eq!(filter(text).unwrap(), same.parse::<Targets>().unwrap(), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_no_level_is_refused() {
        for (text, word) in [
            ("verbose", "verbose"),
            ("session_history", "session_history"),
            ("info,sqlx=loud", "loud"),
            ("info,sqlx=", ""),
            ("3", "3"),
        ] {
            let error = filter(text).unwrap_err();
            assert!(error.starts_with(&format!("'{word}' is no level")), "{error}");
        }
    }
}
