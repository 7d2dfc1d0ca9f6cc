//! SMTP (RFC 3207) and LMTP, which greets with LHLO (RFC 2033).

use std::net::IpAddr;

use super::Stop;
use super::talk::Talk;

pub(super) async fn begin(talk: &mut Talk<'_>, hello: &str) -> Result<(), Stop> {
    let greeting = talk.reply("greeting").await?;
    if greeting.code != 220 {
        return Err(Stop::TurnedAway(greeting.words()));
    }
    talk.say(&[hello, " ", &own_name(talk)].concat()).await;
    let capabilities = talk.reply("answer to our greeting").await?;
    match capabilities.code {
        250 => {}
        421 => return Err(Stop::TurnedAway(capabilities.words())),
        _ => return Err(Stop::NotOffered(capabilities.words())),
    }
    let offered = |line: &String| line.get(4..).is_some_and(|keyword| keyword.trim().eq_ignore_ascii_case("STARTTLS"));
    if !capabilities.lines.iter().any(offered) {
        return Err(Stop::NotOffered("STARTTLS is not among what it lists".to_owned()));
    }
    talk.say("STARTTLS").await;
    let answer = talk.reply("answer to STARTTLS").await?;
    if answer.code == 220 { Ok(()) } else { Err(Stop::Broken(answer.words())) }
}

/// Our address as a name (RFC 5321 section 4.1.3), which needs no name server to be believed.
fn own_name(talk: &Talk<'_>) -> String {
    match talk.wire.local().map(|address| address.ip()) {
        Some(IpAddr::V4(address)) => format!("[{address}]"),
        Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        None => "[127.0.0.1]".to_owned(),
    }
}
