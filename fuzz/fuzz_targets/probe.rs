//! What servers say before TLS: lines and LDAP's answers are the same however they arrive, and nothing dangerous is shown.

#![no_main]
#![allow(dead_code, reason = "only the readers are tried")]

use libfuzzer_sys::fuzz_target;

/// The readers by themselves: they need nothing of the server.
#[path = "../../backend/src/probe/starttls/ldap_message.rs"]
mod ldap_message;
#[path = "../../backend/src/probe/starttls/reply.rs"]
mod reply;

/// The lines of pieces, until there are no more or one is too long.
fn lines<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, bool) {
    let (mut input, mut lines) = (Vec::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match reply::take_line(&mut input) {
                Ok(Some(line)) => lines.push(line),
                Ok(None) => break,
                Err(reply::TooLong) => return (lines, true),
            }
        }
    }
    (lines, false)
}

/// The first answer of pieces.
fn answer<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> ldap_message::Taken {
    let mut input = Vec::new();
    let mut taken = ldap_message::Taken::Partly;
    for piece in pieces {
        input.extend_from_slice(piece);
        taken = ldap_message::take_response(&mut input);
        if taken != ldap_message::Taken::Partly {
            break;
        }
    }
    taken
}

fuzz_target!(|data: &[u8]| {
    let whole = lines([data]);
    assert_eq!(lines(data.chunks(3)), whole);
    for line in &whole.0 {
        assert!(!line.contains('\n') && line.len() <= 3 * reply::LONGEST_LINE);
        assert!(!reply::shown(line).contains(char::is_control));
        let _ = reply::numbered(line);
    }
    assert_eq!(answer(data.chunks(1)), answer([data]));
});
