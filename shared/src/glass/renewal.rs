//! Lines that make the successor of a certificate.

use super::content;
use super::keys::key_options;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use super::{Action, CommandLine};
use crate::api::certificate::CertificateEntry;
use crate::api::paths;
use crate::api::renewal::{Renewal, RenewalMode};
use crate::request::{RequestedConstraints, Usages};
use crate::x509::der::{self, Element, tag};
use crate::x509::parse;
use crate::x509::view::CertificateView;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowRenewal { fingerprint } => {
            let nickname = writer.nickname(fingerprint);
            writer.note("certutil makes no proposal: it shows the certificate and its chain.");
            writer.command(writer.certutil("-L").option("-n", &nickname));
            writer.command(writer.certutil("-O").option("-n", &nickname));
            writer.call(&Call::get(paths::renewal(writer.site.database, fingerprint)));
        }
        Action::RenewCertificate { fingerprint, body } => {
            let chain = writer.site.inventory.chain(fingerprint);
            if let Some(leaf) = chain.first()
                && let Ok(view) = parse::certificate(&leaf.der.0)
            {
                renew(writer, leaf, &view, chain.get(1), body);
            } else {
                writer.note("The database does not have this certificate.");
            }
            writer.call(&Call::post(paths::renewal(writer.site.database, fingerprint)).json(body));
        }
        _ => {}
    }
}

fn renew(writer: &mut Writer<'_>, leaf: &CertificateEntry, view: &CertificateView, issuer: Option<&CertificateEntry>, renewal: &Renewal) {
    let old = leaf.nickname.clone().unwrap_or_default();
    let nickname = if encodes_alike(&leaf.der.0) {
        old.clone()
    } else {
        writer.note("certutil writes the subject in other string types than it has (PrintableString where it is UTF8String). For NSS that is another subject, which needs another nickname.");
        [&old, " renewed"].concat()
    };
    writer
        .note("certutil knows no renewal: the lines make a certificate of the same subject, names and usages. Other extensions are lost.");
    let (key, noise) = match (renewal.mode, renewal.key_algorithm.map(key_options)) {
        (RenewalMode::ReKey, Some(options)) => ([options, " -z noise"].concat(), true),
        (RenewalMode::ReKey, _) => ("-k ec -q nistp256 -z noise".to_owned(), true),
        _ => (["-k ", leaf.key_id.as_deref().unwrap_or("KEY-ID")].concat(), false),
    };
    if leaf.key_id.is_none() {
        writer.note("The private key of this certificate is not in the database.");
    }
    if noise {
        writer.lines.commands.push(CommandLine {
            command: "head -c 64 /dev/urandom > noise".to_owned(),
            remark: "certutil asks for keyboard strokes otherwise".to_owned(),
        });
    }
    let usages = Usages {
        key_usage: view.key_usage.iter().flatten().map(ToString::to_string).collect(),
        extended_key_usage: view.extended_key_usage.iter().flatten().map(ToString::to_string).collect(),
        basic_constraints: view
            .basic_constraints
            .as_ref()
            .map(|own| RequestedConstraints { ca: own.ca, path_length: own.path_length.and_then(|length| u8::try_from(length).ok()) }),
    };
    let options = content::extensions(writer, &view.subject_alternative_names, &usages);
    let subject = view.subject.to_rfc1485();
    // `u` is no flag that can be given.
    let trust = leaf.trust.replace('u', "");
    let lasts = view.not_after - view.not_before;
    let months = u32::try_from((lasts.whole_days() + 15) / 30).unwrap_or(3).max(1);
    let signed = |writer: &mut Writer<'_>, command: Command| {
        let command = command.raw(content::validity(writer, &renewal.validity, months).trim_start());
        command.raw(content::serial_number(writer, renewal.serial_number.as_deref()).trim_start())
    };
    if view.self_issued {
        let command = writer.certutil_unlocked("-S").option("-x -n", &nickname).option("-s", &subject).option("-t", &trust);
        let command = signed(writer, command).raw(options.text.trim_start()).raw(&key);
        writer.command(command.answering(&options.answers));
        content::key_identifiers(writer);
        writer.msgcert("renew-selfsign-cert", "", &[&old]);
        return;
    }
    let command = writer.certutil_unlocked("-R").option("-s", &subject).raw(options.text.trim_start());
    writer.command(command.option("-a -o", "request.pem").raw(&key).answering(&options.answers));
    match issuer {
        Some(issuer) if issuer.key_id.is_some() && renewal.mode != RenewalMode::Request => {
            let authority = writer.name_of(issuer);
            let command = writer.certutil_unlocked("-C").option("-c", &authority).option("-a -i", "request.pem").option("-o", "reply.pem");
            let command = signed(writer, command);
            writer.command(command);
            content::key_identifiers(writer);
        }
        _ => writer.note("request.pem goes to the CA; what it sends back is in reply.pem."),
    }
    writer.command(writer.certutil_unlocked("-A").option("-n", &nickname).option("-t", &trust).option("-a -i", "reply.pem"));
    writer.msgcert("renew-cert", "", &[&old, "reply.pem"]);
}

/// Whether certutil, which takes PrintableString wherever the characters allow it, writes the subject of a certificate in the octets it has.
fn encodes_alike(certificate: &[u8]) -> bool {
    let printable = |octet: &u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet);
    let differs = |attribute: Element<'_>| {
        let mut reader = attribute.reader();
        let value = reader.expect(tag::OID).and_then(|_| reader.next());
        value.is_ok_and(|value| value.tag == tag::UTF8_STRING && value.content.iter().all(printable))
    };
    let Ok(names) = parse::raw_names(certificate) else { return true };
    let Ok(subject) = der::only(names.subject, tag::SEQUENCE) else { return true };
    let mut sets = subject.reader();
    while let Ok(set) = sets.expect(tag::SET) {
        let mut attributes = set.reader();
        while let Ok(attribute) = attributes.expect(tag::SEQUENCE) {
            if differs(attribute) {
                return false;
            }
        }
    }
    true
}
