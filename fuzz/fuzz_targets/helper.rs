//! What comes to the helper's socket: any octets are a request or an error, in bounded room, and a request comes back as it was.

#![no_main]
#![allow(dead_code, reason = "only the reader is tried")]

use libfuzzer_sys::fuzz_target;

/// The messages by themselves: they need nothing of the server.
#[path = "../../backend/src/helper/protocol.rs"]
mod protocol;

use protocol::{Answer, LENGTHS, LONGEST_CONTENT, LONGEST_HEAD, Request, head, lengths, message};

fuzz_target!(|data: &[u8]| {
    let Some((before, rest)) = data.split_at_checked(LENGTHS) else { return };
    if let Ok((length, content)) = lengths(before.try_into().unwrap()) {
        assert!(length <= LONGEST_HEAD && content <= LONGEST_CONTENT);
    }
    if let Ok(request) = message::<Request>(rest) {
        let again = head(&request, 0).unwrap();
        assert_eq!(message::<Request>(&again[LENGTHS..]).unwrap(), request);
    }
    if let Ok(answer) = message::<Answer>(rest) {
        let again = head(&answer, 0).unwrap();
        assert_eq!(message::<Answer>(&again[LENGTHS..]).unwrap(), answer);
    }
});
