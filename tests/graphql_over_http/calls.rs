//! Requests with any headers and bodies.

use axum::{
    body::Body,
    http::{HeaderMap, Request, header},
};

use crate::support::{Answer, Gateway, Tenant, database::DatabaseKind};

pub async fn gateway_with(on: DatabaseKind, flags: &[&str]) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, flags).await;
    let tenant = gateway.tenant("acme").await;
    (gateway, tenant)
}

/// Sends a POST with only these headers and this body.
pub async fn post(gateway: &Gateway, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/graphql");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    gateway.call(request.body(body.into()).unwrap()).await
}

pub async fn get(
    gateway: &Gateway,
    headers: &[(&str, &str)],
    parameters: &[(&str, &str)],
) -> Answer {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let mut request = Request::get(format!("/graphql?{}", query.finish()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    gateway.call(request.body(Body::empty()).unwrap()).await
}

pub fn bearer(tenant: &Tenant) -> String {
    format!("Bearer {}", tenant.key)
}

pub fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

pub fn media_type(answer: &Answer) -> &str {
    text(&answer.headers, header::CONTENT_TYPE).unwrap().split(';').next().unwrap()
}
