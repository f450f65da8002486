//! The media types of GraphQL over HTTP.

use axum::http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE},
};

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the request was run.
    Graphql,
    /// `application/json`: every well-formed request is answered with 200.
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
    let ranges: Vec<_> = values.flat_map(|value| value.split(',')).filter_map(range).collect();
    let (json, graphql) = (liking(&ranges, MediaType::Json), liking(&ranges, MediaType::Graphql));
    match (json, graphql) {
        (Some(json), Some(graphql)) if graphql.beats(&json) => Some(MediaType::Graphql),
        (Some(_), _) => Some(MediaType::Json),
        (None, graphql) => graphql.map(|_| MediaType::Graphql),
    }
}

/// A range of the `Accept` header.
struct Range {
    media_type: mime::Mime,
    quality: f32,
}

fn range(text: &str) -> Option<Range> {
    let media_type = text.trim().parse::<mime::Mime>().ok()?;
    let quality = media_type.get_param("q").map_or(Ok(1.0), |q| q.as_str().parse()).ok()?;
    let utf8 = media_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    utf8.then_some(Range { media_type, quality })
}

/// How a caller likes a form.
struct Liking {
    quality: f32,
    /// How exactly a range names the form.
    exactness: usize,
    /// The place of that range.
    place: usize,
}

impl Liking {
    fn beats(&self, other: &Self) -> bool {
        let by_name = || {
            let (exact, other_exact) = (self.exactness, other.exactness);
            exact > other_exact || (exact == other_exact && self.place < other.place)
        };
        self.quality > other.quality || (self.quality >= other.quality && by_name())
    }
}

/// How the ranges like a form, by the one that names it most exactly. None where they refuse it.
fn liking(ranges: &[Range], form: MediaType) -> Option<Liking> {
    let names = ["*/*", "application/*", form.essence()];
    let mut found: Option<Liking> = None;
    for (place, range) in ranges.iter().enumerate() {
        let essence = range.media_type.essence_str();
        let Some(exactness) = names.iter().position(|name| *name == essence) else { continue };
        if found.as_ref().is_none_or(|found| exactness > found.exactness) {
            found = Some(Liking { quality: range.quality, exactness, place });
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
