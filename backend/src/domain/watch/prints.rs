//! The same certificate in four places, and what makes them agree again.

use certdeck_shared::api::endpoint::{Advice, FourPrints, Mark, Print};
use certdeck_shared::api::service::{FileCertificate, Pair};
use certdeck_shared::x509::life::date;

use super::evidence::{Awaited, Decided, Evidence};
use super::moments::{moment, process};
use super::surroundings::Running;

/// A certificate in a file that the configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InFile<'a> {
    /// It.
    pub(super) certificate: &'a FileCertificate,
    /// The file; the name of the certificate for one in a database that the service reads itself.
    pub(super) path: &'a str,
}

/// What the evidence tells of each place.
pub(super) fn of(evidence: &Evidence) -> FourPrints {
    let wire = wire(evidence);
    let (awaited, file) = (awaited(evidence), in_file(evidence));
    let in_database = awaited.map(|awaited| awaited.fingerprint_sha256.as_str());
    let in_file = file.map(|file| file.certificate.fingerprint_sha256.as_str());
    let first = in_database.or(in_file).or(wire);
    let print = |found: Option<&str>, absent: Mark, words: String| {
        let mark = match found {
            None => absent,
            Some(found) if first == Some(found) => Mark::Same,
            Some(_) => Mark::Differs,
        };
        Print { mark, fingerprint_sha256: found.map(str::to_owned), words }
    };
    let database = match (&evidence.decided, awaited) {
        (_, Some(awaited)) => print(in_database, Mark::None, format!("{}, until {}", awaited.nickname, date(awaited.not_after))),
        (Decided::Missing(words), _) => print(None, Mark::Unknown, words.clone()),
        _ => print(None, Mark::None, "No certificate is bound to it.".to_owned()),
    };
    let (loaded, absent, process_words) = loaded(evidence, wire, file);
    FourPrints {
        advice: advice(evidence, awaited, file, wire),
        database,
        file: file_print(evidence, file, &print),
        process: print(loaded, absent, process_words),
        wire: match evidence.leaf() {
            Some(leaf) => print(wire, Mark::None, format!("until {}, seen {}", date(leaf.not_after), moment(evidence.now, evidence.now))),
            None if wire.is_some() => print(wire, Mark::None, format!("seen {}", moment(evidence.now, evidence.now))),
            None => print(None, Mark::None, "Nothing was served.".to_owned()),
        },
    }
}

/// The first certificate that was served, where the server showed that it has its key, or was about to.
fn wire(evidence: &Evidence) -> Option<&str> {
    Some(evidence.report.leaf()?.fingerprint_sha256.as_str())
}

/// The kind of key that was served.
fn kind(public_key: &str) -> &str {
    public_key.split(' ').next().unwrap_or_default()
}

/// The certificate that should be served: the one that is, else one with that kind of key, else the youngest binding's.
pub(super) fn awaited(evidence: &Evidence) -> Option<&Awaited> {
    let Decided::Certificates(all) = &evidence.decided else { return None };
    let served = evidence.report.leaf();
    let same = all.iter().find(|one| served.is_some_and(|leaf| leaf.fingerprint_sha256 == one.fingerprint_sha256));
    let alike = || all.iter().rfind(|one| served.is_some_and(|leaf| kind(&leaf.public_key) == kind(&one.public_key)));
    same.or_else(alike).or(all.last())
}

/// The certificates that the configuration names for the endpoint.
fn configured(evidence: &Evidence) -> impl Iterator<Item = InFile<'_>> {
    let pairs = evidence.configured().into_iter().flat_map(|endpoint| &endpoint.pairs);
    pairs.filter_map(|pair: &Pair| {
        let certificate = match &pair.database {
            Some(nicknamed) => nicknamed.certificate.as_ref()?,
            None => evidence.file(&pair.certificate.value)?.certificates.first()?,
        };
        Some(InFile { certificate, path: &pair.certificate.value })
    })
}

/// The one that is served, else one with that kind of key, else the first.
pub(super) fn in_file(evidence: &Evidence) -> Option<InFile<'_>> {
    let served = evidence.report.leaf();
    let same = configured(evidence).find(|one| served.is_some_and(|leaf| leaf.fingerprint_sha256 == one.certificate.fingerprint_sha256));
    let alike = || configured(evidence).find(|one| served.is_some_and(|leaf| kind(&leaf.public_key) == kind(&one.certificate.public_key)));
    same.or_else(alike).or_else(|| configured(evidence).next())
}

/// The file with the other kind of key, when the port serves another certificate of that kind.
pub(super) fn of_other_key(evidence: &Evidence) -> Option<InFile<'_>> {
    let leaf = evidence.other.as_ref()?.leaf()?;
    let mut alike = configured(evidence).filter(|one| kind(&one.certificate.public_key) == kind(&leaf.public_key)).peekable();
    let first = *alike.peek()?;
    alike.all(|one| one.certificate.fingerprint_sha256 != leaf.fingerprint_sha256).then_some(first)
}

