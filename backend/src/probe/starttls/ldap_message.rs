//! The two messages of LDAP's StartTLS (RFC 4511 section 4.14), in BER with definite lengths (section 5.1).

/// The operation (RFC 4511 section 4.14.1).
pub const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
/// Most octets of a response.
const LONGEST: usize = 65_536;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
/// [APPLICATION 24], constructed.
const EXTENDED_RESPONSE: u8 = 0x78;

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Number of the request; 0 when it answers none.
    pub message_id: u32,
    /// resultCode (RFC 4511 appendix A).
    pub result_code: u32,
    /// What it says about it.
    pub diagnostic_message: String,
}

/// What could be taken of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// A response; it is no longer in the input.
    Response(Response),
    /// Its begin.
    Partly,
    /// Something that is no extended response.
    Other,
}

/// The request: message 1, ExtendedRequest with nothing but the name.
#[must_use]
pub fn start_tls() -> Vec<u8> {
    let head = [SEQUENCE, 29, INTEGER, 1, 1, 0x77, 24, 0x80, 22];
    [&head, START_TLS.as_bytes()].concat()
}

/// Takes an extended response out of the input.
#[must_use]
pub fn take_response(input: &mut Vec<u8>) -> Taken {
    let length = match element(input) {
        Element::Whole { tag: SEQUENCE, length, .. } => length,
        Element::Partly { tag: None | Some(SEQUENCE) } if input.len() < LONGEST => return Taken::Partly,
        _ => return Taken::Other,
    };
    let parsed = input.get(..length).and_then(response);
    match parsed {
        Some(response) => {
            input.drain(..length);
            Taken::Response(response)
        }
        None => Taken::Other,
    }
}

fn response(message: &[u8]) -> Option<Response> {
    let (mut message, _) = expect(message, SEQUENCE)?;
    let message_id = number(take(&mut message, INTEGER)?)?;
    let mut body = take(&mut message, EXTENDED_RESPONSE)?;
    let result_code = number(take(&mut body, ENUMERATED)?)?;
    let _matched_name = take(&mut body, OCTET_STRING)?;
    let diagnostic_message = String::from_utf8_lossy(take(&mut body, OCTET_STRING)?).into_owned();
    Some(Response { message_id, result_code, diagnostic_message })
}

fn take<'a>(from: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (content, rest) = expect(from, tag)?;
    *from = rest;
    Some(content)
}

/// Content of the first element, and what follows it.
fn expect(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    match element(bytes) {
        Element::Whole { tag, content, length } if tag == wanted => Some((bytes.get(content..length)?, bytes.get(length..)?)),
        _ => None,
    }
}

enum Element {
    /// `content` is where its content begins, `length` that of the whole.
    Whole {
        tag: u8,
        content: usize,
        length: usize,
    },
    Partly {
        tag: Option<u8>,
    },
    /// An indefinite length, or one that nobody needs.
    Wrong,
}

fn element(bytes: &[u8]) -> Element {
    let (Some(&tag), Some(&first)) = (bytes.first(), bytes.get(1)) else { return Element::Partly { tag: bytes.first().copied() } };
    let (content, size) = match first {
        0..=0x7f => (2, usize::from(first)),
        0x81..=0x84 => {
            let octets = usize::from(first & 0x7f);
            let Some(digits) = bytes.get(2..2 + octets) else { return Element::Partly { tag: Some(tag) } };
            (2 + octets, digits.iter().fold(0, |size, digit| size << 8 | usize::from(*digit)))
        }
        _ => return Element::Wrong,
    };
    match content.checked_add(size) {
        Some(length) if length <= LONGEST && length <= bytes.len() => Element::Whole { tag, content, length },
        Some(length) if length <= LONGEST => Element::Partly { tag: Some(tag) },
        _ => Element::Wrong,
    }
}

/// A number that is not negative.
fn number(digits: &[u8]) -> Option<u32> {
    let sign = digits.first()?;
    (sign & 0x80 == 0 && digits.len() <= 4).then(|| digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As slapd sends it.
    const DONE: [u8; 14] = [0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0];

    #[test]
    fn the_request_is_the_one_that_everybody_sends() {
        let head = [0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16];
        assert_eq!(start_tls(), [&head[..], b"1.3.6.1.4.1.1466.20037"].concat());
    }

    #[test]
    fn a_response_is_taken_when_it_is_whole_and_what_follows_stays() {
        for length in 0..DONE.len() {
            let mut part = DONE[..length].to_vec();
            assert_eq!(take_response(&mut part), Taken::Partly, "{length}");
            assert_eq!(part, DONE[..length]);
        }
        let mut input = [&DONE[..], b"more"].concat();
        let done = Response { message_id: 1, result_code: 0, diagnostic_message: String::new() };
        assert_eq!(take_response(&mut input), Taken::Response(done));
        assert_eq!(input, b"more");
    }

    #[test]
    fn a_message_is_read_also_with_long_lengths() {
        let text = b"Could not initialize TLS";
        let body = [&[0x0a, 1, 52, 4, 0x81, 0, 4, 0x84, 0, 0, 0, 24][..], text].concat();
        let message = [&[2, 1, 1, 0x78, 0x82, 0, u8::try_from(body.len()).unwrap()][..], &body].concat();
        let mut input = [&[0x30, 0x81, u8::try_from(message.len()).unwrap()][..], &message].concat();
        let Taken::Response(response) = take_response(&mut input) else { panic!() };
        assert_eq!((response.result_code, response.diagnostic_message.as_str()), (52, "Could not initialize TLS"));
    }

    #[test]
    fn what_is_no_response_is_refused_at_once() {
        for other in [
            &b"220 mail.example.org ESMTP\r\n"[..],
            b"* OK",
            &[0x15, 3, 3, 0, 2, 2, 40],
            &[0x30, 0x80],
            &[0x30, 0x84, 0xff, 0, 0, 0],
            &[0x30, 0x85],
        ] {
            assert_eq!(take_response(&mut other.to_vec()), Taken::Other, "{other:?}");
        }
        let mut bind = vec![0x30, 0x0c, 2, 1, 1, 0x61, 7, 0x0a, 1, 0, 4, 0, 4, 0];
        assert_eq!(take_response(&mut bind), Taken::Other);
    }
}
