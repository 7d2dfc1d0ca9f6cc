//! What is to be said of certificate and connection, with grades and reasons.

use certdeck_shared::api::endpoint::{Finding, Grade};
use certdeck_shared::api::notice::Stage;
use certdeck_shared::api::probe::ProbeEngine;
use certdeck_shared::expiry;
use certdeck_shared::x509::chain::is_root;
use certdeck_shared::x509::life::{date, life_at};
use certdeck_shared::x509::lint::{self, Severity};
use certdeck_shared::x509::view::CertificateView;

use super::evidence::Evidence;
use super::ladder;

/// Fewer bits than these can be computed by those who can afford it (RFC 9325 section 4.4).
const FEWEST_DH_BITS: u32 = 2048;

/// The worst first.
pub(super) fn of(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    if let Some(leaf) = evidence.leaf() {
        certificate(evidence, leaf, &mut findings);
    }
    let above = evidence.served.iter().skip(1).flatten().filter(|view| !is_root(view));
    for authority in above {
        for found in lint::findings(authority, evidence.now).into_iter().filter(|found| ABOVE.contains(&found.code.as_str())) {
            let words = format!("{}, which is sent above it: {}", authority.display_name(), found.words);
            findings.add(grade(found.severity), &format!("authority-{}", found.code), words);
        }
    }
    connection(evidence, &mut findings);
    findings.0.sort_by_key(|finding| finding.grade);
    findings.0
}

/// What is said of authorities, too: they are somebody else's, and the rest of it nobody here can change.
const ABOVE: [&str; 4] = ["weak-key", "sha1-signature", "broken-signature", "small-exponent"];
/// What the rungs of the ladder and the state tell already.
const TOLD: [&str; 4] = ["expired", "not-yet-valid", "expires-soon", "validity-inverted"];

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, grade: Grade, code: &str, words: impl Into<String>) {
        self.0.push(Finding { code: code.to_owned(), grade, words: words.into() });
    }
}

fn grade(severity: Severity) -> Grade {
    match severity {
        Severity::Error => Grade::Bad,
        Severity::Warning => Grade::Weak,
        Severity::Note | Severity::Good => Grade::Note,
    }
}

/// Whether the certificate ends so soon that it is to be renewed now, by the policy that its owner is told by: how soon, and the sentence.
pub(super) fn due(evidence: &Evidence) -> Option<(Stage, String)> {
    let leaf = evidence.leaf()?;
    let held = evidence.report.leaf().and_then(|served| evidence.held(&served.fingerprint_sha256));
    let certificate = expiry::Certificate {
        database: held.map(|(database, _)| database),
        nickname: held.and_then(|(_, nickname)| nickname),
        tags: &evidence.record.tags,
        issuer: &leaf.issuer,
        not_before: leaf.not_before,
        not_after: leaf.not_after,
    };
    let stage = expiry::due(&evidence.policy, &certificate, evidence.now)?;
    let life_at = life_at(leaf.not_before, leaf.not_after, evidence.now);
    Some((stage, format!("{} {}, on {}.", leaf.display_name(), life_at.words, date(leaf.not_after))))
}

fn certificate(evidence: &Evidence, leaf: &CertificateView, findings: &mut Findings) {
    if let Some((_, words)) = due(evidence) {
        findings.add(Grade::Weak, "due", format!("{words} Renew it and deploy the new one."));
    }
    for found in lint::findings(leaf, evidence.now).into_iter().filter(|found| !TOLD.contains(&found.code.as_str())) {
        findings.add(grade(found.severity), &found.code, found.words);
    }
    if leaf.version < 3 {
        let words =
            format!("It is an X.509 certificate of version {}, without extensions: clients of today refuse it. Renew it.", leaf.version);
        findings.add(Grade::Weak, "old-certificate-version", words);
    }
    let pairs = evidence.configured().into_iter().flat_map(|endpoint| &endpoint.pairs);
    if let Some(file) = pairs.filter_map(|pair| evidence.file(&pair.key.value)).find(|file| file.snakeoil) {
        let words = format!("{} is Debian's self-made pair, which many packages share. Deploy a certificate of an authority.", file.path);
        findings.add(Grade::Weak, "snakeoil", words);
    }
    if evidence.report.key_proved
        && let Some(cause) = ladder::flaw(evidence)
    {
        let words = format!("It serves what it has in memory, and could not with its files as they are now: {cause}");
        findings.add(Grade::Weak, "files-broken", words);
    }
}

