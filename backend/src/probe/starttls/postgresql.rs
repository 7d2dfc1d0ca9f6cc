//! PostgreSQL: SSLRequest (Frontend/Backend Protocol, "SSL Session Encryption" in "Message Flow").

use super::Stop;
use super::talk::Talk;

/// Length of the message, and the code in place of a version of the protocol: 1234 and 5679.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    const WHAT: &str = "answer to SSLRequest";
    talk.note('>', "SSLRequest");
    talk.wire.send(&SSL_REQUEST).await;
    let answer = talk.octets(1, WHAT).await?;
    // Nothing may follow either of the letters: more is somebody else's greeting, or was slipped in (CVE-2021-23222).
    let alone = talk.wire.input.len() == 1;
    match answer.as_slice() {
        b"S" if alone => {
            talk.note('<', "S: it begins");
            talk.take(1);
            Ok(())
        }
        b"N" if alone => {
            talk.note('<', "N: it does not");
            Err(Stop::NotOffered("it answers N to SSLRequest".to_owned()))
        }
        // ErrorResponse, of a server that cannot take anybody now: a length, then fields of a letter and text up to an octet of 0.
        b"E" => {
            let head = talk.octets(5, WHAT).await?;
            let length = head.iter().skip(1).fold(0, |length, octet| length << 8 | usize::from(*octet));
            if !(4..=super::reply::LONGEST_LINE).contains(&length) {
                return Err(talk.wrong_input());
            }
            let message = talk.octets(1 + length, WHAT).await?;
            let words = error(message.get(5..).unwrap_or_default());
            talk.note('<', &words);
            Err(Stop::TurnedAway(words))
        }
        _ => Err(talk.wrong_input()),
    }
}

/// The text of an ErrorResponse: its field `M`.
fn error(fields: &[u8]) -> String {
    let mut parts = fields.split(|octet| *octet == 0);
    let message = parts.find_map(|field| field.strip_prefix(b"M")).unwrap_or(fields);
    super::reply::shown(&String::from_utf8_lossy(message))
}
