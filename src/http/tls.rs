//! TLS on the HTTP listener: the files, what is wrong with them, and new ones without a restart.

use super::validity;
use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What is spoken inside: pages, streams and websockets, all of HTTP/1.1.
const PROTOCOL: &[u8] = b"http/1.1";

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or not for us.
    #[error("{key} = {}: {source}", .path.display())]
    Unreadable {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("{key} = {}: holds no {what} in PEM (-----BEGIN …)", .path.display())]
    Empty {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// The certificate is too old or too new.
    #[error("server.tls_cert = {}: holds from {from} to {until}, and now it is {now}", .path.display())]
    NotNow {
        /// The file.
        path: PathBuf,
        /// Its first moment.
        from: DateTime<Utc>,
        /// Its last moment.
        until: DateTime<Utc>,
        /// By our clock.
        now: DateTime<Utc>,
    },
    /// The two do not belong together, or the library cannot use them.
    #[error("server.tls_cert and server.tls_key: {0}")]
    Unfit(#[from] rustls::Error),
}

/// A certificate and its key, as they are served now.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    served: Mutex<Served>,
}

struct Served {
    config: Arc<ServerConfig>,
    /// When the files were last changed.
    stamps: [Option<SystemTime>; 2],
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads a chain of certificates and the key of the first one, both in PEM.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn load(certificate: &Path, key: &Path, now: DateTime<Utc>) -> Result<Self, TlsError> {
        let stamps = [stamp(certificate), stamp(key)];
        let config = Arc::new(read(certificate, key, now)?);
        let served = Mutex::new(Served { config, stamps });
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), served })
    }

    /// What new connections are answered with.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.served.lock().unwrap_or_else(PoisonError::into_inner).config)
    }

    /// Takes files that have changed. Bad ones are told of once, and the old ones stay in use.
    pub(super) fn renew(&self, now: DateTime<Utc>) {
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if self.served.lock().unwrap_or_else(PoisonError::into_inner).stamps == stamps {
            return;
        }
        let read = read(&self.certificate, &self.key, now);
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.stamps = stamps;
        match read {
            Ok(config) => {
                served.config = Arc::new(config);
                tracing::info!("a new certificate is served");
            }
            Err(error) => {
                tracing::error!(%error, "the new certificate cannot be served; the old one stays");
            }
        }
    }
}

fn stamp(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|about| about.modified()).ok()
}

fn read(certificate: &Path, key: &Path, now: DateTime<Utc>) -> Result<ServerConfig, TlsError> {
    let text = bytes("server.tls_cert", certificate)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let no_certificate = || TlsError::Empty {
        key: "server.tls_cert",
        path: certificate.to_owned(),
        what: "certificate",
    };
    let chain = chain.map_err(|_| no_certificate())?;
    let leaf = chain.first().ok_or_else(no_certificate)?;
    let (from, until) = validity::of(leaf).ok_or_else(no_certificate)?;
    if !(from..=until).contains(&now) {
        return Err(TlsError::NotNow { path: certificate.to_owned(), from, until, now });
    }
    let text = bytes("server.tls_key", key)?;
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::Empty {
        key: "server.tls_key",
        path: key.to_owned(),
        what: "private key",
    })?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}

fn bytes(key: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Unreadable {
        key,
        path: path.to_owned(),
        source,
    })
}