fn connection(evidence: &Evidence, findings: &mut Findings) {
    let report = &evidence.report;
    match report.tls_version.as_deref() {
        Some("TLS 1.0" | "TLS 1.1") => {
            let version = report.tls_version.as_deref().unwrap_or_default();
            let words = format!(
                "It speaks {version} to a client that offers TLS 1.3: newer versions are off. Browsers refuse it (RFC 8996). Allow TLS 1.2 and 1.3."
            );
            findings.add(Grade::Weak, "old-protocol", words);
        }
        Some("SSL 3.0" | "SSL 2.0") => {
            findings.add(Grade::Bad, "broken-protocol", "It speaks SSL, which can be read by others (RFC 7568). Allow TLS 1.2 and 1.3.");
        }
        _ => {}
    }
    if let Some(suite) = report.cipher_suite.as_deref() {
        cipher_suite(suite, findings);
    }
    let bits = report.key_exchange_group.as_deref().and_then(|group| group.strip_prefix("DH ")?.parse::<u32>().ok());
    if let Some(bits) = bits.filter(|bits| *bits < FEWEST_DH_BITS) {
        let words =
            format!("Its Diffie-Hellman parameters have {bits} bits; at least {FEWEST_DH_BITS} are needed. Make new ones, or use ECDHE.");
        findings.add(Grade::Weak, "short-dh", words);
    }
    if report.engine == Some(ProbeEngine::Openssl) && !evidence.served.is_empty() && findings.0.iter().all(|one| one.grade == Grade::Note) {
        let words = "Only OpenSSL with everything old allowed came to the end of the handshake: clients of today may refuse the server.";
        findings.add(Grade::Weak, "old-clients-only", words);
    }
}

/// A suite by the parts of its name at IANA: `TLS_`, key exchange, `_WITH_`, cipher and hash. Those of TLS 1.3 have no key exchange in it.
fn cipher_suite(suite: &str, findings: &mut Findings) {
    let Some((exchange, cipher)) = suite.split_once("_WITH_") else { return };
    let has = |part: &str| cipher.split('_').any(|word| word == part);
    if exchange.contains("anon") || cipher.starts_with("NULL") || exchange.contains("EXPORT") || has("DES") || has("DES40") || has("RC2") {
        findings.add(
            Grade::Bad,
            "broken-cipher",
            format!("{suite} protects nothing: who is on the way can read or change what is said. Forbid it."),
        );
    } else if has("RC4") {
        findings.add(Grade::Bad, "rc4", format!("{suite}: RC4 can be broken, and is forbidden (RFC 7465). Allow AES-GCM and ChaCha20."));
    } else if has("3DES") {
        let words = format!("{suite}: 3DES has short blocks and leaks in long connections (CVE-2016-2183). Allow AES-GCM and ChaCha20.");
        findings.add(Grade::Weak, "3des", words);
    } else if has("CBC") {
        let words = format!("{suite}: CBC in TLS has been attacked again and again (RFC 9325 section 4.2). Allow AES-GCM and ChaCha20.");
        findings.add(Grade::Weak, "cbc", words);
    }
    if !exchange.contains("DHE") {
        let words = format!("{suite} has no forward secrecy: who gets the key one day can read all that was recorded before. Allow ECDHE.");
        findings.add(Grade::Weak, "no-forward-secrecy", words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_graded_by_their_parts() {
        for (suite, wanted) in [
            ("TLS_AES_256_GCM_SHA384", &[][..]),
            ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", &[]),
            ("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", &[]),
            ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", &["cbc"]),
            ("TLS_RSA_WITH_AES_128_GCM_SHA256", &["no-forward-secrecy"]),
            ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", &["3des", "no-forward-secrecy"]),
            ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", &["rc4"]),
            ("TLS_RSA_WITH_NULL_SHA256", &["broken-cipher", "no-forward-secrecy"]),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", &["broken-cipher", "no-forward-secrecy"]),
            ("TLS_DHE_RSA_WITH_DES_CBC_SHA", &["broken-cipher"]),
            ("TLS_DH_anon_WITH_AES_128_GCM_SHA256", &["broken-cipher", "no-forward-secrecy"]),
        ] {
            let mut findings = Findings(Vec::new());
            cipher_suite(suite, &mut findings);
            assert_eq!(findings.0.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), wanted, "{suite}");
        }
    }
}
