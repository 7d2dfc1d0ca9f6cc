//! The ClientHello as octets (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 6101 section 5.6.1.2).

/// Versions as they stand on the wire.
pub const SSL30: u16 = 0x0300;
/// TLS 1.2, which also stands in the hello of TLS 1.3.
pub const TLS12: u16 = 0x0303;
/// TLS 1.3, which only stands in an extension.
pub const TLS13: u16 = 0x0304;

/// The signal that a client came with less than it could (RFC 7507).
pub const FALLBACK_SIGNAL: u16 = 0x5600;

/// Numbers of extensions in IANA's registry.
pub mod extension {
    pub const SERVER_NAME: u16 = 0;
    pub const STATUS_REQUEST: u16 = 5;
    pub const SUPPORTED_GROUPS: u16 = 10;
    pub const POINT_FORMATS: u16 = 11;
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    pub const HEARTBEAT: u16 = 15;
    pub const ALPN: u16 = 16;
    pub const ENCRYPT_THEN_MAC: u16 = 22;
    pub const EXTENDED_MASTER_SECRET: u16 = 23;
    pub const SESSION_TICKET: u16 = 35;
    pub const SUPPORTED_VERSIONS: u16 = 43;
    pub const KEY_SHARE_MODES: u16 = 45;
    pub const KEY_SHARE: u16 = 51;
    pub const RENEGOTIATION: u16 = 0xFF01;
}

/// What a hello offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hello {
    /// The highest version, and the only one in TLS 1.3.
    pub version: u16,
    pub random: [u8; 32],
    pub suites: Vec<u16>,
    pub server_name: Option<String>,
    pub groups: Vec<u16>,
    pub signature_algorithms: Vec<u16>,
    /// Compression as well as none (RFC 3749).
    pub compression: bool,
    /// Names of protocols (RFC 7301).
    pub alpn: Vec<&'static str>,
    /// Extensions that only ask whether the server has them.
    pub asking: bool,
    /// A share of this group; without one the server says which it wants.
    pub share: Option<(u16, Vec<u8>)>,
}

impl Hello {
    /// A record with the hello in it.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(1_024);
        put(&mut body, self.version.min(TLS12));
        body.extend_from_slice(&self.random);
        // A session that never was: middleboxes take TLS 1.3 for a resumption then (RFC 8446 section D.4).
        let session = if self.version == TLS13 { self.random.as_slice() } else { &[] };
        body.extend(short(session));
        body.extend(long(&numbers(&self.suites)));
        body.extend(short(if self.compression { &[1, 0] } else { &[0] }));
        // SSL 3.0 has no extensions, and its servers may not know that something can follow.
        if self.version > SSL30 {
            body.extend(long(&self.extensions()));
        }
        let message = [&[1, 0][..], &length(&body), &body].concat();
        let record_version: u16 = if self.version == SSL30 { SSL30 } else { 0x0301 };
        [&[22][..], &record_version.to_be_bytes(), &long(&message)].concat()
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut add = |number: u16, content: &[u8]| {
            put(&mut all, number);
            all.extend(long(content));
        };
        if let Some(name) = &self.server_name {
            add(extension::SERVER_NAME, &long(&[&[0][..], &long(name.as_bytes())].concat()));
        }
        if !self.groups.is_empty() {
            add(extension::SUPPORTED_GROUPS, &long(&numbers(&self.groups)));
            if self.version < TLS13 {
                add(extension::POINT_FORMATS, &short(&[0, 1, 2]));
            }
        }
        if self.version >= TLS12 {
            add(extension::SIGNATURE_ALGORITHMS, &long(&numbers(&self.signature_algorithms)));
        }
        if !self.alpn.is_empty() {
            let names: Vec<u8> = self.alpn.iter().flat_map(|name| short(name.as_bytes())).collect();
            add(extension::ALPN, &long(&names));
        }
        if self.version == TLS13 {
            add(extension::SUPPORTED_VERSIONS, &short(&TLS13.to_be_bytes()));
            add(extension::KEY_SHARE_MODES, &short(&[1]));
            let share = self.share.as_ref().map(|(group, key)| [&group.to_be_bytes()[..], &long(key)].concat());
            add(extension::KEY_SHARE, &long(&share.unwrap_or_default()));
        } else {
            add(extension::EXTENDED_MASTER_SECRET, &[]);
            add(extension::RENEGOTIATION, &[0]);
        }
        if self.asking {
            // An answer of OCSP from whomever, with no extensions (RFC 6066 section 8).
            add(extension::STATUS_REQUEST, &[1, 0, 0, 0, 0]);
            add(extension::HEARTBEAT, &[1]);
            add(extension::ENCRYPT_THEN_MAC, &[]);
            add(extension::SESSION_TICKET, &[]);
        }
        all
    }
}

fn put(octets: &mut Vec<u8>, number: u16) {
    octets.extend_from_slice(&number.to_be_bytes());
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The length in two octets; nothing that is offered comes near the most they can say.
fn length(content: &[u8]) -> [u8; 2] {
    u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes()
}

/// With its length in two octets before it.
fn long(content: &[u8]) -> Vec<u8> {
    [&length(content)[..], content].concat()
}

/// With its length in one octet before it.
fn short(content: &[u8]) -> Vec<u8> {
    [&[u8::try_from(content.len()).unwrap_or(u8::MAX)][..], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_hello_is_as_its_specification_has_it() {
        let hello = Hello { version: SSL30, suites: vec![0x0004, 0x000A], ..Hello::default() };
        let expected = [&[22, 3, 0, 0, 47, 1, 0, 0, 43, 3, 0][..], &[0; 32], &[0, 0, 4, 0, 4, 0, 10, 1, 0]].concat();
        assert_eq!(hello.octets(), expected);
    }

    #[test]
    fn rustls_takes_what_is_offered() {
        let suites = vec![0x1301, 0x1302, 0x1303, 0xC02F];
        for (version, name) in [(TLS12, Some("name.example.org")), (TLS13, Some("name.example.org")), (TLS13, None)] {
            let hello = Hello {
                version,
                suites: suites.clone(),
                server_name: name.map(ToOwned::to_owned),
                groups: vec![29, 23],
                signature_algorithms: vec![0x0804, 0x0403],
                alpn: vec!["h2"],
                asking: true,
                share: (version == TLS13).then(|| (29, vec![9; 32])),
                ..Hello::default()
            };
            let mut acceptor = rustls::server::Acceptor::default();
            acceptor.read_tls(&mut hello.octets().as_slice()).unwrap();
            let accepted = acceptor.accept().unwrap_or_else(|(error, _)| panic!("{error}")).unwrap();
            let seen = accepted.client_hello();
            assert_eq!(seen.server_name(), name);
            assert_eq!(seen.cipher_suites().iter().map(|suite| u16::from(*suite)).collect::<Vec<_>>(), suites);
            assert_eq!(seen.alpn().unwrap().collect::<Vec<_>>(), [b"h2"]);
            assert_eq!(seen.signature_schemes().len(), 2);
        }
    }
}
