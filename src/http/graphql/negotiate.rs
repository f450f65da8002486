//! The media types of GraphQL over HTTP.

use axum::http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE},
};

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

/// The media type that a caller prefers, if it accepts any. Without `Accept` it is plain JSON.
pub(super) fn response_type(headers: &HeaderMap) -> Option<MediaType> {
    if !headers.contains_key(ACCEPT) {
        return Some(MediaType::Json);
    }
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> =
        values.flat_map(|value| value.split(',')).filter_map(parse_range).collect();
    let json = preference(&ranges, MediaType::Json);
    let graphql = preference(&ranges, MediaType::Graphql);
    match (json, graphql) {
        (Some(json), Some(graphql)) if graphql.is_above(&json) => Some(MediaType::Graphql),
        (Some(_), _) => Some(MediaType::Json),
        (None, graphql) => graphql.map(|_| MediaType::Graphql),
    }
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

/// The preference for a media type, from the most specific range. None if the caller refuses it.
fn preference(ranges: &[MediaRange], media_type: MediaType) -> Option<Preference> {
    let names = ["*/*", "application/*", media_type.essence()];
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
