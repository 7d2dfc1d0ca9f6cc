//! Lines that ask what certificates are valid for.

use super::rest::Call;
use super::shell::Command;
use super::writer::{PASSWORD, Writer};
use super::{Action, MOST};
use crate::api::paths;
use crate::api::validation::{RevocationQuestion, Simulation};
use crate::x509::parse;

/// The usages of `certutil -V -u`.
const USAGES: &str = "C V I L A Y S R O J";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowValidation { fingerprint, usage, at } => {
            let nickname = writer.nickname(fingerprint);
            let moment = at.as_deref().and_then(for_certutil);
            let question = |writer: &Writer<'_>| writer.certutil_unlocked("-V").option("-n", &nickname).maybe("-b", moment.as_deref());
            match usage {
                Some(letter) => writer.command(question(writer).option("-e -u", &letter.to_string())),
                None => {
                    let asked = question(writer).raw("-e -u \"$usage\"");
                    writer.command(for_each_usage(asked));
                }
            }
            let letter = usage.map(|letter| ["usage=", &letter.to_string()].concat());
            let moment = at.as_ref().map(|at| ["at=", &paths::segment(at)].concat());
            writer.call(&Call::get([&paths::validation(writer.site.database, fingerprint), query(&[letter, moment]).as_str()].concat()));
        }
        Action::ShowValidations { at } => {
            let moment = at.as_deref().and_then(for_certutil);
            let asked = writer.certutil_unlocked("-V").raw("-n \"$nickname\"").maybe("-b", moment.as_deref()).raw("-e -u \"$usage\"");
            // certutil pads the nickname with blanks before the three fields of trust, below four lines of heading.
            let names =
                ["certutil -L -d ", &writer.place(), " | sed -n '5,$s/ *[^ ]*,[^ ]*,[^ ]* *$//p' | while IFS= read -r nickname; do "];
            let each = for_each_usage(asked).line().command.replace("echo \"$usage: ", "echo \"$nickname, $usage: ");
            writer.remarked(Command::new(&[names.concat().as_str(), &each, "; done"].concat()), "seconds for each certificate");
            let moment = at.as_ref().map(|at| ["at=", &paths::segment(at)].concat());
            writer.call(&Call::get([&paths::validations(writer.site.database), query(&[moment]).as_str()].concat()));
        }
        Action::Simulate { body } => simulate(writer, body),
        Action::CheckRevocation { fingerprint, body } => check_revocation(writer, fingerprint, *body),
        _ => {}
    }
}

/// certutil takes one usage and fails where it does not hold: neither ends the loop.
fn for_each_usage(asked: Command) -> Command {
    Command::new(&["for usage in ", USAGES, "; do echo \"$usage: $(", &asked.line().command, " 2>&1)\"; done"].concat())
}

fn query(parts: &[Option<String>]) -> String {
    let given: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    if given.is_empty() { String::new() } else { ["?", &given.join("&")].concat() }
}

/// `2030-01-01T00:00:00Z` as `certutil -b` takes it, `300101000000Z`; nothing where the year has no two digits.
fn for_certutil(moment: &str) -> Option<String> {
    let digits: String = moment.split(['.', 'Z', '+']).next()?.chars().filter(char::is_ascii_digit).collect();
    let year: u16 = digits.get(..4)?.parse().ok()?;
    (digits.len() == 14 && (1950..2050).contains(&year)).then(|| [digits.get(2..).unwrap_or_default(), "Z"].concat())
}

fn simulate(writer: &mut Writer<'_>, simulation: &Simulation) {
    writer.note("certutil tries nothing: these lines make the changes in a copy of the database, and ask there.");
    let copy = |letter: &str| Command::new("certutil").raw(letter).raw("-d sql:trial").raw(PASSWORD);
    writer.command(Command::new("cp -rp").word(writer.site.directory).word("trial"));
    for change in simulation.trust.iter().take(MOST) {
        let nickname = writer.nickname(&change.fingerprint_sha256);
        writer.command(copy("-M").option("-n", &nickname).option("-t", &change.trust));
    }
    for fingerprint in simulation.removed.iter().take(MOST) {
        let nickname = writer.nickname(fingerprint);
        writer.command(copy("-D").option("-n", &nickname));
    }
    for (place, added) in simulation.added.iter().take(MOST).enumerate() {
        let number = (place + 1).to_string();
        let trust = if added.trust.is_empty() { ",," } else { &added.trust };
        let (name, file) = (["trial ", &number].concat(), ["trial-", &number, ".pem"].concat());
        writer.command(copy("-A").option("-n", &name).option("-t", trust).option("-a -i", &file));
    }
    writer.remarked(copy("-V").raw("-n NICKNAME -u V -e || true"), "for each certificate and usage, before and after");
    writer.command(Command::new("rm -r trial"));
    writer.call(&Call::post(paths::validations(writer.site.database)).json(simulation));
}

fn check_revocation(writer: &mut Writer<'_>, fingerprint: &str, question: RevocationQuestion) {
    let chain = writer.site.inventory.chain(fingerprint);
    let view = chain.first().and_then(|leaf| parse::certificate(&leaf.der.0).ok());
    let (lists, responders) = view.map(|view| (view.crl_distribution_points, view.ocsp)).unwrap_or_default();
    if lists.is_empty() && responders.is_empty() {
        writer.note("The certificate names neither a revocation list nor an OCSP responder: there is nobody to ask.");
    }
    for (entry, file) in chain.iter().zip(["certificate.pem", "issuer.pem"]) {
        let nickname = writer.name_of(entry);
        writer.command(writer.certutil("-L").option("-n", &nickname).option("-a -o", file));
    }
    if question.crl {
        for address in &lists {
            writer.command(Command::new("curl -sS --fail -o list.crl").word(address).raw("&& openssl crl -in list.crl -noout -text"));
        }
    }
    if question.ocsp {
        for address in &responders {
            let asked = Command::new("openssl ocsp -issuer issuer.pem -CAfile issuer.pem -cert certificate.pem -url").word(address);
            writer.remarked(asked, "wants the answer signed by the issuer, or for it");
        }
    }
    if !lists.is_empty() || !responders.is_empty() {
        writer.note("certutil -V heeds the lists that are in the database and fetches none.");
    }
    writer.call(&Call::post(paths::revocation_check(writer.site.database, fingerprint)).json(&question));
}

#[cfg(test)]
mod tests {
    use super::{for_certutil, query};

    #[test]
    fn moments_are_written_as_certutil_takes_them() {
        assert_eq!(for_certutil("2030-01-01T00:00:00Z").as_deref(), Some("300101000000Z"));
        assert_eq!(for_certutil("2026-11-21T18:42:00.5Z").as_deref(), Some("261121184200Z"));
        for none in ["2055-01-01T00:00:00Z", "1.1.2030", ""] {
            assert_eq!(for_certutil(none), None, "{none}");
        }
    }

    #[test]
    fn a_query_has_what_is_asked() {
        assert_eq!(query(&[None, None]), "");
        assert_eq!(query(&[Some("usage=V".into()), Some("at=x".into())]), "?usage=V&at=x");
    }
}
