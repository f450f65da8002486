//! Reading the body of a request, bounded and decompressed.

use std::{error::Error, io::Read};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING},
    },
};
use flate2::bufread::MultiGzDecoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::server::BodyTooSlow;

/// The maximum size of the body of a caller without a valid key, in bytes. The queries of the schema
/// and the forms of the legacy URL are smaller.
pub(super) const MAX_BYTES_WITHOUT_KEY: usize = 16 * 1024;

/// Why a body was not read.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BodyError {
    #[error("The body has more than {0} bytes, which is the limit.")]
    TooLarge(usize),
    #[error("The body has more than {0} bytes after decompression, which is the limit.")]
    TooLargeDecompressed(usize),
    #[error(
        "The body has more than {MAX_BYTES_WITHOUT_KEY} bytes, which is the limit of a request \
         without a valid key. Send a key in a header."
    )]
    TooLargeWithoutKey,
    #[error("The body could not be read to its end: it is cut short, or malformed.")]
    Incomplete,
    #[error("The body arrives too slowly. Send it without long pauses.")]
    TooSlow,
    #[error("The body is not a form.")]
    NotForm,
    #[error("The form is malformed.")]
    MalformedForm,
    #[error("The body is not valid gzip, which its Content-Encoding says it is.")]
    NotGzip,
    #[error(
        "The Content-Encoding '{0}' is not supported. Send the body uncompressed or with gzip."
    )]
    Encoding(String),
}

impl BodyError {
    /// The HTTP status of this error.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) | Self::TooLargeDecompressed(_) | Self::TooLargeWithoutKey => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete | Self::NotGzip | Self::MalformedForm => StatusCode::BAD_REQUEST,
            Self::Encoding(_) | Self::NotForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// A header that the answer must have, if any.
    pub(super) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Encoding(_) => {
                Some((ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity")))
            }
            Self::TooSlow => Some((CONNECTION, HeaderValue::from_static("close"))),
            _ => None,
        }
    }
}

/// Reads a body of at most `limit` bytes, before and after its decompression. The limit of a caller
/// without a valid key is lower.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    has_key: bool,
) -> Result<Bytes, BodyError> {
    let limit_without_key = (!has_key).then_some(MAX_BYTES_WITHOUT_KEY);
    match limit_without_key.filter(|lower| *lower < limit) {
        None => read_within(headers, body, limit).await,
        Some(lower) => read_within(headers, body, lower).await.map_err(|error| match error {
            BodyError::TooLarge(_) | BodyError::TooLargeDecompressed(_) => {
                BodyError::TooLargeWithoutKey
            }
            other => other,
        }),
    }
}

async fn read_within(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let is_gzip = is_gzip(headers)?;
    // A client that sends `Expect: 100-continue` does not need to send the body.
    if body.size_hint().lower() > limit as u64 {
        return Err(BodyError::TooLarge(limit));
    }
    let bytes = match Limited::new(body, limit).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(BodyError::TooLarge(limit)),
        Err(error) if is_too_slow(&*error) => return Err(BodyError::TooSlow),
        Err(_) => return Err(BodyError::Incomplete),
    };
    if is_gzip { decompress(&bytes, limit) } else { Ok(bytes) }
}

/// Whether an error, or one of its causes, is that the body arrives too slowly.
fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    error.is::<BodyTooSlow>() || error.source().is_some_and(is_too_slow)
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, BodyError> {
    let lines: Vec<_> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let encoding = lines.join(", ");
    let encoding = encoding.trim();
    match encoding.to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(false),
        "gzip" | "x-gzip" => Ok(true),
        _ => Err(BodyError::Encoding(encoding.to_owned())),
    }
}

/// Decompresses up to the limit, so the work is bounded too.
fn decompress(gzip: &[u8], limit: usize) -> Result<Bytes, BodyError> {
    let mut decompressed = Vec::new();
    let mut decoder = MultiGzDecoder::new(gzip).take((limit as u64).saturating_add(1));
    decoder.read_to_end(&mut decompressed).map_err(|_| BodyError::NotGzip)?;
    if decompressed.len() > limit {
        return Err(BodyError::TooLargeDecompressed(limit));
    }
    Ok(decompressed.into())
}
