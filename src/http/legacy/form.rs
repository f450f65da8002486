//! The parameters of a call: those of its query string, and those of its form.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    http::{HeaderMap, header::CONTENT_TYPE},
};
use futures_util::stream;
use mime::{APPLICATION_WWW_FORM_URLENCODED, MULTIPART_FORM_DATA};
use multer::Multipart;

use crate::{http::body::BodyError, legacy::Params};

/// Parses a query string and a body. A body without a media type is an urlencoded form.
///
/// # Errors
/// When the body is neither empty nor a form, or is a malformed form.
pub(super) async fn params(
    query: &[u8],
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Params, BodyError> {
    let content_type = headers.get(CONTENT_TYPE).map(|it| String::from_utf8_lossy(it.as_bytes()));
    let content_type = content_type.as_deref().unwrap_or_default().trim();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is = |other: mime::Mime| media_type.eq_ignore_ascii_case(other.essence_str());
    if body.is_empty() || media_type.is_empty() || is(APPLICATION_WWW_FORM_URLENCODED) {
        Ok(Params::parse(query, Some(&body)))
    } else if is(MULTIPART_FORM_DATA) {
        multipart(Params::parse(query, None), content_type, body).await
    } else {
        Err(BodyError::NotForm)
    }
}

/// Adds the fields of a multipart form. Files are ignored.
async fn multipart(
    mut params: Params,
    content_type: &str,
    body: Bytes,
) -> Result<Params, BodyError> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| BodyError::MalformedForm)?;
    let body = stream::iter([Ok::<_, Infallible>(body)]);
    let mut fields = Multipart::new(body, boundary);
    while let Some(field) = fields.next_field().await.map_err(|_| BodyError::MalformedForm)? {
        let name = field.name().filter(|_| field.file_name().is_none()).map(str::to_owned);
        let value = field.bytes().await.map_err(|_| BodyError::MalformedForm)?;
        if let Some(name) = name {
            params.append_plain(&name, &value);
        }
    }
    Ok(params)
}
