//! The `Host` header: a request of HTTP/1.1 must have exactly one.

use axum::{
    body::Body,
    http::{Request, StatusCode, Version, header},
    response::{IntoResponse, Response},
};

use crate::http::{
    client::Client,
    request_id::{REQUEST_ID, new_id},
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
pub(super) fn refuse(problem: &'static str, client: Client) -> Response<Body> {
    let id = new_id();
    tracing::info!(id, status = 400, client = %client.address, problem, "answered");
    let headers = [(header::CONNECTION, "close"), (REQUEST_ID.clone(), &*id)];
    (StatusCode::BAD_REQUEST, headers, problem).into_response()
}
