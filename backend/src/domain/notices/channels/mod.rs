//! Ways to people: mail, webhooks, the log of the host, programs.

pub(super) mod check;
mod log;

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::notice::{ChannelTarget, MailTls, Message};
use certdeck_shared::hex::hex;
use time::OffsetDateTime;

use super::message;
use crate::host::mail::{self, Mail, MailServer};
use crate::host::post::{self, Post};
use crate::host::program::{self, Program};
use crate::state::ChannelRecord;

/// How long a try may take; a program says for itself.
const LIMIT: Duration = Duration::from_secs(20);
/// Characters of an answer that are kept.
const KEPT: usize = 500;

/// Sends a message once. What the other side answered; the error is why it was not taken.
pub(super) async fn send(channel: &ChannelRecord, message: &Message, now: OffsetDateTime) -> Result<String, String> {
    let secret = channel.secret.as_ref().map(|secret| secret.as_str());
    let answer = match &channel.setting.target {
        ChannelTarget::Mail { host, port, tls, from, to, user_name, ca } => {
            let account = user_name.as_deref().map(|name| (name, secret.unwrap_or_default()));
            let server = MailServer { host, port: *port, implicit_tls: *tls == MailTls::Implicit, account, ca: ca.as_deref() };
            let subject = message::subject(message);
            let mail = Mail { id: &message.id, at: message.at, from, to, subject: &subject, text: message::text(message) };
            mail::send(server, &mail, LIMIT).await.map_err(|error| error.to_string())
        }
        ChannelTarget::Webhook { url, allow_private, ca } => {
            let body = serde_json::to_vec(message).map_err(|error| error.to_string())?;
            let headers =
                [("Certdeck-Signature", signature(secret.unwrap_or_default(), &body, now)), ("Certdeck-Delivery", message.id.clone())];
            webhook(Post { url, headers: &headers, body, ca: ca.as_deref(), allow_private: *allow_private, limit: LIMIT }).await
        }
        ChannelTarget::Syslog { way, socket } => log::write(*way, socket.as_deref(), message, LIMIT).await,
        ChannelTarget::Command { arguments, seconds } => {
            let body = serde_json::to_vec(message).map_err(|error| error.to_string())?;
            command(arguments, Duration::from_secs((*seconds).into()), &body).await
        }
    };
    let brief = |text: String| text.chars().map(|one| if one.is_control() { ' ' } else { one }).take(KEPT).collect();
    answer.map(brief).map_err(brief)
}

async fn webhook(posted: Post<'_>) -> Result<String, String> {
    let answer = post::post(posted).await.map_err(|error| error.to_string())?;
    let told = format!("{} {}", answer.status, answer.text).trim().to_owned();
    if (200..300).contains(&answer.status) { Ok(told) } else { Err(told) }
}

/// `t=SECONDS,v1=HEX`: HMAC-SHA256 (RFC 2104) over the time, a point and the body, so that an old message cannot be sent again as a new one.
fn signature(secret: &str, body: &[u8], now: OffsetDateTime) -> String {
    let seconds = now.unix_timestamp();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = ring::hmac::Context::with_key(&key);
    context.update(format!("{seconds}.").as_bytes());
    context.update(body);
    format!("t={seconds},v1={}", hex(context.sign().as_ref()))
}

async fn command(arguments: &[String], limit: Duration, input: &[u8]) -> Result<String, String> {
    let program = Program { arguments, environment: &[], directory: Path::new("/"), limit };
    let said = program::run_with_input(program, input).await.map_err(|error| error.to_string())?;
    let told = format!("{}: {}", said.status, said.output.trim());
    if said.status.success() { Ok(told) } else { Err(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_openssl_makes_of_it() {
        let key = openssl::pkey::PKey::hmac(b"sixteen letters.").unwrap();
        let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
        signer.update(b"1800000000.{\"id\":\"x\"}").unwrap();
        let expected = format!("t=1800000000,v1={}", hex(&signer.sign_to_vec().unwrap()));
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        assert_eq!(signature("sixteen letters.", b"{\"id\":\"x\"}", now), expected);
    }
}
