//! An authenticator and its browser in software: what a security key and Chromium would say (Web Authentication Level 3), with P-256 of OpenSSL,
//! and everything that a forger could say in its place.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::deck::ORIGIN;

/// Host of [`ORIGIN`].
pub const HOST: &str = "deck.test";

/// A key with one passkey.
#[derive(Clone)]
pub struct Authenticator {
    pub credential_id: Vec<u8>,
    key: PKey<Private>,
    user_handle: String,
    pub counter: u32,
    /// What it and its browser say; changed by tests that lie.
    pub says: Says,
}

#[derive(Clone)]
pub struct Says {
    pub host: String,
    pub origin: String,
    pub kind: Option<&'static str>,
    pub cross_origin: bool,
    pub flags: u8,
    pub counts: bool,
}

impl Authenticator {
    pub fn new(name: &str) -> Self {
        let key = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap();
        Self {
            credential_id: sha256(name.as_bytes()).to_vec(),
            key: PKey::from_ec_key(key).unwrap(),
            user_handle: String::new(),
            counter: 0,
            says: Says { host: HOST.to_owned(), origin: ORIGIN.to_owned(), kind: None, cross_origin: false, flags: 1, counts: true },
        }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(STANDARD.decode(challenge.as_str().unwrap()).unwrap());
        let (kind, origin, cross) = (self.says.kind.unwrap_or(kind), &self.says.origin, self.says.cross_origin);
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": cross}).to_string().into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += u32::from(self.says.counts);
        [&sha256(self.says.host.as_bytes())[..], &[self.says.flags | flags], &self.counter.to_be_bytes()].concat()
    }

    /// What `navigator.credentials.create` gives for these options.
    pub fn create(&mut self, options: &Value, name: &str) -> Value {
        options["user_handle"].as_str().unwrap().clone_into(&mut self.user_handle);
        let key = self.key.ec_key().unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut BigNumContext::new().unwrap()).unwrap();
        let (x, y) = (x.to_vec_padded(32).unwrap(), y.to_vec_padded(32).unwrap());
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], &x, &[0x22, 0x58, 32], &y].concat();
        let length = u16::try_from(self.credential_id.len()).unwrap().to_be_bytes();
        let data = [&self.data(0x40)[..], &[0; 16], &length, &self.credential_id, &cose].concat();
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let object = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"[..], &length, &data].concat();
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        json!({"name": name, "client_data": STANDARD.encode(client_data), "attestation_object": STANDARD.encode(object)})
    }

    /// What `navigator.credentials.get` gives for these options.
    pub fn get(&mut self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(0);
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let signature = signer.sign_oneshot_to_vec(&[&data[..], &sha256(&client_data)].concat()).unwrap();
        json!({
            "credential_id": STANDARD.encode(&self.credential_id),
            "client_data": STANDARD.encode(client_data),
            "authenticator_data": STANDARD.encode(data),
            "signature": STANDARD.encode(signature),
            "user_handle": self.user_handle,
        })
    }
}
