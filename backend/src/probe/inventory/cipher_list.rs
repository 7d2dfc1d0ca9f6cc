//! What a list of ciphers means. OpenSSL is asked for its own lists, by the hello of a client that has this one: so it means what it means to
//! the programs of this host, with this version and its defaults.

use std::io::{self, Read, Write};

use certdeck_shared::tls_suites;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslStream};

/// Numbers of the suites before TLS 1.3 that a list allows, in the order of the list: OpenSSL's lists, and names of IANA's with commas or
/// colons between them. Nothing when the list is not understood, or allows none.
#[must_use]
pub fn expanded(list: &str) -> Option<Vec<u16>> {
    let words: Vec<&str> = list.split([':', ',', ' ']).filter(|word| !word.is_empty()).collect();
    let named: Option<Vec<u16>> = words.iter().map(|word| tls_suites::by_name(word).map(|suite| suite.number)).collect();
    named.or_else(|| asked(list)).filter(|numbers| !numbers.is_empty())
}

fn asked(list: &str) -> Option<Vec<u16>> {
    let mut builder = SslContext::builder(SslMethod::tls_client()).ok()?;
    builder.set_min_proto_version(None).ok()?;
    builder.set_cipher_list(list).ok()?;
    let ssl = Ssl::new(&builder.build()).ok()?;
    let mut stream = SslStream::new(ssl, Kept::default()).ok()?;
    // It ends where the answer of a server had to come.
    let _ = stream.connect();
    let suites = offered(&stream.get_ref().0)?;
    Some(suites.into_iter().filter(|number| tls_suites::by_number(*number).is_some_and(|suite| !suite.is_tls13())).collect())
}

/// The suites of a ClientHello (RFC 8446 section 4.1.2).
fn offered(record: &[u8]) -> Option<Vec<u16>> {
    // Headers of record and message, version and random.
    let after = record.get(5 + 4 + 2 + 32..)?;
    let (session, after) = after.split_first()?;
    let after = after.get(usize::from(*session)..)?;
    let [high, low, after @ ..] = after else { return None };
    let suites = after.get(..usize::from(u16::from_be_bytes([*high, *low])))?;
    Some(suites.chunks_exact(2).map(|pair| pair.iter().fold(0, |number, octet| number << 8 | u16::from(*octet))).collect())
}

/// What was sent to nobody.
#[derive(Debug, Default)]
struct Kept(Vec<u8>);

impl Read for Kept {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Vec<&'static str> {
        expanded(list).unwrap_or_default().into_iter().map(|number| tls_suites::by_number(number).unwrap().name).collect()
    }

    #[test]
    fn lists_of_openssl_mean_what_openssl_says() {
        let one = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"];
        assert_eq!(names("ECDHE-RSA-AES128-GCM-SHA256"), one);
        assert_eq!(names("ECDHE+AESGCM+AES128:!aECDSA"), one);
        let high = names("HIGH:!aNULL:!MD5");
        assert!(high.len() > 20 && high.contains(&one[0]) && !high.iter().any(|name| name.contains("anon")), "{high:?}");
    }

    #[test]
    fn names_of_the_registry_are_understood_and_other_things_not() {
        let two = "TLS_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        assert_eq!(names(two).join(","), two);
        for other in ["", "SECURE256:%SERVER_PRECEDENCE", "no such thing"] {
            assert_eq!(expanded(other), None, "{other}");
        }
    }
}
