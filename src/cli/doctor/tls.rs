//! The certificate for TLS.

use super::finding::Findings;
use crate::{
    config::TlsFiles,
    domain::time::{Clock, Timestamp},
    http::server::Certificate,
};

const TOPIC: &str = "TLS";
/// A certificate that ends within this time is told, in microseconds.
const SOON: i64 = 14 * 86_400_000_000;

pub(super) async fn check(files: &TlsFiles, findings: &mut Findings) {
    let Some((certificate, key)) = files.pair() else {
        return findings
            .ok(TOPIC, "the gateway has no certificate, so a proxy is needed on a network");
    };
    let shown = certificate.display();
    let expires_at = match Certificate::read(certificate, key).await {
        Ok(certificate) => certificate.expires_at(),
        Err(problem) => return findings.problem(TOPIC, &problem),
    };
    let Some(expires_at) = expires_at else {
        return findings.warning(TOPIC, format!("{shown}: the time of its end cannot be read"));
    };
    let expires_at = i64::try_from(expires_at).ok().and_then(|it| it.checked_mul(1_000_000));
    let expires_at = expires_at.and_then(Timestamp::from_micros);
    let Some(expires_at) = expires_at else {
        return findings.ok(TOPIC, format!("{shown} never ends"));
    };
    let left = expires_at.micros() - Clock::system().now().micros();
    let text = format!("the certificate {shown} ends at {}", expires_at.rfc3339());
    if left <= 0 {
        findings.problem(TOPIC, format!("{text}, which is over: renew it"));
    } else if left < SOON {
        findings.warning(TOPIC, format!("{text}: renew it"));
    } else {
        findings.ok(TOPIC, text);
    }
}
