//! Whether it is the certificate that should be there: the one of its file, and the one of its database.

use certdeck_shared::api::endpoint::FourPrints;
use certdeck_shared::api::service::FileCertificate;
use certdeck_shared::x509::life::date;

use super::{Found, files};
use crate::domain::watch::evidence::{Decided, Evidence};
use crate::domain::watch::moments::{moment, process};
use crate::domain::watch::prints::{self, InFile};

pub(super) fn look(evidence: &Evidence, prints: &FourPrints) -> Found {
    let Some(wire) = &prints.wire.fingerprint_sha256 else { return Found::unknown("Nothing was served.") };
    let file = prints::in_file(evidence);
    if let Some(file) = file.as_ref().filter(|file| file.certificate.fingerprint_sha256 != *wire) {
        return match of_another(evidence, wire) {
            Some(name) => Found::unknown(format!(
                "What is served is the certificate of {name}, at the same port. This endpoint has no name that a server could be asked for, so \
                 what it serves to its own clients is not known."
            )),
            None => another_than_file(evidence, file),
        };
    }
    if let Some(file) = prints::of_other_key(evidence) {
        let found = another_than_file(evidence, &file);
        return Found { words: format!("To clients that take only the other kind of key: {}", found.words), ..found };
    }
    let awaited = match &evidence.decided {
        Decided::Missing(words) => {
            return Found::warn(format!("The certificate that should be served cannot be found: {words}"))
                .cure("Bind another one, or import it under its name again.");
        }
        Decided::Nothing => None,
        Decided::Certificates(_) => prints::awaited(evidence),
    };
    match (awaited, &file) {
        (Some(awaited), _) if awaited.fingerprint_sha256 == *wire => {
            Found::pass(format!("It serves {}, as its database has it.", awaited.nickname))
        }
        (Some(awaited), Some(file)) if awaited.not_after < file.certificate.not_after => Found::fail(format!(
            "The file and the port have a certificate until {}, and the database only one until {}.",
            date(file.certificate.not_after),
            date(awaited.not_after)
        ))
        .because(format!("{} was renewed past the database.", file.path))
        .cure("Import the file into the database."),
        (Some(awaited), Some(file)) => Found::fail(format!(
            "The database has {} until {}, and the file and the port another certificate until {}.",
            awaited.nickname,
            date(awaited.not_after),
            date(file.certificate.not_after)
        ))
        .because("The one of the database was not deployed.")
        .cure("Deploy it."),
        (Some(awaited), None) => Found::fail(format!("The port serves another certificate than {} of the database.", awaited.nickname))
            .because("It was not installed there, or the service was not reloaded.")
            .cure("Install it where the service has its certificate, and reload the service; or name the one that is served."),
        (None, Some(file)) => Found::pass(format!("It serves what {} holds.", file.path)),
        (None, None) => Found::unknown("Nobody said which certificate it should serve."),
    }
}

/// The port has something that the file does not hold.
fn another_than_file(evidence: &Evidence, file: &InFile<'_>) -> Found {
    let title = evidence.service.as_ref().map_or("the service", |known| known.description.service.kind.title());
    let running = prints::running(evidence);
    let changed = evidence.service.as_ref().and_then(|known| known.changed.get(file.path)).copied();
    let replaced = changed.map(|at| format!(" The file was replaced at {}.", moment(at, evidence.now))).unwrap_or_default();
    if let Some(flaw) = files::flaw(evidence) {
        return Found::fail(format!("The port serves the certificate from before.{replaced} {title} keeps what it had."))
            .because(flaw.cause)
            .cure(format!("{} Then reload {title}.", flaw.cure));
    }
    let started = running.and_then(|running| Some((running, running.started_at?)));
    match (started, changed) {
        (Some((running, started)), Some(changed)) if started < changed => Found::fail(format!(
            "The port serves the certificate from before.{replaced} {} started at {} and has not been reloaded since.",
            running.program,
            moment(started, evidence.now)
        ))
        .because(format!("{} has in memory what {} held before.", process(running, evidence.now), file.path))
        .cure(format!("Reload {title}.")),
        (Some((running, _)), Some(_)) => Found::fail(format!(
            "The port serves another certificate than {} holds, although {} started after the file was written.",
            file.path,
            process(running, evidence.now)
        ))
        .because("The service has its certificate from elsewhere: another setting or file counts, or something else answers in its place.")
        .cure("Look which files the service really reads, and who answers at this port."),
        _ => Found::fail(format!("The port serves another certificate than {} holds.{replaced}", file.path))
            .because("The service was not reloaded since, or reads another file.")
            .cure(format!("Reload {title}.")),
    }
}

/// The endpoint at the same port whose certificate is served, where a server was not asked for a name.
fn of_another<'a>(evidence: &'a Evidence, wire: &str) -> Option<&'a str> {
    let own = evidence.configured().filter(|_| evidence.record.server_name.is_none())?;
    let port = |address: &String| address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let others = evidence.service.as_ref()?.description.endpoints.iter().filter(|other| other.name != own.name);
    let mut at_port = others.filter(|other| other.addresses.iter().any(|address| port(address) == Some(evidence.record.port)));
    let holds = |certificate: &FileCertificate| certificate.fingerprint_sha256 == wire;
    let found = at_port
        .find(|other| other.pairs.iter().filter_map(|pair| evidence.file(&pair.certificate.value)?.certificates.first()).any(holds))?;
    Some(&found.name)
}
