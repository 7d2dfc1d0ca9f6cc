//! Damage: flipped, cut, repeated and inserted bytes never make a parser panic.

use certdeck_shared::name::DistinguishedName;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::{asn1, lint, parse};
use certdeck_shared::{detect, request};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{CERTIFICATES, CRLS, PKCS7, REQUESTS, objects};

/// Marsaglia's xorshift: the same damage in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let place = self.below(bytes.len());
            match self.below(6) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, u8::try_from(self.below(256)).unwrap()),
                2 => drop(bytes.splice(place..place, [0x30, 0x80])),
                // Lengths are the most fruitful.
                3 => bytes.iter_mut().skip(place).take(1).for_each(|octet| *octet = 0x84),
                4 => bytes.iter_mut().skip(place).take(1).for_each(|octet| *octet = 0xff),
                _ => bytes.iter_mut().skip(place).take(1).for_each(|octet| *octet ^= 1 << (place % 8)),
            }
        }
    }
}

fn read_everything(bytes: &[u8]) {
    let now = time::OffsetDateTime::UNIX_EPOCH;
    if let Ok(view) = parse::certificate(bytes) {
        let _ = lint::findings(&view, now);
        let _ = view.display_name();
    }
    let _ = asn1::tree(bytes);
    let _ = request::view(bytes);
    let _ = request::inspect(bytes);
    let _ = detect::read(bytes);
    let _ = DistinguishedName::from_der(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = TrustFlags::parse(&text);
    if let Ok(name) = text.parse::<DistinguishedName>() {
        let _ = name.to_string();
    }
}

#[test]
fn damaged_objects_never_make_a_parser_panic() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let rounds = if cfg!(target_arch = "wasm32") { 1 } else { 3 };
    for (corpus, step) in [(CERTIFICATES, 7), (REQUESTS, 1), (CRLS, 5), (PKCS7, 1)] {
        for object in objects(corpus).iter().step_by(step).filter(|object| object.der.len() < 4_000) {
            for _ in 0..rounds {
                let mut bytes = object.der.clone();
                random.damage(&mut bytes);
                read_everything(&bytes);
            }
        }
    }
}

#[test]
fn damaged_text_never_makes_a_parser_panic() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let request = &objects(REQUESTS)[0];
    let armoured =
        [request::pem(&request.der).as_str(), "CN=a\\,b+OU=\"c\",O=#0401ff,1.2.3=x\nCT,C,C\n", &request::pem(&request.der)].concat();
    for _ in 0..if cfg!(target_arch = "wasm32") { 200 } else { 2_000 } {
        let mut bytes = armoured.clone().into_bytes();
        random.damage(&mut bytes);
        read_everything(&bytes);
    }
}
