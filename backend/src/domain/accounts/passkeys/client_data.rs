//! What the browser says of a ceremony (Web Authentication Level 3, section 5.8.1): the authenticator signs it without understanding it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::PasskeyRefusal;

/// Longer ones no browser writes.
const LONGEST: usize = 8_192;

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A passkey is made.
    Create,
    /// One is asked.
    Get,
}

/// Collected client data; further members are allowed, now and in times to come.
#[derive(Debug, Deserialize)]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

impl ClientData {
    /// Takes it apart.
    pub(super) fn read(json: &[u8]) -> Result<Self, PasskeyRefusal> {
        let sized = (json.len() <= LONGEST).then_some(json).ok_or(PasskeyRefusal::Unreadable)?;
        serde_json::from_slice(sized).map_err(|_| PasskeyRefusal::Unreadable)
    }

    /// The challenge in it.
    pub(super) fn challenge(&self) -> Option<[u8; 32]> {
        URL_SAFE_NO_PAD.decode(&self.challenge).ok()?.try_into().ok()
    }

    /// Whether it is of this ceremony, on our own page (sections 7.1 and 7.2, steps 7 to 11).
    pub(super) fn check(&self, ceremony: Ceremony, origin: &str) -> Result<(), PasskeyRefusal> {
        let kind = match ceremony {
            Ceremony::Create => "webauthn.create",
            Ceremony::Get => "webauthn.get",
        };
        if self.kind != kind {
            return Err(PasskeyRefusal::Unreadable);
        }
        if self.cross_origin || self.origin != origin {
            return Err(PasskeyRefusal::OtherOrigin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://deck.example.org:8443";

    fn checked(json: &str, ceremony: Ceremony) -> Result<(), PasskeyRefusal> {
        ClientData::read(json.as_bytes())?.check(ceremony, OURS)
    }

    #[test]
    fn only_our_own_page_and_the_ceremony_that_was_begun_will_do() {
        let data = |kind: &str, origin: &str, more: &str| format!(r#"{{"type":"{kind}","challenge":"AA","origin":"{origin}"{more}}}"#);
        let good = data("webauthn.get", OURS, r#","crossOrigin":false,"other_keys_can_be_added_here":"do not compare""#);
        assert!(checked(&good, Ceremony::Get).is_ok());
        assert!(matches!(checked(&good, Ceremony::Create), Err(PasskeyRefusal::Unreadable)));
        for origin in
            ["https://deck.example.org", "http://deck.example.org:8443", "https://deck.example.org:8443.evil.test", "https://evil.test"]
        {
            assert!(matches!(checked(&data("webauthn.get", origin, ""), Ceremony::Get), Err(PasskeyRefusal::OtherOrigin)), "{origin}");
        }
        let framed = data("webauthn.get", OURS, r#","crossOrigin":true"#);
        assert!(matches!(checked(&framed, Ceremony::Get), Err(PasskeyRefusal::OtherOrigin)));
    }

    #[test]
    fn a_challenge_has_32_octets() {
        let of = |challenge: &str| {
            ClientData::read(format!(r#"{{"type":"","challenge":"{challenge}","origin":""}}"#).as_bytes()).unwrap().challenge()
        };
        assert_eq!(of(&"A".repeat(43)), Some([0; 32]));
        assert_eq!((of("AAAA"), of(&"*".repeat(43))), (None, None));
    }
}
