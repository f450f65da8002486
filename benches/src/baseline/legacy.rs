//! The parameters of the legacy URL that the workloads use.

use anyhow::{Context, Result, bail};
use benches::time::parse;

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) key: String,
    pub(crate) vars: Vec<&'static Var>,
    /// The folded user name.
    pub(crate) technician: Option<String>,
    /// Only sessions that started after this,
    pub(crate) after: i64,
    /// and before this.
    pub(crate) before: i64,
}

/// An element of `VARS`.
#[derive(Debug)]
pub(crate) struct Var {
    token: &'static str,
    /// Its name in the answer.
    pub(crate) element: &'static str,
    pub(crate) source: Source,
}

/// Where its value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Number(&'static str),
    Text(&'static str),
    Date(&'static str),
    Flag(&'static str),
    TechnicianUsername,
    TechnicianName,
    Chat,
    Videos,
}

const VARS: [Var; 16] = [
    Var { token: "ID", element: "id", source: Source::Number("id") },
    text("COMPUTER_NAME", "computer_name"),
    text("COMPUTER_DOMAIN", "computer_domain"),
    text("COMPUTER_OS", "computer_os"),
    Var { token: "TECH_USERNAME", element: "tech_username", source: Source::TechnicianUsername },
    Var { token: "TECH_NAME", element: "tech_name", source: Source::TechnicianName },
    text("CUSTOMER_NAME", "customer_name"),
    text("CUSTOMER_EMAIL", "customer_email"),
    text("CUSTOMER_NUMBER", "customer_number"),
    text("PROBLEM_DESCRIPTION", "problem_description"),
    text("NOTES", "notes"),
    Var { token: "HAS_VIDEOS", element: "has_videos", source: Source::Flag("video_count") },
    Var { token: "DATE_START", element: "date_start", source: Source::Date("started_at") },
    Var { token: "DATE_END", element: "date_end", source: Source::Date("ended_at") },
    Var { token: "CHAT_INFO", element: "chat_info", source: Source::Chat },
    Var { token: "VIDEO_LINKS", element: "video_links", source: Source::Videos },
];

const fn text(token: &'static str, column: &'static str) -> Var {
    Var { token, element: column, source: Source::Text(column) }
}

impl Call {
    /// Reads a query string.
    pub(crate) fn read(query: &str) -> Result<Self> {
        let mut call = Self {
            key: String::new(),
            vars: Vec::new(),
            technician: None,
            after: i64::MIN,
            before: i64::MAX,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*name {
                "KEY" => call.key = value.to_owned(),
                "VARS" => call.vars = vars(value)?,
                "FILTER_TECH_USERNAME" => call.technician = Some(value.to_lowercase()),
                "FILTER_DATE_START_INI" => call.after = parse(value).context("not a date")?,
                "FILTER_DATE_START_END" => call.before = parse(value).context("not a date")?,
                other => bail!("there is no parameter {other} here"),
            }
        }
        Ok(call)
    }

    /// Whether `VARS` selects a value.
    pub(crate) fn asks(&self, source: Source) -> bool {
        self.vars.iter().any(|var| var.source == source)
    }
}

fn vars(text: &str) -> Result<Vec<&'static Var>> {
    let find = |token: &str| {
        let var = VARS.iter().find(|var| var.token.eq_ignore_ascii_case(token));
        var.with_context(|| format!("there is no element {token} here"))
    };
    text.split_whitespace().map(find).collect()
}
