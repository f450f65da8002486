//! Servers with TLS: their certificates, and tests that run with TLS and without.

use std::{path::Path, process::Command};

/// Whether a server uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Plain,
    Tls,
}

impl Transport {
    /// The flags of `serve`, with a new certificate in this folder, which is the current one of the command.
    pub fn flags(self, folder: &Path) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Tls => {
                make_certificate(folder, "tls");
                &["--tls-certificate", "tls.crt", "--tls-key", "tls.key"]
            }
        }
    }
}

/// Makes a certificate of this machine that is signed by itself: `NAME.crt`, and its key, `NAME.key`.
pub fn make_certificate(folder: &Path, name: &str) {
    let (certificate, key) = (format!("{name}.crt"), format!("{name}.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "30", "-subj", "/CN=localhost", "-out", &certificate, "-keyout", &key])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder)
        .output();
    let made = made.expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Makes a function of the test file two tests: of a server without TLS, and of one with it.
macro_rules! with_and_without_tls {
    ($name:ident, $reason:literal) => {
        mod $name {
            use crate::support::{
                database::{DatabaseKind, on_sqlite_alone},
                tls::Transport,
            };

            on_sqlite_alone!(plain, $reason);
            fn plain(on: DatabaseKind) {
                super::$name(on, Transport::Plain);
            }

            on_sqlite_alone!(tls, $reason);
            fn tls(on: DatabaseKind) {
                super::$name(on, Transport::Tls);
            }
        }
    };
}

pub(crate) use with_and_without_tls;
