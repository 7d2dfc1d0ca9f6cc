//! Hierarchies by the hundred: chains of every depth, right ones and ones that are wrong in one or several of the ways that a verifier
//! looks at. A number is a hierarchy, the same every time but for its keys.

use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha1;
use openssl::x509::{X509Builder, X509Extension, X509Name, X509NameBuilder};

use crate::der;
use crate::keys::keys;

/// 2026-06-01 00:00 UTC, the time of the question; dates of certificates lie around it.
pub const AT: i64 = 1_780_272_000;
const DAY: i64 = 24 * 60 * 60;

/// One certificate with the trust it is to have.
pub struct Made {
    pub der: Vec<u8>,
    pub trust: &'static str,
}

/// A hierarchy with what its CAs could sign more.
pub struct Hierarchy {
    /// The certificates.
    pub made: Vec<Made>,
    /// The leaf, DER.
    pub leaf: Vec<u8>,
    /// Its CAs, root first.
    pub authorities: Vec<Authority>,
}

/// A CA.
pub struct Authority {
    /// Its name, DER.
    pub name: Vec<u8>,
    pub key: PKey<Private>,
}

/// Numbers that look random and are the same every time (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// True so many times of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What is decided about a certificate before it is made.
struct Plan {
    subject: Vec<(&'static str, String)>,
    key: PKey<Private>,
    serial: u32,
    is_ca: bool,
}

struct Issuer<'a> {
    plan: &'a Plan,
    signer: &'a PKey<Private>,
}

/// The hierarchy of this number.
pub fn hierarchy(number: u64) -> Hierarchy {
    let mut dice = Dice(number.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let depth = dice.below(5);
    let mut plans = Vec::new();
    for level in 0..=depth + 1 {
        plans.push(plan(&mut dice, level, level <= depth));
    }
    let mut made: Vec<Made> = Vec::new();
    for (level, subject) in plans.iter().enumerate() {
        // Somebody else's signature under the right name.
        let wrong = keys().usual[7].clone();
        let issuer_plan = &plans[level.saturating_sub(1)];
        let signer = if level > 0 && dice.chance(4) { &wrong } else { &issuer_plan.key };
        let issuer = Issuer { plan: issuer_plan, signer };
        let role = if level == 0 {
            Role::Root
        } else if subject.is_ca {
            Role::Intermediate
        } else {
            Role::Leaf
        };
        let copies = if subject.is_ca && dice.chance(18) { 2 } else { 1 };
        for copy in 0..copies {
            if level > 0 && subject.is_ca && dice.chance(5) {
                continue;
            }
            let der = certificate(&mut dice, subject, &issuer, copy);
            made.push(Made { der, trust: trust(&mut dice, role) });
        }
        // Another CA of the same name with a key of its own.
        if subject.is_ca && dice.chance(10) {
            let other = Plan { subject: subject.subject.clone(), key: keys().usual[6].clone(), serial: subject.serial + 50, is_ca: true };
            made.push(Made { der: certificate(&mut dice, &other, &issuer, 0), trust: trust(&mut dice, role) });
        }
    }
    let leaf = made.last().map(|one| one.der.clone()).unwrap_or_default();
    if dice.chance(30) {
        // Databases are not in the order of chains.
        made.reverse();
    }
    let authority = |plan: &Plan| Authority { name: name(&plan.subject).to_der().unwrap(), key: plan.key.clone() };
    let authorities = plans.iter().filter(|plan| plan.is_ca).map(authority).collect();
    Hierarchy { made, leaf, authorities }
}

fn plan(dice: &mut Dice, level: usize, is_ca: bool) -> Plan {
    let keys = keys();
    let key = match dice.below(100) {
        0..65 => keys.usual[level.min(5)].clone(),
        65..85 => keys.rsa[level % 3].clone(),
        85..94 => keys.other[dice.below(3)].clone(),
        94..98 => keys.refused[dice.below(2)].clone(),
        _ if is_ca => keys.usual[0].clone(),
        _ => keys.edwards.clone(),
    };
    let mut subject = vec![("C", "DE".to_owned()), ("O", if dice.chance(80) { "Hierarchies" } else { "Elsewhere" }.to_owned())];
    if is_ca {
        // Now and then a CA has the name of the one above: self-issued.
        let level = if level > 1 && dice.chance(4) { level - 1 } else { level };
        subject.push(("CN", format!("CA {level}")));
    } else {
        subject.push(("CN", dice.pick(&["www.example.org", "mail.example.net", "Ada Lovelace", "example.org"]).to_owned()));
        if dice.chance(25) {
            subject.push(("emailAddress", dice.pick(&["ada@example.org", "ada@mail.example.net"]).to_owned()));
        }
    }
    Plan { subject, key, serial: 1000 + level as u32 * 100, is_ca }
}

#[derive(Clone, Copy)]
enum Role {
    Root,
    Intermediate,
    Leaf,
}

fn trust(dice: &mut Dice, role: Role) -> &'static str {
    const ANY: [&str; 18] = [
        "C,,", "T,,", "CT,C,C", ",C,", ",,C", "c,c,c", "p,p,p", "P,P,P", "P,,", "p,,", "Cp,,", "CP,,", "Tp,Cp,", ",p,", ",,p", "c,p,",
        "pc,pc,pc", "TP,,C",
    ];
    match role {
        Role::Root if dice.chance(60) => dice.pick(&["CT,C,C", "CT,,", "CT,C,C", "C,C,"]),
        Role::Intermediate if dice.chance(80) => ",,",
        Role::Leaf if dice.chance(80) => ",,",
        _ if dice.chance(15) => ",,",
        _ => dice.pick(&ANY),
    }
}

