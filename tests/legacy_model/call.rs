//! Valid calls: their parameters in order, and their meaning.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};

use crate::model::{
    history::{History, TECHNICIANS},
    text,
    time::SECOND,
};

/// The elements of `VARS` on the published page, and `ID`.
pub const VARS: [&str; 18] = [
    "ID",
    "COMPUTER_NAME",
    "COMPUTER_DOMAIN",
    "COMPUTER_OS",
    "TECH_USERNAME",
    "TECH_NAME",
    "CUSTOMER_NAME",
    "CUSTOMER_EMAIL",
    "CUSTOMER_NUMBER",
    "PROBLEM_DESCRIPTION",
    "NOTES",
    "HAS_VIDEOS",
    "DATE_START",
    "DATE_END",
    "CHAT_INFO",
    "VIDEO_LINKS",
    "CUSTOM_FIELD_NAME",
    "CUSTOM_FIELD_VALUE",
];

/// The text filters: name, length limit, and the text of a session.
const TEXT_FILTERS: [(&str, usize, &str); 6] = [
    ("FILTER_CUSTOMER_NAME", 100, "customer_name"),
    ("FILTER_CUSTOMER_EMAIL", 100, "customer_email"),
    ("FILTER_CUSTOMER_NUMBER", 50, "customer_number"),
    ("FILTER_COMPUTER_NAME", 100, "computer_name"),
    ("FILTER_COMPUTER_DOMAIN", 100, "computer_domain"),
    ("FILTER_TECH_USERNAME", 100, "tech_username"),
];

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The requested elements; some can occur twice.
    pub vars: Vec<&'static str>,
    /// The parameter `OUTPUT_FORMAT`.
    pub format: Option<Format>,
    /// The token in `VARS`.
    pub format_token: Option<Format>,
    /// A later filter replaces an earlier one of the same name.
    pub filters: Vec<Filter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xml,
    Json,
    Csv,
    Ndjson,
}

/// One filter. `None` is no condition.
#[derive(Clone, Debug)]
pub enum Filter {
    Id(Option<i64>),
    /// `INI` (true) or `END`, in microseconds.
    Start(bool, Option<i64>),
    /// The parameter's name, the text of a session, the value.
    Text(&'static str, &'static str, String),
    /// Whether the session started from the agent.
    StartMethod(Option<bool>),
    /// Whether the session is answered.
    Processed(Option<bool>),
    HasVideos(Option<bool>),
    FieldName(String),
    FieldValue(String),
}

/// The meaning of a call.
#[derive(Clone, Debug)]
pub struct Meaning {
    pub vars: Vec<&'static str>,
    pub format: Format,
    /// One filter for each name.
    pub filters: Vec<Filter>,
}

impl Filter {
    /// The parameter's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Id(_) => "FILTER_ID",
            Self::Start(true, _) => "FILTER_DATE_START_INI",
            Self::Start(false, _) => "FILTER_DATE_START_END",
            Self::Text(name, ..) => name,
            Self::StartMethod(_) => "FILTER_START_METHOD",
            Self::Processed(_) => "FILTER_PROCESSED",
            Self::HasVideos(_) => "FILTER_HAS_VIDEOS",
            Self::FieldName(_) => "FILTER_CUSTOM_FIELD_NAME",
            Self::FieldValue(_) => "FILTER_CUSTOM_FIELD_VALUE",
        }
    }
}

impl Meaning {
    /// The meaning of the call, with its filters in the order of the request.
    pub fn new(call: &Call, filters: &[Filter]) -> Self {
        let mut vars = Vec::new();
        for var in &call.vars {
            if !vars.contains(var) {
                vars.push(*var);
            }
        }
        let replaced = |place: usize, filter: &Filter| {
            filters[place + 1..].iter().any(|later| later.name() == filter.name())
        };
        let last = filters.iter().enumerate().filter(|(place, filter)| !replaced(*place, filter));
        Self {
            vars,
            format: call.format.or(call.format_token).unwrap_or(Format::Xml),
            filters: last.map(|(_, filter)| filter.clone()).collect(),
        }
    }

    /// The value of the header `Content-Type`.
    pub fn content_type(&self) -> &'static str {
        match self.format {
            Format::Xml => "text/xml; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson; charset=utf-8",
        }
    }
}

/// A call with filters that can match sessions of the history.
pub fn call(history: &History) -> impl Strategy<Value = Call> + use<> {
    let some = prop_oneof![1..4_usize, 4..19_usize];
    let vars = some.prop_flat_map(|count| subsequence(VARS.to_vec(), count).prop_shuffle());
    let again = vec(select(VARS.to_vec()), 0..3);
    let format =
        || option::of(select(vec![Format::Xml, Format::Json, Format::Csv, Format::Ndjson]));
    let count = prop_oneof![2 => 0..2_usize, 2 => 1..4_usize, 1 => 3..10_usize];
    let filter = filter(history);
    let filters = count.prop_flat_map(move |count| vec(filter.clone(), count));
    (vars, again, format(), option::weighted(0.2, format()), filters).prop_map(
        |(mut vars, again, format, format_token, filters)| {
            vars.extend(again);
            Call { vars, format, format_token: format_token.flatten(), filters }
        },
    )
}

fn filter(history: &History) -> BoxedStrategy<Filter> {
    let ids: Vec<i64> = history.sessions.iter().map(|it| it.id).chain([7, 404]).collect();
    let whole = |time: &i64| time.div_euclid(SECOND) * SECOND;
    let times: Vec<i64> = history.times.iter().map(whole).collect();
    let near = (select(times), select(vec![0, 0, -SECOND, SECOND]));
    let near = near.prop_map(|(time, step)| {
        // Years are from 1 to 9999.
        if (time + step).abs() > 60_000_000_000 * SECOND { time } else { time + step }
    });
    let of = |name, most, about, value: BoxedStrategy<String>| {
        value.prop_map(move |value| Filter::Text(name, about, short(&value, most))).boxed()
    };
    let flag = || option::weighted(0.8, any::<bool>());
    let sought = || text::sought(&history.texts);
    let mut filters = vec![
        option::weighted(0.9, select(ids)).prop_map(Filter::Id).boxed(),
        (any::<bool>(), option::weighted(0.9, near))
            .prop_map(|(ini, time)| Filter::Start(ini, time))
            .boxed(),
        flag().prop_map(Filter::StartMethod).boxed(),
        flag().prop_map(Filter::Processed).boxed(),
        flag().prop_map(Filter::HasVideos).boxed(),
        sought().prop_map(|name| Filter::FieldName(short(&name, 32))).boxed(),
        sought().prop_map(|value| Filter::FieldValue(short(&value, 100))).boxed(),
        Just(Filter::FieldValue(String::new())).boxed(),
    ];
    for (name, most, about) in TEXT_FILTERS {
        let usernames: Vec<_> = TECHNICIANS.iter().map(|it| it.username.to_owned()).collect();
        let value = if about == "tech_username" { text::sought(&usernames) } else { sought() };
        let value = prop_oneof![19 => value, 1 => Just(String::new())].boxed();
        filters.push(of(name, most, about, value));
    }
    proptest::strategy::Union::new(filters).boxed()
}

/// The text, cut at the length limit of a filter.
fn short(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}
