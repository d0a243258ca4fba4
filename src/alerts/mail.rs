//! E-mail over SMTP.

use crate::config;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

/// How long each step of the conversation with the server may take.
const STEP_MAX: Duration = Duration::from_secs(20);

/// A mail server and who writes to whom.
#[derive(Debug, Clone)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

/// Why no mail goes out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The configuration names an address that is none.
    #[error("{key}: {address} is no e-mail address")]
    Address {
        /// The key.
        key: &'static str,
        /// The address.
        address: String,
    },
    /// The message cannot be written.
    #[error("the message: {0}")]
    Message(#[from] lettre::error::Error),
    /// The server is away or refuses.
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

impl Mail {
    /// The mail of the configuration; none without a server or somebody to write to.
    ///
    /// # Errors
    /// An address that is none.
    pub fn of(
        config: &config::Alerts,
        password: Option<SecretString>,
    ) -> Result<Option<Self>, MailError> {
        if config.mail_host.is_empty() || config.mail_to.is_empty() {
            return Ok(None);
        }
        let host = config.mail_host.clone();
        let tls = match config.mail_tls.as_str() {
            "none" => Tls::None,
            "tls" => Tls::Wrapper(TlsParameters::new(host.clone())?),
            _ => Tls::Required(TlsParameters::new(host.clone())?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(config.mail_port)
            .tls(tls)
            .timeout(Some(STEP_MAX));
        if !config.mail_user.is_empty() {
            if let Some(password) = password {
                let password = password.expose_secret().to_owned();
                transport =
                    transport.credentials(Credentials::new(config.mail_user.clone(), password));
            } else {
                tracing::warn!("alerts.mail_user needs TREADLINE_SMTP_PASSWORD");
            }
        }
        let from = mailbox("alerts.mail_from", &config.mail_from)?;
        let to = config.mail_to.iter().map(|address| mailbox("alerts.mail_to", address));
        let to = to.collect::<Result<_, _>>()?;
        Ok(Some(Self { transport: transport.build(), from, to }))
    }

    /// Writes a message to everybody.
    ///
    /// # Errors
    /// The server is away or refuses.
    pub async fn send(&self, subject: &str, text: &str) -> Result<(), MailError> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(subject)
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            message = message.to(to.clone());
        }
        self.transport.send(message.body(text.to_owned())?).await?;
        Ok(())
    }
}

fn mailbox(key: &'static str, address: &str) -> Result<Mailbox, MailError> {
    address.parse().map_err(|_| MailError::Address { key, address: address.to_owned() })
}