fn identifier(plan: &Plan) -> Vec<u8> {
    sha1(&plan.key.public_key_to_der().unwrap()).to_vec()
}

fn name(attributes: &[(&'static str, String)]) -> X509Name {
    let mut builder = X509NameBuilder::new().unwrap();
    for (kind, value) in attributes {
        builder.append_entry_by_text(kind, value).unwrap();
    }
    builder.build()
}

fn certificate(dice: &mut Dice, plan: &Plan, issuer: &Issuer<'_>, copy: u32) -> Vec<u8> {
    let mut builder = X509Builder::new().unwrap();
    let version = if dice.chance(4) { 0 } else { 2 };
    builder.set_version(version).unwrap();
    let serial = BigNum::from_u32(plan.serial + copy * 7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name(&plan.subject)).unwrap();
    builder.set_issuer_name(&name(&issuer.plan.subject)).unwrap();
    builder.set_pubkey(&plan.key).unwrap();
    let (begin, end) = match dice.below(100) {
        0..84 => (AT - 400 * DAY + i64::from(copy) * 30 * DAY, AT + 400 * DAY),
        // Of two copies, one that begins later and ends sooner.
        84..88 => (AT - 100 * DAY, AT + 100 * DAY),
        88..92 => (AT - 400 * DAY, AT - DAY),
        92..95 => (AT + 30 * DAY, AT + 400 * DAY),
        // Within the day of slack.
        _ => (AT + DAY / 2, AT + 400 * DAY),
    };
    builder.set_not_before(&Asn1Time::from_unix(begin).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(end).unwrap()).unwrap();
    if version == 2 {
        for (oid, critical, value) in extensions(dice, plan, issuer) {
            let oid = Asn1Object::from_str(oid).unwrap();
            let value = Asn1OctetString::new_from_bytes(&value).unwrap();
            builder.append_extension(X509Extension::new_from_der(&oid, critical, &value).unwrap()).unwrap();
        }
    }
    let digest = match dice.below(100) {
        0..3 => MessageDigest::sha1(),
        3..6 if issuer.signer.rsa().is_ok() => MessageDigest::md5(),
        6..12 => MessageDigest::sha384(),
        _ => MessageDigest::sha256(),
    };
    builder.sign(issuer.signer, digest).unwrap();
    let mut der = builder.build().to_der().unwrap();
    if dice.chance(2) {
        other_algorithm_outside(&mut der);
    }
    der
}

/// The last mention of ECDSA with SHA-256 becomes one of SHA-384: the algorithm beside the signature.
fn other_algorithm_outside(der: &mut [u8]) {
    let ecdsa_sha256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    if let Some(at) = der.windows(10).rposition(|window| window == ecdsa_sha256) {
        der[at + 9] = 3;
    }
}

type Extension = (&'static str, bool, Vec<u8>);

fn extensions(dice: &mut Dice, plan: &Plan, issuer: &Issuer<'_>) -> Vec<Extension> {
    let mut all: Vec<Extension> = Vec::new();
    basic_constraints(dice, plan, &mut all);
    key_usage(dice, plan, &mut all);
    purposes(dice, plan, &mut all);
    if dice.chance(if plan.is_ca { 8 } else { 10 }) {
        let octet = dice.pick(&[0x80, 0x40, 0x20, 0x10, 0x04, 0x02, 0x01, 0x07, 0xc0, 0xff, 0x00, 0x44]);
        all.push(("2.16.840.1.113730.1.1", dice.chance(10), der::bits(octet)));
    }
    if dice.chance(75) {
        all.push(("2.5.29.14", false, der::tlv(4, &identifier(plan))));
    }
    authority(dice, issuer, &mut all);
    if !plan.is_ca && dice.chance(70) {
        all.push(("2.5.29.17", false, alternative_names(dice)));
    }
    if plan.is_ca && dice.chance(14) {
        all.push(("2.5.29.30", true, name_constraints(dice)));
    }
    match dice.below(100) {
        0..2 => all.push(("1.2.3.4.5", true, vec![5, 0])),
        2..4 => all.push(("1.2.3.4.5", false, vec![5, 0])),
        // NSS says it processes neither policies nor distribution points when they are critical.
        4..6 => all.push(("2.5.29.32", true, der::sequence(&[der::sequence(&[der::oid("2.5.29.32.0")])]))),
        6..8 => all.push(("1.3.6.1.5.5.7.1.1", true, der::sequence(&[]))),
        _ => {}
    }
    all
}

fn basic_constraints(dice: &mut Dice, plan: &Plan, all: &mut Vec<Extension>) {
    let length = |value: u8| der::tlv(2, &[value]);
    let value = match (plan.is_ca, dice.below(100)) {
        (true, 0..60) => der::sequence(&[der::boolean(true)]),
        (true, 60..80) => der::sequence(&[der::boolean(true), length(dice.below(3) as u8)]),
        (true, 80..86) | (false, 0..30) => der::sequence(&[]),
        (true, 86..89) | (false, 30..32) => der::sequence(&[length(1)]),
        (true, 89..91) => der::sequence(&[der::boolean(true), der::tlv(2, &[0xff])]),
        (true, 91..93) => der::tlv(4, b"nonsense"),
        (false, 32..36) => der::sequence(&[der::boolean(true)]),
        _ => return,
    };
    all.push(("2.5.29.19", dice.chance(80), value));
}

fn key_usage(dice: &mut Dice, plan: &Plan, all: &mut Vec<Extension>) {
    let octet = match (plan.is_ca, dice.below(100)) {
        (true, 0..65) => 0x06,
        (true, 65..75) => 0x86,
        (true, 75..82) => 0x02,
        (true, 82..85) => 0x80,
        (false, 0..20) => 0xa0,
        (false, 20..55) => dice.pick(&[0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0xc0, 0xe0, 0x28, 0x00, 0x60]),
        _ => return,
    };
    all.push(("2.5.29.15", true, der::bits(octet)));
}

fn purposes(dice: &mut Dice, plan: &Plan, all: &mut Vec<Extension>) {
    const PURPOSES: [&str; 12] = [
        "1.3.6.1.5.5.7.3.1",
        "1.3.6.1.5.5.7.3.2",
        "1.3.6.1.5.5.7.3.3",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.5",
        "1.3.6.1.5.5.7.3.8",
        "1.3.6.1.5.5.7.3.9",
        "1.3.6.1.5.5.7.3.17",
        "1.3.6.1.5.5.8.2.2",
        "2.5.29.37.0",
        "2.16.840.1.113730.4.1",
        "1.3.6.1.4.1.311.10.3.4",
    ];
    if dice.chance(if plan.is_ca { 20 } else { 45 }) {
        let count = 1 + dice.below(3);
        let chosen: Vec<_> = (0..count).map(|_| der::oid(dice.pick(&PURPOSES))).collect();
        all.push(("2.5.29.37", dice.chance(20), der::sequence(&chosen)));
    }
}

fn authority(dice: &mut Dice, issuer: &Issuer<'_>, all: &mut Vec<Extension>) {
    let own = identifier(issuer.plan);
    let by_name = |serial: u32| {
        let directory = der::tlv(0xa1, &der::tlv(0xa4, &name(&issuer.plan.subject).to_der().unwrap()));
        vec![directory, der::tlv(0x82, &serial.to_be_bytes()[2..])]
    };
    let parts = match dice.below(100) {
        0..60 => vec![der::tlv(0x80, &own)],
        60..64 => vec![der::tlv(0x80, b"somebody else")],
        // Right for a certificate of a root only: the pair is of the issuer's own issuer.
        64..68 => by_name(issuer.plan.serial),
        68..70 => by_name(4711),
        70..72 => [vec![der::tlv(0x80, &own)], by_name(4711)].concat(),
        _ => return,
    };
    all.push(("2.5.29.35", false, der::sequence(&parts)));
}

fn alternative_names(dice: &mut Dice) -> Vec<u8> {
    let dns = |text: &str| der::tlv(0x82, text.as_bytes());
    let choices = [
        dns("www.example.org"),
        dns("noexample.org"),
        dns("a.b.example.net"),
        der::tlv(0x81, b"ada@example.org"),
        der::tlv(0x81, b"ada@mail.example.net"),
        der::tlv(0x87, &[192, 0, 2, 7]),
        der::tlv(0x87, &[198, 51, 100, 1]),
        der::tlv(0x86, b"https://ada@www.example.org:8443/x"),
        der::tlv(0x86, b"urn:no-host"),
        der::tlv(0xa4, &der::name(&[("2.5.4.6", "DE"), ("2.5.4.10", "Hierarchies")], false)),
    ];
    let count = 1 + dice.below(3);
    der::sequence(&(0..count).map(|_| choices[dice.below(choices.len())].clone()).collect::<Vec<_>>())
}

fn name_constraints(dice: &mut Dice) -> Vec<u8> {
    let subtree = |name: Vec<u8>| der::sequence(&[name]);
    let dns = |text: &str| subtree(der::tlv(0x82, text.as_bytes()));
    let mask = |network: [u8; 4]| subtree(der::tlv(0x87, &[network, [255, 255, 255, 0]].concat()));
    let directory = |attributes: &[(&str, &str)], printable| subtree(der::tlv(0xa4, &der::name(attributes, printable)));
    let choices = [
        dns("example.org"),
        dns(".example.org"),
        dns("example.net"),
        dns(""),
        mask([192, 0, 2, 0]),
        mask([203, 0, 113, 0]),
        subtree(der::tlv(0x81, b"example.org")),
        subtree(der::tlv(0x81, b".example.net")),
        subtree(der::tlv(0x81, b"ada@example.org")),
        subtree(der::tlv(0x86, b".example.org")),
        subtree(der::tlv(0x86, b"www.example.org")),
        directory(&[("2.5.4.6", "DE")], true),
        directory(&[("2.5.4.6", "de")], true),
        directory(&[("2.5.4.6", "DE"), ("2.5.4.10", "Hierarchies")], false),
        directory(&[("2.5.4.6", "DE"), ("2.5.4.10", "Elsewhere")], true),
        directory(&[("2.5.4.6", "FR")], false),
    ];
    if dice.chance(4) {
        return der::sequence(&[der::tlv(0xa0, b"nonsense")]);
    }
    let mut list = |tag: u8| {
        let count = dice.below(3);
        let trees: Vec<_> = (0..count).map(|_| choices[dice.below(choices.len())].clone()).collect();
        if trees.is_empty() { Vec::new() } else { der::tlv(tag, &trees.concat()) }
    };
    let permitted = list(0xa0);
    let excluded = list(0xa1);
    der::sequence(&[permitted, excluded])
}
