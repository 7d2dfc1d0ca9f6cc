//! MySQL and MariaDB: CLIENT_SSL in the server's greeting, and an SSLRequest in answer to it (MySQL Internals, "Connection Phase").

use super::Stop;
use super::reply::shown;
use super::talk::Talk;

/// Octets before the content of a packet: its length in three, and its number.
const HEAD: usize = 4;
/// Most octets of a greeting.
const LONGEST: usize = 4_096;
/// First octet of the greeting: version 10 of the protocol, spoken since 1998.
const VERSION: u8 = 10;
/// First octet of an error.
const ERROR: u8 = 0xff;
/// Between the version of the server and its capabilities: number of the connection, salt, an octet of 0.
const BEFORE_CAPABILITIES: usize = 4 + 8 + 1;

const CLIENT_PROTOCOL_41: u32 = 0x200;
const CLIENT_SSL: u32 = 0x800;
const CLIENT_SECURE_CONNECTION: u32 = 0x8000;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    const WHAT: &str = "greeting";
    let head = talk.octets(HEAD, WHAT).await?;
    let length = head.iter().take(3).rev().fold(0, |length, octet| length << 8 | usize::from(*octet));
    if !(1..=LONGEST).contains(&length) {
        return Err(talk.wrong_input());
    }
    let packet = talk.octets(HEAD + length, WHAT).await?;
    let greeting = packet.get(HEAD..).unwrap_or_default();
    let capabilities = match greeting {
        // Two octets of a number, and its words.
        [ERROR, _, _, words @ ..] => {
            let words = shown(&String::from_utf8_lossy(words));
            talk.note('<', &words);
            return Err(Stop::TurnedAway(words));
        }
        [VERSION, rest @ ..] => rest.iter().position(|octet| *octet == 0).and_then(|end| {
            talk.note('<', &format!("greeting of {}", String::from_utf8_lossy(rest.get(..end)?)));
            let at = end + 1 + BEFORE_CAPABILITIES;
            Some(u32::from(*rest.get(at)?) | u32::from(*rest.get(at + 1)?) << 8)
        }),
        _ => None,
    };
    let Some(capabilities) = capabilities else { return Err(talk.wrong_input()) };
    if capabilities & CLIENT_SSL == 0 {
        return Err(Stop::NotOffered("CLIENT_SSL is not among its capabilities".to_owned()));
    }
    talk.take(HEAD + length);
    talk.note('>', "SSLRequest");
    talk.wire.send(&ssl_request()).await;
    Ok(())
}

/// Capabilities, the longest packet, utf8mb4, and 23 octets of 0; the second packet of the conversation.
fn ssl_request() -> Vec<u8> {
    let capabilities = CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION;
    let longest: u32 = 1 << 24;
    [&[32, 0, 0, 1][..], &capabilities.to_le_bytes(), &longest.to_le_bytes(), &[45], &[0; 23]].concat()
}
