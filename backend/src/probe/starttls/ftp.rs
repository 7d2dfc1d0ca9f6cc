//! FTP: AUTH TLS (RFC 4217 section 4). The answers are those of RFC 2228 section 3.

use super::Stop;
use super::talk::Talk;

pub(super) async fn begin(talk: &mut Talk<'_>) -> Result<(), Stop> {
    let mut greeting = talk.reply("greeting").await?;
    // 120: ready in some minutes; the greeting follows.
    if greeting.code == 120 {
        greeting = talk.reply("greeting").await?;
    }
    if greeting.code != 220 {
        return Err(Stop::TurnedAway(greeting.words()));
    }
    talk.say("AUTH TLS").await;
    let answer = talk.reply("answer to AUTH TLS").await?;
    match answer.code {
        234 => Ok(()),
        421 => Err(Stop::TurnedAway(answer.words())),
        // 431: something that TLS needs is missing at the moment.
        400..500 => Err(Stop::Broken(answer.words())),
        _ => Err(Stop::NotOffered(answer.words())),
    }
}
