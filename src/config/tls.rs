//! The certificate for TLS.

use std::path::{Path, PathBuf};

use clap::Args;

/// The certificate for TLS.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct TlsFiles {
    /// Certificate for TLS, with its intermediate certificates, in PEM format. The server then speaks HTTPS only.
    /// SIGHUP reads the file again, and so does a change of it.
    #[arg(long, value_name = "FILE", env = "SESSION_HISTORY_TLS_CERTIFICATE")]
    tls_certificate: Option<PathBuf>,
    /// Private key of the certificate, in PEM format, without a password.
    #[arg(long, value_name = "FILE", env = "SESSION_HISTORY_TLS_KEY")]
    tls_key: Option<PathBuf>,
}

impl TlsFiles {
    /// The file of the certificate and the file of its key, if TLS is used.
    pub fn pair(&self) -> Option<(&Path, &Path)> {
        self.tls_certificate.as_deref().zip(self.tls_key.as_deref())
    }

    /// Checks that both files are named, or none.
    ///
    /// # Errors
    /// When one is missing.
    pub(super) fn check(&self) -> Result<(), String> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => {
                Err("tls_certificate is set and tls_key is not: set both".to_owned())
            }
            (None, Some(_)) => {
                Err("tls_key is set and tls_certificate is not: set both".to_owned())
            }
            _ => Ok(()),
        }
    }
}
