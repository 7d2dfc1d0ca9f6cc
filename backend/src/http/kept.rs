//! Long answers that are kept for as long as what they are made of stays the same: scripts and open pages ask for the same rows again and again,
//! and to write a hundred of them as JSON costs more than all the rest of a call.
//!
//! Whether the caller may have them is decided before, each time; an answer that is different for each caller is none to be kept.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};

/// Octets of all together; the oldest go first.
const ROOM: usize = 16 * 1024 * 1024;
/// Larger ones are not kept.
const LARGEST: usize = 2 * 1024 * 1024;
/// So many are looked through for each call.
const MOST: usize = 64;

/// The answers that are kept, of one console.
#[derive(Debug, Default)]
pub struct KeptAnswers(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    asked: String,
    version: String,
    answer: Bytes,
}

impl KeptAnswers {
    /// The answer to what is asked, if it was made of this version.
    pub fn find(&self, asked: &str, version: &str) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.asked == asked && kept.version == version).map(|kept| kept.answer.clone())
    }

    /// Keeps an answer that was made of this version or of a later one: one that is asked for by a later version is made anew.
    pub fn keep(&self, asked: String, version: String, answer: &Bytes) {
        if answer.len() > LARGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.asked != asked);
        kept.push_back(Kept { asked, version, answer: answer.clone() });
        let mut octets: usize = kept.iter().map(Kept::octets).sum();
        while (octets > ROOM || kept.len() > MOST)
            && let Some(oldest) = kept.pop_front()
        {
            octets -= oldest.octets();
        }
    }
}

impl Kept {
    /// What is asked counts too: it is the caller's to write.
    fn octets(&self) -> usize {
        self.asked.len() + self.version.len() + self.answer.len()
    }
}

/// An answer of JSON that is written already.
pub fn json(answer: impl Into<Body>) -> Response {
    let mut response = answer.into().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_for_what_it_was_made_of_alone() {
        let answers = KeptAnswers::default();
        answers.keep("/a".to_owned(), "1".to_owned(), &Bytes::from_static(b"one"));
        assert_eq!(answers.find("/a", "1").as_deref(), Some(b"one".as_slice()));
        assert!(answers.find("/a", "2").is_none() && answers.find("/b", "1").is_none());
        answers.keep("/a".to_owned(), "2".to_owned(), &Bytes::from_static(b"two"));
        assert_eq!(answers.find("/a", "2").as_deref(), Some(b"two".as_slice()));
        assert!(answers.find("/a", "1").is_none(), "only the last is kept");
    }

    #[test]
    fn they_take_no_more_room_than_they_may() {
        let answers = KeptAnswers::default();
        let large = Bytes::from(vec![b'x'; LARGEST]);
        for number in 0..20 {
            answers.keep(format!("/{number}"), "1".to_owned(), &large);
        }
        answers.keep("/larger".to_owned(), "1".to_owned(), &Bytes::from(vec![b'x'; LARGEST + 1]));
        assert!(answers.find("/0", "1").is_none() && answers.find("/larger", "1").is_none());
        assert!(answers.find("/19", "1").is_some());
        assert!(answers.0.lock().unwrap().iter().map(Kept::octets).sum::<usize>() <= ROOM);
        for number in 0..1_000 {
            answers.keep(format!("/{number}"), "1".to_owned(), &Bytes::from_static(b"x"));
        }
        assert!(answers.find("/999", "1").is_some());
        assert_eq!(answers.0.lock().unwrap().len(), MOST);
    }
}
