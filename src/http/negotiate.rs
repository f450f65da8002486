//! The media types of GraphQL over HTTP.

use axum::http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE},
};

/// The form of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/graphql-response+json`: the status tells whether the request was run.
    Graphql,
    /// `application/json`: every well-formed request is answered with 200.
    Json,
}

impl Form {
    /// The value of the response's `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The form that a caller likes best, or none that it takes. Who does not say gets plain JSON.
pub(super) fn response_form(headers: &HeaderMap) -> Option<Form> {
    let mut accepted = headers.get_all(ACCEPT).iter().peekable();
    if accepted.peek().is_none() {
        return Some(Form::Json);
    }
    let mut best: Option<(Form, f32)> = None;
    for range in accepted.flat_map(|value| value.to_str().unwrap_or_default().split(',')) {
        let Ok(range) = range.trim().parse::<mime::Mime>() else { continue };
        let quality = range.get_param("q").map_or(Ok(1.0), |q| q.as_str().parse::<f32>());
        let form = match range.essence_str() {
            "application/graphql-response+json" => Form::Graphql,
            "application/json" | "application/*" | "*/*" => Form::Json,
            _ => continue,
        };
        let utf8 = range.get_param("charset").is_none_or(|charset| charset == "utf-8");
        if let Ok(quality) = quality
            && quality > 0.0
            && utf8
            && best.is_none_or(|(_, before)| quality > before)
        {
            best = Some((form, quality));
        }
    }
    best.map(|(form, _)| form)
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
