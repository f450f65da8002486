//! The sources that are mirrored: one on the command line of `sync`, or several in a file.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum, value_parser};
use jiff::{Span, SpanRelativeTo, civil::Date};
use serde::Deserialize;
use toml::value::Datetime;
use url::Url;

/// A source and the account into which it is mirrored.
#[derive(Args, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncSource {
    /// The account that the sessions belong to. It must exist.
    #[arg(long, value_name = "NAME")]
    pub account: String,
    /// The legacy URL of the other server, such as
    /// `https://support.example.com/integration/get_session_history.php`.
    #[arg(long, value_name = "URL")]
    pub from: SourceUrl,
    /// File with the key for the other server; '-' is standard input.
    #[arg(long, value_name = "FILE")]
    pub key_file: PathBuf,
    /// The first day of sessions that are mirrored, in UTC, such as 2020-01-31. Default: all.
    #[arg(long, value_name = "DAY")]
    pub since: Option<Day>,
    /// Follow the source: read what is new after each such time, such as '15m' or '1h'. Default: end when everything is
    /// read; in a file, '15m'.
    #[arg(long, value_name = "TIME")]
    pub every: Option<Period>,
    /// Sessions that started in this time before now are read again each time, because they may change or be listed late.
    /// Older ones are read again when they are twice as old as before.
    #[arg(long, value_name = "TIME", default_value = "6h")]
    #[serde(default = "overlap")]
    pub overlap: Period,
    /// How many sessions an answer should have. The requested ranges of time follow it.
    #[arg(
        long,
        value_name = "N",
        default_value_t = SESSIONS,
        value_parser = value_parser!(u64).range(1..=100_000)
    )]
    #[serde(default = "sessions")]
    pub sessions_per_request: u64,
    /// Maximum time in which nothing of an answer arrives.
    #[arg(long, value_name = "TIME", default_value = "2m")]
    #[serde(default = "read_timeout")]
    pub read_timeout: Period,
    /// Without `--every`: how long requests may fail one after the other before the mirror ends. What is read stays, and the
    /// next run goes on. A wait that the source asks for does not count.
    #[arg(long, value_name = "TIME", default_value = "1m")]
    #[serde(default = "patience")]
    pub patience: Period,
    /// Maximum time of a whole answer.
    #[arg(long, value_name = "TIME", default_value = "30m")]
    #[serde(default = "answer_timeout")]
    pub answer_timeout: Period,
    /// Maximum length of an answer in bytes, decompressed.
    #[arg(
        long,
        value_name = "N",
        default_value_t = ANSWER_BYTES,
        value_parser = value_parser!(u64).range(1..=1 << 40)
    )]
    #[serde(default = "answer_bytes")]
    pub max_answer_bytes: u64,
    /// The start method of all sessions, for a source that does not filter by it. Default: sessions are requested by start
    /// method, because answers do not have it.
    #[arg(long, value_name = "METHOD", value_enum)]
    pub start_method: Option<SyncMethod>,
    /// Delete sessions of the account that the source does not have any more, except held ones. Without this flag, they are
    /// only reported.
    #[arg(long)]
    #[serde(default)]
    pub remove_missing: bool,
    /// Store sessions again that were deleted or anonymized here. Without this flag, they stay removed.
    #[arg(long)]
    #[serde(default)]
    pub restore_deleted: bool,
    /// Request JSON, and not XML. Another gateway has each character of a text in JSON; XML lacks some.
    #[arg(long)]
    #[serde(default)]
    pub json: bool,
    /// File with root certificates in PEM that are trusted beside those of the system.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// File with the shape of the answers, or the name of a built-in shape: 'default' or 'rest'.
    #[arg(
        id = "legacy_profile",
        long = "legacy-profile",
        value_name = "FILE",
        default_value = "default"
    )]
    #[serde(default = "profile")]
    pub legacy_profile: String,
}

/// How the sessions of a source started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum SyncMethod {
    /// By the customer, who ran a program.
    Applet,
    /// By an agent that is installed on the computer.
    Agent,
}

/// A file of `serve --sync-config`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncFile {
    /// The sources.
    #[serde(rename = "source")]
    pub sources: Vec<SyncSource>,
}

impl SyncFile {
    /// Parses a file.
    ///
    /// # Errors
    /// When it is no TOML, or a setting is missing, unknown or wrong. The message names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: Self =
            toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
        for (index, source) in file.sources.iter().enumerate() {
            if source.key_file.as_os_str() == "-" {
                return Err("key_file cannot be standard input in a file".to_owned());
            }
            let same = |it: &SyncSource| it.account == source.account && it.from == source.from;
            if file.sources[..index].iter().any(same) {
                return Err(format!("{} is a source of '{}' twice", source.from.0, source.account));
            }
        }
        Ok(file)
    }
}

/// Declares how a type is read from a text, on the command line and in a file.
macro_rules! from_text {
    ($($kind:ident)+) => {$(
        impl TryFrom<String> for $kind {
            type Error = <Self as FromStr>::Err;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )+};
}

from_text!(SourceUrl Period);

/// The legacy URL of another server, without a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SourceUrl(pub Url);

impl FromStr for SourceUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut url =
            Url::parse(text.trim()).map_err(|_| "a URL is written as https://host/path")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the URL begins with https:// or http://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL has a user or a password; they cannot be used");
        }
        if url.query_pairs().any(|(name, _)| name.trim().eq_ignore_ascii_case("KEY")) {
            return Err("the key does not belong into the URL: put it into the file of --key-file");
        }
        if url.as_str().len() > 2_000 {
            return Err("the URL is longer than 2,000 characters");
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

/// A length of time, longer than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Period(pub Duration);

impl FromStr for Period {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let span: Option<Span> = text.trim().parse().ok();
        let days = SpanRelativeTo::days_are_24_hours();
        let duration = span.and_then(|it| Duration::try_from(it.to_duration(days).ok()?).ok());
        let is_usable = |it: &Duration| (1..=366 * 86_400).contains(&it.as_secs());
        let usable = duration.filter(is_usable).map(Self);
        usable
            .ok_or("a time is written as 90s, 15m, 1h 30m or 2d, and is from one second to a year")
    }
}

/// A day, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DayText")]
pub struct Day(pub Date);

/// A day in TOML: a text or a date.
#[derive(Deserialize)]
#[serde(untagged)]
enum DayText {
    Text(String),
    Date(Datetime),
}

impl TryFrom<DayText> for Day {
    type Error = &'static str;

    fn try_from(text: DayText) -> Result<Self, Self::Error> {
        match text {
            DayText::Text(text) => text.parse(),
            DayText::Date(date) => date.to_string().parse(),
        }
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_day = |text: &&str| text.len() == "2020-01-31".len();
        let day = Some(text.trim()).filter(is_day).and_then(|text| text.parse().ok());
        day.map(Self).ok_or("a day is written as 2020-01-31")
    }
}

/// The default of `sessions_per_request`.
const SESSIONS: u64 = 1_000;
/// The default of `max_answer_bytes`.
const ANSWER_BYTES: u64 = 2 << 30;

fn sessions() -> u64 {
    SESSIONS
}

fn overlap() -> Period {
    Period(Duration::from_secs(6 * 3_600))
}

fn read_timeout() -> Period {
    Period(Duration::from_secs(120))
}

fn patience() -> Period {
    Period(Duration::from_secs(60))
}

fn answer_timeout() -> Period {
    Period(Duration::from_secs(30 * 60))
}

fn answer_bytes() -> u64 {
    ANSWER_BYTES
}

fn profile() -> String {
    "default".to_owned()
}
