//! LDAP: the StartTLS operation (RFC 4511 section 4.14).

use super::Stop;
use super::ldap_message::{self, START_TLS, Taken};
use super::talk::Talk;

/// resultCode protocolError: the operation is not known.
const PROTOCOL_ERROR: u32 = 2;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    talk.note('>', &format!("StartTLS ({START_TLS})"));
    talk.wire.send(&ldap_message::start_tls()).await;
    let response = loop {
        match ldap_message::take_response(&mut talk.wire.input) {
            Taken::Response(response) => break response,
            Taken::Partly => {}
            Taken::Other => return Err(talk.wrong_input()),
        }
        talk.more("answer to StartTLS").await?;
    };
    let words = match response.diagnostic_message.as_str() {
        "" => format!("resultCode {}", response.result_code),
        message => format!("resultCode {}: {}", response.result_code, super::reply::shown(message)),
    };
    talk.note('<', &words);
    match response.result_code {
        // Message 0 is a notice of disconnection (RFC 4511 section 4.4.1).
        _ if response.message_id == 0 => Err(Stop::TurnedAway(words)),
        0 => Ok(()),
        PROTOCOL_ERROR => Err(Stop::NotOffered(words)),
        _ => Err(Stop::Broken(words)),
    }
}