/// The process that answers for the service.
pub(super) fn running(evidence: &Evidence) -> Option<&Running> {
    let here = evidence.here.as_ref()?;
    let listening = here.listeners.iter().find(|listener| listener.of_service == Some(true)).and_then(|listener| listener.holder.as_ref());
    listening.or(here.processes.first())
}

fn file_print(evidence: &Evidence, file: Option<InFile<'_>>, print: &dyn Fn(Option<&str>, Mark, String) -> Print) -> Print {
    if let Some(file) = file {
        let changed = evidence.service.as_ref().and_then(|known| known.changed.get(file.path));
        let written = changed.map(|at| format!(", written {}", moment(*at, evidence.now))).unwrap_or_default();
        return print(Some(&file.certificate.fingerprint_sha256), Mark::None, format!("{}{written}", file.path));
    }
    let Some(endpoint) = evidence.configured() else {
        return print(None, Mark::Unknown, "No registered service has it: its files are not known.".to_owned());
    };
    let Some(pair) = endpoint.pairs.first() else {
        return print(None, Mark::None, "The configuration names no certificate for it.".to_owned());
    };
    match evidence.file(&pair.certificate.value) {
        Some(file) if file.owner.is_none() => print(None, Mark::None, format!("There is no file {}.", file.path)),
        Some(file) => print(None, Mark::Unknown, format!("{} holds no certificate that can be read.", file.path)),
        None => print(None, Mark::Unknown, format!("{} cannot be read.", pair.certificate.value)),
    }
}

/// What the process has in memory: what it serves, when it is the one that answers; else what its start and the age of the file tell.
fn loaded<'a>(evidence: &'a Evidence, wire: Option<&'a str>, file: Option<InFile<'a>>) -> (Option<&'a str>, Mark, String) {
    let Some(known) = &evidence.service else {
        return (None, Mark::Unknown, "No registered service has it: its process is not known.".to_owned());
    };
    let Some(here) = &evidence.here else {
        return (None, Mark::Unknown, "Its processes cannot be seen from here.".to_owned());
    };
    let Some(running) = running(evidence) else {
        let nobody = here.listeners.is_empty();
        let words = if nobody { "It does not run." } else { "No process with the registered configuration is seen." };
        return (None, if nobody { Mark::None } else { Mark::Unknown }, words.to_owned());
    };
    let changed = file.and_then(|file| known.changed.get(file.path)).copied();
    let older = changed.zip(running.started_at).map(|(changed, started)| started < changed);
    let who = process(running, evidence.now);
    let answers = here.listeners.iter().any(|listener| listener.of_service == Some(true));
    let in_file = file.map(|file| file.certificate.fingerprint_sha256.as_str());
    let pair_is_good = || !evidence.configured().is_some_and(|endpoint| endpoint.pairs.iter().any(|pair| pair.key_matches == Some(false)));
    match (wire.filter(|_| answers), older) {
        (Some(wire), Some(true)) if in_file == Some(wire) => (Some(wire), Mark::Unknown, format!("{who} has read the file since")),
        (Some(wire), Some(true)) => (Some(wire), Mark::Unknown, format!("older than the file: {who}")),
        (Some(wire), _) => (Some(wire), Mark::Unknown, who),
        (None, Some(false)) if pair_is_good() => (in_file, Mark::Unknown, format!("{who}, younger than the file")),
        (None, _) => (None, Mark::Unknown, format!("{who}; what it has loaded cannot be told")),
    }
}

/// What to do when they differ.
fn advice(evidence: &Evidence, awaited: Option<&Awaited>, file: Option<InFile<'_>>, wire: Option<&str>) -> Option<Advice> {
    let somebody_else = evidence.here.as_ref().is_some_and(|here| {
        let systemd = |running: &Running| running.program == "systemd";
        !here.listeners.is_empty()
            && here.listeners.iter().all(|one| one.of_service == Some(false) && !one.holder.as_ref().is_some_and(systemd))
    });
    if somebody_else {
        return Some(Advice::LookWhoListens);
    }
    let in_file = file.map(|file| file.certificate.fingerprint_sha256.as_str());
    match (awaited, file) {
        (Some(awaited), Some(file)) if awaited.fingerprint_sha256 != file.certificate.fingerprint_sha256 => {
            Some(if awaited.not_after < file.certificate.not_after { Advice::ImportFile } else { Advice::Deploy })
        }
        _ if wire.is_some() && in_file.is_some() && wire != in_file => Some(Advice::Reload),
        _ => of_other_key(evidence).map(|_| Advice::Reload),
    }
}
