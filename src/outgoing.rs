//! Requests to other servers.

use reqwest::{Client, ClientBuilder, redirect::Policy};

/// A client that follows no redirect: what it sends must not reach another host.
pub fn client() -> ClientBuilder {
    // Only the first call installs it. It is the one that the drivers of the databases use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(Policy::none())
        .user_agent(concat!("session-history/", env!("CARGO_PKG_VERSION")))
}

/// The innermost cause of an error, which has no URL.
pub fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
