//! A conversation in lines: what both say goes into the transcript, and neither a line nor the whole is without end.

use super::Stop;
use super::reply::{LONGEST_LINE, numbered, shown, take_line};
use crate::probe::wire::Wire;

/// Most lines that a server may say before TLS.
const MOST_LINES: usize = 200;
/// Most lines that the transcript keeps.
const MOST_KEPT: usize = 60;

pub(super) struct Talk<'a> {
    pub(super) wire: &'a mut Wire,
    transcript: &'a mut Vec<String>,
    lines: usize,
}

/// A reply with a code, of one line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// All its lines, as they came.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Its last line.
    pub(super) fn words(&self) -> String {
        self.lines.last().cloned().unwrap_or_default()
    }
}

impl<'a> Talk<'a> {
    pub(super) fn new(wire: &'a mut Wire, transcript: &'a mut Vec<String>) -> Self {
        Self { wire, transcript, lines: 0 }
    }

    /// Says a line.
    pub(super) async fn say(&mut self, line: &str) {
        self.note('>', line);
        self.wire.send([line, "\r\n"].concat().as_bytes()).await;
    }

    /// Hears a line; `what` names it when it does not come.
    pub(super) async fn hear(&mut self, what: &'static str) -> Result<String, Stop> {
        loop {
            match take_line(&mut self.wire.input) {
                Ok(Some(line)) => {
                    self.note('<', &line);
                    self.lines += 1;
                    if self.lines > MOST_LINES {
                        return Err(Stop::WrongProtocol(format!("more than {MOST_LINES} lines and no end")));
                    }
                    return Ok(line);
                }
                Ok(None) => {}
                Err(_) => {
                    let begin = String::from_utf8_lossy(&self.wire.input).into_owned();
                    self.note('<', &begin);
                    return Err(Stop::WrongProtocol(format!("a line of more than {LONGEST_LINE} octets: {}", shown(&begin))));
                }
            }
            self.more(what).await?;
        }
    }

    /// The first octets of what has arrived, so many of them; they stay in the input.
    pub(super) async fn octets(&mut self, count: usize, what: &'static str) -> Result<Vec<u8>, Stop> {
        loop {
            if let Some(octets) = self.wire.input.get(..count) {
                return Ok(octets.to_vec());
            }
            self.more(what).await?;
        }
    }

    /// Takes octets that are there out of the input.
    pub(super) fn take(&mut self, count: usize) {
        self.wire.input.drain(..count.min(self.wire.input.len()));
    }

    /// Waits for more; what began and came to no end is shown.
    pub(super) async fn more(&mut self, what: &'static str) -> Result<(), Stop> {
        if let Err(broken) = self.wire.fill().await {
            let rest = String::from_utf8_lossy(&self.wire.input).into_owned();
            if !rest.is_empty() {
                self.note('<', &rest);
            }
            return Err(Stop::Broke(broken, what));
        }
        Ok(())
    }

    /// Hears a reply with a code. Lines between the first and the last of FTP may begin with anything.
    pub(super) async fn reply(&mut self, what: &'static str) -> Result<Reply, Stop> {
        let first = self.hear(what).await?;
        let Some((code, mut more)) = numbered(&first) else { return Err(self.wrong(&first)) };
        let mut lines = vec![first];
        while more {
            let line = self.hear(what).await?;
            more = numbered(&line) != Some((code, false));
            lines.push(line);
        }
        Ok(Reply { code, lines })
    }

    /// The protocol is another one, as this line shows.
    pub(super) fn wrong(&self, line: &str) -> Stop {
        Stop::WrongProtocol(shown(line))
    }

    /// The same, as the begin of the input shows.
    pub(super) fn wrong_input(&mut self) -> Stop {
        let begin = String::from_utf8_lossy(&self.wire.input).into_owned();
        let line = begin.lines().next().unwrap_or_default().to_owned();
        self.note('<', &line);
        self.wrong(&line)
    }

    /// Adds to the transcript.
    pub(super) fn note(&mut self, who: char, line: &str) {
        if self.transcript.len() < MOST_KEPT {
            self.transcript.push(format!("{who} {}", shown(line)));
        }
    }
}
