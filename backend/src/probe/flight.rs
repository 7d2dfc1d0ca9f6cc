//! The server's first flight in TLS 1.2 and before, which travels in clear (RFC 5246 section 7.3).

const HANDSHAKE: u8 = 22;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;

/// Whether a server asks its client for a certificate; nothing as long as that is not clear, and never in TLS 1.3, which hides it.
pub(super) fn asks_for_certificate(received: &[u8]) -> Option<bool> {
    let (mut rest, mut messages) = (received, Vec::new());
    while let [HANDSHAKE, 3, _, high, low, after @ ..] = rest {
        let (content, next) = after.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
        messages.extend_from_slice(content);
        rest = next;
    }
    let mut messages = messages.as_slice();
    while let [kind, high, middle, low, after @ ..] = messages {
        match *kind {
            CERTIFICATE_REQUEST => return Some(true),
            SERVER_HELLO_DONE => return Some(false),
            _ => {}
        }
        messages = after.get(usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).ok()?..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::asks_for_certificate;

    #[test]
    fn a_request_is_found_wherever_records_and_messages_break() {
        let messages = [&[2, 0, 0, 2, 1, 1][..], &[13, 0, 0, 1, 7], &[14, 0, 0, 0]].concat();
        for split in 1..messages.len() {
            let record = |part: &[u8]| [&[22, 3, 3, 0, u8::try_from(part.len()).unwrap()][..], part].concat();
            let (first, second) = messages.split_at(split);
            assert_eq!(asks_for_certificate(&[record(first), record(second)].concat()), Some(true), "{split}");
        }
    }

    #[test]
    fn what_is_not_whole_or_hidden_says_nothing() {
        let hello = [22, 3, 3, 0, 6, 2, 0, 0, 2, 1, 1];
        assert_eq!(asks_for_certificate(&hello), None);
        assert_eq!(asks_for_certificate(&[&hello[..], &[23, 3, 3, 0, 4, 13, 0, 0, 0]].concat()), None);
        assert_eq!(asks_for_certificate(&[&hello[..], &[22, 3, 3, 0, 4, 14, 0, 0, 0]].concat()), Some(false));
        assert_eq!(asks_for_certificate(&[22, 3, 3, 255, 255, 13]), None);
    }
}
