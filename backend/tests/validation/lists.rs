//! Revocation lists for generated hierarchies: right ones, and ones that are out of date, of a day to come, signed by another, of a kind that
//! NSS does not know, or two of one name.

use certdeck_shared::x509::parse;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::sign::Signer;
use time::OffsetDateTime;

use crate::der;
use crate::generator::{AT, Authority, Dice, Hierarchy};
use crate::keys::keys;

const DAY: i64 = 24 * 60 * 60;

/// The lists of a hierarchy of this number, with the names that they are filed under. Chosen apart from the certificates, so that those of a
/// number stay what they are.
pub fn lists(number: u64, hierarchy: &Hierarchy) -> Vec<Vec<u8>> {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_97f4_a7c1) ^ 0x1157);
    let mut made = Vec::new();
    for authority in &hierarchy.authorities {
        if !dice.chance(40) {
            continue;
        }
        made.push(list(&mut dice, authority, hierarchy, 0));
        if dice.chance(15) {
            // Of two made in the same second NSS takes the one that lies higher in memory: not to be foretold.
            made.push(list(&mut dice, authority, hierarchy, 3_600));
        }
    }
    made
}

fn list(dice: &mut Dice, authority: &Authority, hierarchy: &Hierarchy, later: i64) -> Vec<u8> {
    let signer = match dice.below(100) {
        0..86 => &authority.key,
        86..93 => &keys().usual[7],
        // The key of another CA that may have the same name.
        _ => &keys().usual[6],
    };
    let algorithm = algorithm(dice, signer);
    let version: Option<u8> = match dice.below(100) {
        0..93 => Some(1),
        93..96 => Some(2),
        _ => None,
    };
    let this_update = AT + dice.pick(&[-10, -20, -5, -1, 5]) * DAY + later;
    let mut fields = Vec::new();
    if let Some(version) = version {
        fields.push(der::tlv(2, &[version]));
    }
    fields.extend([algorithm.0.clone(), authority.name.clone(), moment(this_update)]);
    match dice.below(100) {
        0..60 => fields.push(moment(AT + 20 * DAY)),
        // Overdue, which NSS does not mind.
        60..90 => fields.push(moment(AT - DAY)),
        _ => {}
    }
    let mut entries = vec![entry(dice, &der::tlv(2, &[0x7f, 0x11]))];
    for one in &hierarchy.made {
        let names = parse::raw_names(&one.der).unwrap();
        if names.issuer == authority.name && dice.chance(45) {
            entries.push(entry(dice, names.serial_number));
        }
    }
    if dice.chance(94) {
        fields.push(der::sequence(&entries));
    }
    let mut extensions = vec![extension("2.5.29.20", false, &der::tlv(2, &[3]))];
    match dice.below(100) {
        // Lists for a part of the certificates, and changes of a list: critical, and unknown to NSS.
        0..4 => extensions.push(extension("2.5.29.28", true, &der::sequence(&[]))),
        4..6 => extensions.push(extension("2.5.29.27", true, &der::tlv(2, &[1]))),
        6..9 => extensions.push(extension("1.2.3.4.5", false, &[5, 0])),
        9..12 => extensions.push(extension("2.5.29.20", true, &der::tlv(2, &[4]))),
        _ => {}
    }
    fields.push(der::tlv(0xa0, &der::sequence(&extensions)));
    let content = der::sequence(&fields);
    let signature = sign(signer, algorithm.1, &content);
    der::sequence(&[content, algorithm.0, der::tlv(3, &[vec![0], signature].concat())])
}

fn entry(dice: &mut Dice, serial_number: &[u8]) -> Vec<u8> {
    let revoked_at = AT + dice.pick(&[-30, -30, -3, 0, 10, 50]) * DAY;
    let mut fields = vec![serial_number.to_vec(), moment(revoked_at)];
    let mut extensions = Vec::new();
    if dice.chance(60) {
        let reason = dice.pick(&[0, 1, 2, 3, 4, 5, 6, 8, 9, 10]);
        extensions.push(extension("2.5.29.21", dice.chance(10), &[0x0a, 1, reason]));
    }
    if dice.chance(2) {
        // An entry of another issuer, in a list for several.
        extensions.push(extension("2.5.29.29", true, &der::sequence(&[])));
    }
    if !extensions.is_empty() {
        fields.push(der::sequence(&extensions));
    }
    der::sequence(&fields)
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut fields = vec![der::oid(oid)];
    if critical {
        fields.push(der::boolean(true));
    }
    fields.push(der::tlv(4, value));
    der::sequence(&fields)
}

fn moment(at: i64) -> Vec<u8> {
    let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
    let month = u8::from(at.month());
    let text = format!("{:02}{month:02}{:02}{:02}{:02}{:02}Z", at.year() % 100, at.day(), at.hour(), at.minute(), at.second());
    der::tlv(0x17, text.as_bytes())
}

fn algorithm(dice: &mut Dice, signer: &PKey<Private>) -> (Vec<u8>, Option<MessageDigest>) {
    let null = der::tlv(5, &[]);
    let outdated = dice.chance(4);
    match signer.id() {
        Id::RSA if outdated => (der::sequence(&[der::oid("1.2.840.113549.1.1.4"), null]), Some(MessageDigest::md5())),
        Id::RSA => (der::sequence(&[der::oid("1.2.840.113549.1.1.11"), null]), Some(MessageDigest::sha256())),
        Id::ED25519 => (der::sequence(&[der::oid("1.3.101.112")]), None),
        _ => (der::sequence(&[der::oid("1.2.840.10045.4.3.2")]), Some(MessageDigest::sha256())),
    }
}

fn sign(key: &PKey<Private>, digest: Option<MessageDigest>, content: &[u8]) -> Vec<u8> {
    match digest {
        Some(digest) => Signer::new(digest, key).unwrap().sign_oneshot_to_vec(content).unwrap(),
        None => Signer::new_without_digest(key).unwrap().sign_oneshot_to_vec(content).unwrap(),
    }
}
