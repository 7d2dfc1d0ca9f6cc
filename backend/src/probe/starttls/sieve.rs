//! ManageSieve (RFC 5804 section 2.2). The server begins with its capabilities.

use super::Stop;
use super::talk::Talk;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    let mut offered = false;
    loop {
        let line = talk.hear("greeting").await?;
        match status(&line) {
            Some("OK") => break,
            Some("BYE" | "NO") => return Err(Stop::TurnedAway(line)),
            // A capability is a quoted string.
            _ if line.starts_with('"') => offered |= line.trim().eq_ignore_ascii_case("\"STARTTLS\""),
            _ => return Err(talk.wrong(&line)),
        }
    }
    if !offered {
        return Err(Stop::NotOffered("STARTTLS is not among its capabilities".to_owned()));
    }
    talk.say("STARTTLS").await;
    let answer = talk.hear("answer to STARTTLS").await?;
    match status(&answer) {
        Some("OK") => Ok(()),
        Some("BYE") => Err(Stop::TurnedAway(answer)),
        _ => Err(Stop::Broken(answer)),
    }
}

fn status(line: &str) -> Option<&'static str> {
    let word = line.split([' ', '(']).next()?;
    ["OK", "NO", "BYE"].into_iter().find(|known| word.eq_ignore_ascii_case(known))
}
