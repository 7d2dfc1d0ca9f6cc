//! The door to mail servers: one mail over SMTP (RFC 5321), always encrypted, to a server whose certificate counts.

use std::str::FromStr as _;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use thiserror::Error;
use time::OffsetDateTime;

use super::post::causes;
use super::process::host_name;

/// Why a mail was not taken.
#[derive(Debug, Error)]
pub enum MailError {
    /// An address is none.
    #[error("{0} is no mail address")]
    Address(String),
    /// The mail could not be put together, or the certificates that count cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// No connection, no TLS, or the server refused.
    #[error("{0}")]
    Refused(String),
    /// It took too long.
    #[error("the mail server did not answer within {} s", .0.as_secs())]
    TooSlow(Duration),
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer<'a> {
    /// Its name, which its certificate must have.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// TLS from the first byte; else STARTTLS, without which nothing is sent.
    pub implicit_tls: bool,
    /// Name and password of an account.
    pub account: Option<(&'a str, &'a str)>,
    /// PEM of the CA certificates that count; those of the system when absent.
    pub ca: Option<&'a str>,
}

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    /// What its Message-ID begins with: the same mail sent again has the same.
    pub id: &'a str,
    /// When it was written.
    pub at: OffsetDateTime,
    /// Who it is from.
    pub from: &'a str,
    /// Who it is for.
    pub to: &'a [String],
    /// Its subject.
    pub subject: &'a str,
    /// Its text.
    pub text: String,
}

/// Whether a text is a mail address, with a name before it or without.
#[must_use]
pub fn is_address(text: &str) -> bool {
    Mailbox::from_str(text).is_ok()
}

/// Sends a mail; the answer of the server.
///
/// # Errors
/// See [`MailError`].
pub async fn send(server: MailServer<'_>, mail: &Mail<'_>, limit: Duration) -> Result<String, MailError> {
    let message = message(mail)?;
    let transport = transport(&server, limit)?;
    let answer = tokio::time::timeout(limit, transport.send(message)).await.map_err(|_| MailError::TooSlow(limit))?;
    let answer = answer.map_err(|error| MailError::Refused(causes(&error)))?;
    Ok(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")).trim().to_owned())
}

fn message(mail: &Mail<'_>) -> Result<Message, MailError> {
    let mailbox = |text: &str| Mailbox::from_str(text).map_err(|_| MailError::Address(text.to_owned()));
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, host_name())))
        .date(SystemTime::from(mail.at))
        .from(mailbox(mail.from)?)
        .subject(mail.subject)
        // Nobody's holiday notice is to answer it (RFC 3834 section 5).
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN);
    for to in mail.to {
        builder = builder.to(mailbox(to)?);
    }
    builder.body(mail.text.clone()).map_err(|error| MailError::Unusable(causes(&error)))
}

fn transport(server: &MailServer<'_>, limit: Duration) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let unusable = |error: lettre::transport::smtp::Error| MailError::Unusable(causes(&error));
    let mut parameters = TlsParameters::builder(server.host.to_owned());
    if let Some(pem) = server.ca {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(unusable)?;
        parameters = parameters.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(unusable)?;
    let tls = if server.implicit_tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(limit))
        .hello_name(ClientId::Domain(host_name()));
    if let Some((name, password)) = server.account {
        builder = builder.credentials(Credentials::new(name.to_owned(), password.to_owned()));
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_mail_again_is_the_same_to_the_octet() {
        let to = ["Ada <ada@example.org>".to_owned(), "grace@example.org".to_owned()];
        let at = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let mail = Mail { id: "abc", at, from: "console@example.org", to: &to, subject: "Zertifikat für *", text: "läuft ab\n".into() };
        let (one, other) = (message(&mail).unwrap().formatted(), message(&mail).unwrap().formatted());
        assert_eq!(one, other);
        let text = String::from_utf8(one).unwrap();
        assert!(text.contains(&format!("Message-ID: <abc@{}>\r\n", host_name())) && text.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(text.is_ascii(), "a mail is ASCII on its way: {text}");
    }

    #[test]
    fn addresses_cannot_carry_header_fields() {
        for text in ["", "ada", "ada@example.org\r\nBcc: x@example.org", "a b@example.org", "<ada@example.org"] {
            assert!(!is_address(text), "{text:?}");
        }
        assert!(is_address("Ada Lovelace <ada@example.org>") && is_address("root@localhost"));
    }
}
