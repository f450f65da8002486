//! The `Host` header: a request of HTTP/1.1 must have exactly one.

use axum::{
    body::Body,
    http::{Request, StatusCode, Version, header},
    response::{IntoResponse, Response},
};

/// Checks the `Host` header of a request.
///
/// # Errors
/// When it is absent in HTTP/1.1, or there are several. The error is for [`refuse`].
pub(super) fn check<B>(request: &Request<B>) -> Result<(), &'static str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => Err("The request has several Host headers. Send one."),
        (None, _) if request.version() == Version::HTTP_11 => {
            Err("The request has no Host header. Send one, as HTTP/1.1 requires.")
        }
        _ => Ok(()),
    }
}

/// The answer to a request whose check failed.
pub(super) fn refuse(problem: &'static str) -> Response<Body> {
    tracing::info!(status = 400, problem, "answered");
    (StatusCode::BAD_REQUEST, [(header::CONNECTION, "close")], problem).into_response()
}
