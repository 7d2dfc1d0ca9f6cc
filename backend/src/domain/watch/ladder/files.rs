//! What is wrong with the files of an endpoint: that keeps a service from its key, and mostly it says so only in its log.

use certdeck_shared::api::service::{FileKey, NamedFile, Pair};

use super::Why;
use crate::domain::watch::evidence::Evidence;
use crate::domain::watch::moments::{moment, process};

/// Fewer bits than this OpenSSL refuses to serve at its usual security level (SSL_CTX_set_security_level(3)).
const FEWEST_RSA_BITS: u32 = 2048;

/// The first thing that is wrong with a certificate or a key that the configuration names for the endpoint.
pub(super) fn flaw(evidence: &Evidence) -> Option<Why> {
    evidence.configured()?.pairs.iter().find_map(|pair| of_pair(evidence, pair))
}

/// The same; when nothing is wrong now, whether the process may still have what was there before.
pub(super) fn flaw_or_age(evidence: &Evidence) -> Option<Why> {
    flaw(evidence).or_else(|| older_process(evidence))
}

fn of_pair(evidence: &Evidence, pair: &Pair) -> Option<Why> {
    const DEPLOY: &str = "Deploy a certificate with its key, or put the right files there.";
    let why = |cause: String, cure: &str| Some(Why { cause, cure: cure.to_owned() });
    if let Some(nicknamed) = &pair.database {
        let name = &pair.certificate.value;
        return nicknamed.certificate.is_none().then(|| Why {
            cause: format!("There is no certificate named {name} in the database {}, or it cannot be read.", nicknamed.directory.value),
            cure: "Give the certificate that name, or correct the name in the configuration.".to_owned(),
        });
    }
    let (certificate, key) = (evidence.file(&pair.certificate.value)?, evidence.file(&pair.key.value)?);
    if let Some(missing) = [certificate, key].into_iter().find(|file| file.owner.is_none()) {
        return why(format!("There is no file {}, which {} names.", missing.path, setting(pair, missing)), DEPLOY);
    }
    if let Some(closed) = [key, certificate].into_iter().find(|file| closed(evidence, file).is_some()) {
        let user = &evidence.service.as_ref()?.description.key_reader.user;
        let mode = format!("its mode is {}, {}:{}", shown(&closed.mode), shown(&closed.owner), shown(&closed.group));
        let (path, said) = (&closed.path, closed_words(evidence, closed));
        return why(
            format!("User {user}, as which it is read, cannot open {path}: {said}; {mode}."),
            &format!("Let {user} read it: chown root:GROUP {path} with a group of {user}, and chmod 0640 {path}; then reload the service."),
        );
    }
    if certificate.key_store {
        let words = certificate.findings.first().filter(|_| certificate.certificates.is_empty())?;
        return why(format!("The key store {} cannot be used: {words}", certificate.path), DEPLOY);
    }
    if certificate.certificates.is_empty() && !certificate.directory {
        return why(format!("{} holds no certificate that can be read.", certificate.path), DEPLOY);
    }
    match key.key {
        Some(FileKey::Encrypted) => {
            return why(
                format!("The key in {} is encrypted, and nobody types its password when the service starts.", key.path),
                "Put the key there without a password, readable by the service alone; or deploy it from its database.",
            );
        }
        None if !key.directory => return why(format!("{} holds no private key that can be read.", key.path), DEPLOY),
        _ => {}
    }
    if pair.key_matches == Some(false) {
        return match certificate.certificates.as_slice() {
            [first, second, ..] if second.issuer == first.subject => why(
                format!("In {} the certificate of the authority comes first: the key is not its key.", certificate.path),
                "Put the certificate of the server first, then that of its issuer, and so on.",
            ),
            _ => why(
                format!("The key in {} is not that of the certificate in {}.", key.path, certificate.path),
                "Put the key of this certificate there, or the certificate of this key; or deploy both from their database.",
            ),
        };
    }
    let first = certificate.certificates.first()?;
    let bits = first.public_key.strip_prefix("RSA ").and_then(|bits| bits.parse::<u32>().ok());
    let short = bits.filter(|bits| *bits < FEWEST_RSA_BITS && !evidence.report.key_proved)?;
    why(
        format!("The key of the certificate in {} has {short} bits only: TLS libraries of today do not serve it.", certificate.path),
        "Request a certificate for a key of at least 2048 bits.",
    )
}

fn setting<'a>(pair: &'a Pair, file: &NamedFile) -> &'a str {
    let name = if file.path == pair.certificate.value { &pair.certificate.name } else { &pair.key.name };
    if name.is_empty() { "the configuration" } else { name }
}

fn closed<'a>(evidence: &'a Evidence, file: &NamedFile) -> Option<&'a String> {
    evidence.service.as_ref()?.closed.get(&file.path)
}

fn closed_words<'a>(evidence: &'a Evidence, file: &NamedFile) -> &'a str {
    closed(evidence, file).map_or("", |words| words.split(" (os error").next().unwrap_or(words))
}

fn shown(part: &Option<String>) -> &str {
    part.as_deref().unwrap_or("unknown")
}

/// Files that are good now, and a process that started before they were: it may still have what was there before.
fn older_process(evidence: &Evidence) -> Option<Why> {
    let known = evidence.service.as_ref()?;
    let running = evidence.here.as_ref()?.processes.first()?;
    let pairs = &evidence.configured()?.pairs;
    let paths = pairs.iter().flat_map(|pair| [&pair.certificate.value, &pair.key.value]);
    let changed = paths.filter_map(|path| known.changed.get(path)).max()?;
    (running.started_at? < *changed).then(|| Why {
        cause: format!(
            "Its files are good now and were changed at {}; {} has not read them since, or could not.",
            moment(*changed, evidence.now),
            process(running, evidence.now)
        ),
        cure: "Reload the service; start it anew where that does not help.".to_owned(),
    })
}
