//! The media types of GraphQL over HTTP.

use axum::http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE},
};

use crate::export::OutputFormat;

/// What a caller accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    /// An answer of GraphQL.
    Answer(MediaType),
    /// All records of a list, in this format.
    Bulk(OutputFormat),
    /// Answers as server-sent events.
    Events,
}

impl Accepted {
    /// The media type of an answer, or of an error if the caller prefers something else.
    pub(super) fn media_type(self) -> MediaType {
        match self {
            Self::Answer(media_type) => media_type,
            Self::Bulk(_) | Self::Events => MediaType::Graphql,
        }
    }
}

/// The media type of server-sent events, which a caller must name.
const EVENTS: &str = "text/event-stream";

/// The formats of bulk requests, which a caller must name.
const BULK: [(OutputFormat, &str); 2] =
    [(OutputFormat::Ndjson, "application/x-ndjson"), (OutputFormat::Csv, "text/csv")];

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status is an error if the request was not executed.
    Graphql,
    /// `application/json`: the status of a well-formed request is 200.
    Json,
}

impl MediaType {
    fn essence(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    /// The value of the response's `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What a caller prefers, if it accepts anything. Without `Accept` it is plain JSON.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Accepted> {
    if !headers.contains_key(ACCEPT) {
        return Some(Accepted::Answer(MediaType::Json));
    }
    let ranges = ranges(headers);
    let answers = [MediaType::Json, MediaType::Graphql].map(|media_type| {
        let names = ["*/*", "application/*", media_type.essence()];
        (Accepted::Answer(media_type), preference(&ranges, &names))
    });
    // A range is not a name.
    let named = |(accepted, name)| (accepted, preference(&ranges, &["", "", name]));
    let bulk = BULK.map(|(format, name)| named((Accepted::Bulk(format), name)));
    let mut best: Option<(Accepted, Preference)> = None;
    let others = bulk.into_iter().chain([named((Accepted::Events, EVENTS))]);
    for (accepted, preference) in answers.into_iter().chain(others) {
        let Some(preference) = preference else { continue };
        if best.as_ref().is_none_or(|(_, best)| preference.is_above(best)) {
            best = Some((accepted, preference));
        }
    }
    best.map(|(accepted, _)| accepted)
}

/// Whether a caller accepts server-sent events, even if it prefers something else.
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    accepts(headers, EVENTS)
}

/// Whether a caller names a media type among those that it accepts.
pub(in crate::http) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    preference(&ranges(headers), &["", "", media_type]).is_some()
}

fn ranges(headers: &HeaderMap) -> Vec<MediaRange> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(parse_range).collect()
}

/// A media range of the `Accept` header.
struct MediaRange {
    media_type: mime::Mime,
    quality: f32,
}

fn parse_range(text: &str) -> Option<MediaRange> {
    let media_type = text.trim().parse::<mime::Mime>().ok()?;
    let quality = media_type.get_param("q").map_or(Ok(1.0), |q| q.as_str().parse()).ok()?;
    let is_utf8 = media_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    is_utf8.then_some(MediaRange { media_type, quality })
}

/// The preference of a caller for a media type.
struct Preference {
    quality: f32,
    /// How specific the range is: 0 for `*/*`, 2 for the media type itself.
    specificity: usize,
    /// The position of the range in the header.
    position: usize,
}

impl Preference {
    fn is_above(&self, other: &Self) -> bool {
        let is_first = || match self.specificity == other.specificity {
            true => self.position < other.position,
            false => self.specificity > other.specificity,
        };
        self.quality > other.quality || (self.quality >= other.quality && is_first())
    }
}

/// The preference for a media type, from the most specific range that matches it. `names` has the ranges, and last
/// the name of the type. None if the caller refuses it.
fn preference(ranges: &[MediaRange], names: &[&str; 3]) -> Option<Preference> {
    let mut found: Option<Preference> = None;
    for (position, range) in ranges.iter().enumerate() {
        let essence = range.media_type.essence_str();
        let Some(specificity) = names.iter().position(|name| *name == essence) else { continue };
        if found.as_ref().is_none_or(|found| specificity > found.specificity) {
            found = Some(Preference { quality: range.quality, specificity, position });
        }
    }
    found.filter(|found| found.quality > 0.0)
}

/// Whether a request's body is JSON in UTF-8.
pub(super) fn body_is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.parse::<mime::Mime>().ok());
    media_type.is_some_and(|it| {
        it.essence_str() == "application/json"
            && it.get_param("charset").is_none_or(|charset| charset == "utf-8")
    })
}
