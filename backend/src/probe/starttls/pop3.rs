//! POP3: STLS (RFC 2595 section 4), found by CAPA (RFC 2449).

use super::Stop;
use super::talk::Talk;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    let greeting = talk.hear("greeting").await?;
    match good(&greeting) {
        Some(true) => {}
        Some(false) => return Err(Stop::TurnedAway(greeting)),
        None => return Err(talk.wrong(&greeting)),
    }
    talk.say("CAPA").await;
    let mut offered = None;
    // A server without CAPA may have STLS all the same.
    if good(&talk.hear("answer to CAPA").await?) == Some(true) {
        offered = Some(false);
        loop {
            let line = talk.hear("answer to CAPA").await?;
            if line == "." {
                break;
            }
            if line.trim().eq_ignore_ascii_case("STLS") {
                offered = Some(true);
            }
        }
    }
    if offered == Some(false) {
        return Err(Stop::NotOffered("STLS is not among its capabilities".to_owned()));
    }
    talk.say("STLS").await;
    let answer = talk.hear("answer to STLS").await?;
    match good(&answer) {
        Some(true) => Ok(()),
        _ if offered == Some(true) => Err(Stop::Broken(answer)),
        _ => Err(Stop::NotOffered(answer)),
    }
}

/// The status indicator of RFC 1939 section 3.
fn good(line: &str) -> Option<bool> {
    match line.split_ascii_whitespace().next() {
        Some("+OK") => Some(true),
        Some("-ERR") => Some(false),
        _ => None,
    }
}
