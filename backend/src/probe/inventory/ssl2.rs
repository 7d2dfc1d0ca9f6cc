//! The hello of SSL 2.0, as RFC 6101 appendix E keeps it, and the answer of a server that still speaks it.

/// Ciphers of SSL 2.0: number and name.
pub const CIPHERS: &[(u32, &str)] = &[
    (0x01_0080, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_0080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_0080, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_0080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_0080, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_0040, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x07_00C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
];

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 4;

/// A hello that offers all of them.
#[must_use]
pub fn hello(challenge: [u8; 16]) -> Vec<u8> {
    let ciphers: Vec<u8> = CIPHERS.iter().flat_map(|(number, _)| number.to_be_bytes().into_iter().skip(1)).collect();
    let length = |octets: &[u8]| u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
    let message = [&[CLIENT_HELLO, 0, 2][..], &length(&ciphers), &[0, 0], &length(&challenge), &ciphers, &challenge].concat();
    let [high, low] = length(&message);
    [&[high | 0x80, low][..], &message].concat()
}

/// What is said to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// More has to come.
    Partly,
    /// The server speaks SSL 2.0, with these ciphers; a server that has none in common says so with none.
    Ciphers(Vec<u32>),
    /// It does not.
    Other,
}

/// Reads what has arrived.
#[must_use]
pub fn read(received: &[u8]) -> Answer {
    match received {
        [] => Answer::Partly,
        [high] if high & 0x80 != 0 => Answer::Partly,
        [high, low, rest @ ..] if high & 0x80 != 0 => {
            let Some(message) = rest.get(..usize::from(u16::from_be_bytes([high & 0x7F, *low]))) else { return Answer::Partly };
            ciphers(message).map_or(Answer::Other, Answer::Ciphers)
        }
        _ => Answer::Other,
    }
}

fn ciphers(message: &[u8]) -> Option<Vec<u32>> {
    let (head, body) = message.split_at_checked(11)?;
    let [SERVER_HELLO, _, _, 0, 2, certificate_high, certificate_low, ciphers_high, ciphers_low, _, _] = *head else { return None };
    let before = usize::from(u16::from_be_bytes([certificate_high, certificate_low]));
    let count = usize::from(u16::from_be_bytes([ciphers_high, ciphers_low]));
    let specifications = body.get(before..)?.get(..count)?;
    Some(specifications.chunks_exact(3).map(|octets| octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hello_is_as_the_specification_has_it() {
        let hello = hello([9; 16]);
        assert_eq!(&hello[..11], [0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16]);
        assert_eq!(&hello[11..14], [1, 0, 0x80]);
        assert_eq!(hello.len(), 48);
    }

    #[test]
    fn the_ciphers_of_a_server_are_read() {
        let message = [&[4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 1][..], &[7, 7], &[1, 0, 0x80, 7, 0, 0xC0], &[5]].concat();
        let octets = [&[0x80, u8::try_from(message.len()).unwrap()][..], &message].concat();
        assert_eq!(read(&octets), Answer::Ciphers(vec![0x01_0080, 0x07_00C0]));
        for cut in 0..octets.len() {
            assert_eq!(read(&octets[..cut]), Answer::Partly, "{cut}");
        }
        assert_eq!(read(&[21, 3, 0, 0, 2, 2, 40]), Answer::Other);
        assert_eq!(read(&[0x80, 1, 0]), Answer::Other);
    }
}
