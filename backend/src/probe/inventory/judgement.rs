//! What is to be said of what an endpoint takes.

use certdeck_shared::api::endpoint::{Finding, Grade};
use certdeck_shared::api::inventory::{Inventory, Offered, ProtocolVersion};
use certdeck_shared::tls_suites::signatures::SIGNATURE_ALGORITHMS;
use certdeck_shared::tls_suites::{self, Judgement};

/// Parameters of Diffie-Hellman that are short of this can be broken by a state (Logjam), and short of the second are weak (RFC 9325 section 4.2).
const DH_BROKEN: u32 = 1_024;
const DH_GOOD: u32 = 2_048;

/// Everything, the heaviest first.
pub(super) fn findings(inventory: &Inventory) -> Vec<Finding> {
    let mut findings = [versions(inventory), suites(inventory), exchange(inventory), extensions(inventory)].concat();
    findings.sort_by_key(|finding| finding.grade);
    findings
}

fn finding(code: &str, grade: Grade, words: impl Into<String>) -> Finding {
    Finding { code: code.to_owned(), grade, words: words.into() }
}

fn versions(inventory: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    for version in inventory.versions() {
        let (code, grade, words) = match version {
            ProtocolVersion::Ssl20 => {
                ("ssl-2", Grade::Bad, "SSL 2.0 is forbidden (RFC 6176): with it everything that the same key protects can be read (DROWN).")
            }
            ProtocolVersion::Ssl30 => {
                ("ssl-3", Grade::Bad, "SSL 3.0 is forbidden (RFC 7568): its CBC lets others read what is encrypted (POODLE).")
            }
            ProtocolVersion::Tls10 => (
                "tls-1.0",
                Grade::Weak,
                "TLS 1.0 is forbidden (RFC 8996): it signs with SHA-1 and MD5, and has no authenticated encryption.",
            ),
            ProtocolVersion::Tls11 => (
                "tls-1.1",
                Grade::Weak,
                "TLS 1.1 is forbidden (RFC 8996): it signs with SHA-1 and MD5, and has no authenticated encryption.",
            ),
            ProtocolVersion::Tls12 | ProtocolVersion::Tls13 => continue,
        };
        findings.push(finding(code, grade, [words, " Switch it off."].concat()));
    }
    let offered = |version| inventory.protocol(version).map(|protocol| protocol.offered);
    if offered(ProtocolVersion::Tls13) == Some(Offered::No) {
        findings.push(finding(
            "no-tls-1.3",
            Grade::Note,
            "TLS 1.3 is not taken. It needs one round trip less, hides the certificates, and has no weak suites; a newer program or library has it.",
        ));
    }
    if offered(ProtocolVersion::Tls12) == Some(Offered::No) && offered(ProtocolVersion::Tls13) == Some(Offered::No) {
        findings.push(finding("no-current-version", Grade::Bad, "Neither TLS 1.2 nor 1.3 is taken: clients of today refuse this server."));
    }
    if !inventory.complete {
        let unknown = inventory.protocols.iter().filter(|protocol| !protocol.complete).map(|protocol| protocol.version.name());
        let which = unknown.collect::<Vec<_>>().join(", ");
        let words = match which.as_str() {
            "" => "The server stopped answering, or the time was over, before every group was asked for.".to_owned(),
            which => format!("Not everything is known: the server stopped answering, or the time was over, at {which}."),
        };
        findings.push(finding("incomplete", Grade::Note, words));
    }
    findings
}

/// One finding for each reason that suites are bad or weak for.
fn suites(inventory: &Inventory) -> Vec<Finding> {
    let mut reasons: Vec<(Judgement, Vec<&str>)> = Vec::new();
    for name in inventory.protocols.iter().flat_map(|protocol| &protocol.suites).map(|suite| suite.name.as_str()) {
        let Some(judgement) = tls_suites::by_name(name).and_then(tls_suites::Suite::judgement) else { continue };
        match reasons.iter_mut().find(|reason| reason.0 == judgement) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => reasons.push((judgement, vec![name])),
        }
    }
    reasons
        .iter()
        .map(|(Judgement { grade, code, words }, names)| finding(code, *grade, format!("{words} Taken: {}.", names.join(", "))))
        .collect()
}

fn exchange(inventory: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    match inventory.features.dh_bits {
        Some(bits) if bits <= DH_BROKEN => findings.push(finding(
            "short-dh",
            Grade::Bad,
            format!("The Diffie-Hellman parameters have {bits} bits, which can be broken (Logjam). Give it 2,048 bits, or leave the DHE suites out."),
        )),
        Some(bits) if bits < DH_GOOD => findings.push(finding(
            "short-dh",
            Grade::Weak,
            format!("The Diffie-Hellman parameters have {bits} bits; 2,048 are the least today (RFC 9325 section 4.2)."),
        )),
        _ => {}
    }
    let short: Vec<&str> =
        inventory.groups.iter().filter(|group| (1..112).contains(&group.bits)).map(|group| group.name.as_str()).collect();
    if !short.is_empty() {
        findings.push(finding("short-curve", Grade::Weak, format!("Curves that are too short for today are taken: {}.", short.join(", "))));
    }
    let new = inventory.protocol(ProtocolVersion::Tls13).is_some_and(|protocol| protocol.offered == Offered::Yes && protocol.complete);
    if new && !inventory.groups.iter().any(|group| group.post_quantum) {
        findings.push(finding(
            "no-post-quantum",
            Grade::Note,
            "No post-quantum group is taken: what is recorded today can be read when there are quantum computers. OpenSSL has X25519MLKEM768 from 3.5 on.",
        ));
    }
    let weak: Vec<&str> = (inventory.features.signature_algorithms.iter().map(String::as_str))
        .filter(|name| SIGNATURE_ALGORITHMS.iter().any(|known| known.name == *name && known.weak))
        .collect();
    if !weak.is_empty() {
        let words =
            format!("The handshake is signed with SHA-1 or MD5 when a client wants that (RFC 9155 forbids it): {}.", weak.join(", "));
        findings.push(finding("weak-signature-algorithm", Grade::Note, words));
    }
    findings
}

fn extensions(inventory: &Inventory) -> Vec<Finding> {
    let features = &inventory.features;
    [
        (
            features.compression == Some(true),
            "compression",
            Grade::Bad,
            "TLS compresses: lengths give secrets such as cookies away (CRIME). Switch compression off.",
        ),
        (
            features.secure_renegotiation == Some(false),
            "insecure-renegotiation",
            Grade::Bad,
            "Renegotiation is not protected (RFC 5746): others can put their own words before those of a client. A newer program or library has it.",
        ),
        (
            features.extended_master_secret == Some(false),
            "no-extended-master-secret",
            Grade::Note,
            "Sessions before TLS 1.3 are not bound to their handshake (RFC 7627); FIPS wants that, and newer libraries have it.",
        ),
        (
            features.fallback_protection == Some(false),
            "no-fallback-protection",
            Grade::Note,
            "A client that was made to come with a lower version than it could is not sent away (RFC 7507).",
        ),
        (
            features.heartbeat == Some(true),
            "heartbeat",
            Grade::Note,
            "Heartbeats are answered, which nobody needs; OpenSSL 1.0.1 to 1.0.1f give memory away by them (Heartbleed). Which one is this?",
        ),
    ]
    .into_iter()
    .filter(|(is_so, ..)| *is_so)
    .map(|(_, code, grade, words)| finding(code, grade, words))
    .collect()
}
