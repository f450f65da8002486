//! The certificate of the server, which is exchanged while the server runs.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::metrics::Metrics;
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncReadExt, sync::Notify, time::sleep};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};
use webpki::{EndEntityCert, KeyUsage};

/// The year 10000, in seconds since 1970.
const LONG_AFTER: u64 = 253_402_300_800;
/// The time between two looks at the files.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// The maximum size of a file. A chain of certificates has some kilobytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The protocols above TLS, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate of the server, and the files that it comes from.
pub struct Certificate {
    files: CertificateFiles,
    provider: Arc<CryptoProvider>,
    current: Arc<CurrentKey>,
    /// The content of the files that was tried last.
    tried: Fingerprint,
    acceptor: TlsAcceptor,
}

/// The files of a certificate and of its key.
#[derive(Debug)]
struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
}

/// The content of the two files, or why they cannot be read.
struct FilePair(Result<[Vec<u8>; 2], String>);

/// A digest of the content of the two files.
type Fingerprint = [u8; 32];

/// What handshakes use from now on.
#[derive(Debug)]
struct CurrentKey(RwLock<Arc<CertifiedKey>>);

impl Certificate {
    /// Reads a certificate and its private key.
    ///
    /// # Errors
    /// When a file cannot be read, or the two are not a certificate and its key.
    pub async fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let files = CertificateFiles { certificate: certificate.into(), key: key.into() };
        let provider = Arc::new(ring::default_provider());
        let pair = files.read().await;
        let tried = pair.fingerprint();
        let current = Arc::new(CurrentKey(RwLock::new(files.parse(pair, &provider)?)));
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let mut config = config.with_no_client_auth().with_cert_resolver(current.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { files, provider, current, tried, acceptor })
    }

    /// What begins TLS on new connections. It uses the certificate that is current at each handshake.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// When the certificate ends, in seconds since 1970, if that can be read.
    pub fn expires_at(&self) -> Option<u64> {
        let current = self.current.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let certificate = EndEntityCert::try_from(current.cert.first()?).ok()?;
        // The check at a time long after its end tells the end.
        let time = UnixTime::since_unix_epoch(Duration::from_secs(LONG_AFTER));
        let usage = KeyUsage::server_auth();
        match certificate.verify_for_usage(&[], &[], &[], time, usage, None, None) {
            Err(webpki::Error::CertExpired { not_after, .. }) => Some(not_after.as_secs()),
            _ => None,
        }
    }

    /// Exchanges the certificate at each request, and when the files have changed. A pair that is not usable is
    /// logged, and the previous one stays in use.
    pub async fn watch(mut self, requests: &Notify, metrics: Option<Arc<Metrics>>) {
        let mut previous = self.tried;
        loop {
            let is_requested = tokio::select! {
                () = requests.notified() => true,
                () = sleep(CHECK_INTERVAL) => false,
            };
            let pair = self.files.read().await;
            let fingerprint = pair.fingerprint();
            // A program that writes the two files one after the other is given time for that.
            let is_settled = fingerprint == previous;
            previous = fingerprint;
            if is_requested || (is_settled && fingerprint != self.tried) {
                self.tried = fingerprint;
                let is_exchanged = self.exchange(pair);
                metrics.iter().for_each(|it| it.connections.read_certificate(is_exchanged));
            }
        }
    }

    /// Returns whether the certificate was exchanged.
    fn exchange(&self, pair: FilePair) -> bool {
        let parsed = self.files.parse(pair, &self.provider);
        let is_exchanged = parsed.is_ok();
        match parsed {
            Ok(key) => {
                *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = key;
                tracing::info!("the TLS certificate was read again");
            }
            Err(problem) => {
                tracing::error!(
                    problem,
                    "the TLS certificate was not exchanged: the previous one stays in use"
                );
            }
        }
        is_exchanged
    }
}

impl CertificateFiles {
    async fn read(&self) -> FilePair {
        let read = async || Ok([read(&self.certificate).await?, read(&self.key).await?]);
        FilePair(read().await)
    }

    /// Checks that the files are a certificate and its private key.
    fn parse(
        &self,
        pair: FilePair,
        provider: &CryptoProvider,
    ) -> Result<Arc<CertifiedKey>, String> {
        let [certificate, key] = pair.0?;
        let fail = |path: &Path, problem: &str| format!("{}: {problem}", path.display());
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificate).collect();
        let chain = chain.map_err(|error| fail(&self.certificate, &error.to_string()))?;
        if chain.is_empty() {
            return Err(fail(&self.certificate, "the file has no certificate in PEM format"));
        }
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| {
            fail(&self.key, "the file has no private key in PEM format, or the key has a password")
        })?;
        let key = CertifiedKey::from_der(chain, key, provider);
        key.map(Arc::new).map_err(|error| {
            fail(&self.key, &format!("not the key of {}: {error}", self.certificate.display()))
        })
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).await.map_err(|error| fail(&error))?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).await;
    read.map_err(|error| fail(&error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(fail(&format_args!("the file has more than {MAX_FILE_BYTES} bytes")));
    }
    Ok(bytes)
}

impl FilePair {
    fn fingerprint(&self) -> Fingerprint {
        let digest = match &self.0 {
            Ok(files) => files.iter().fold(Sha256::new(), |digest, file| {
                digest.chain_update(file.len().to_be_bytes()).chain_update(file)
            }),
            Err(problem) => Sha256::new_with_prefix(problem),
        };
        digest.finalize().into()
    }
}

impl ResolvesServerCert for CurrentKey {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
