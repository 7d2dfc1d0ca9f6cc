//! IMAP (RFC 9051 section 6.2.1).

use super::Stop;
use super::talk::Talk;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    let greeting = talk.hear("greeting").await?;
    match untagged(&greeting) {
        Some("OK") => {}
        Some("PREAUTH") => return Err(Stop::NotOffered(greeting)),
        Some("BYE") => return Err(Stop::TurnedAway(greeting)),
        _ => return Err(talk.wrong(&greeting)),
    }
    talk.say("a1 CAPABILITY").await;
    let (capabilities, _) = answer(talk, "a1", "answer to CAPABILITY").await?;
    let has = |word: &str| capabilities.iter().any(|line| line.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(word)));
    if !has("STARTTLS") {
        return Err(Stop::NotOffered("STARTTLS is not among its capabilities".to_owned()));
    }
    talk.say("a2 STARTTLS").await;
    let (_, end) = answer(talk, "a2", "answer to STARTTLS").await?;
    let good = end.split_ascii_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("OK"));
    if good { Ok(()) } else { Err(Stop::Broken(end)) }
}

/// The untagged lines until the tagged one, and that.
async fn answer(talk: &mut Talk<'_>, tag: &str, what: &'static str) -> Result<(Vec<String>, String), Stop> {
    let mut lines = Vec::new();
    loop {
        let line = talk.hear(what).await?;
        if line.split_ascii_whitespace().next() == Some(tag) {
            return Ok((lines, line));
        }
        match untagged(&line) {
            Some("BYE") => return Err(Stop::TurnedAway(line)),
            Some(_) => lines.push(line),
            None => return Err(talk.wrong(&line)),
        }
    }
}

/// The word behind `* `.
fn untagged(line: &str) -> Option<&'static str> {
    let word = line.strip_prefix("* ")?.split_ascii_whitespace().next()?;
    Some(["OK", "PREAUTH", "BYE"].into_iter().find(|known| word.eq_ignore_ascii_case(known)).unwrap_or("other"))
}
