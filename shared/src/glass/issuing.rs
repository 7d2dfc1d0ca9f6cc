//! Lines that make certificates: self-signed, issued by a CA of the database, or for somebody's request.

use super::Action;
use super::content;
use super::keys::made_with_noise;
use super::requests::family;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::issue::{CertificateKey, IssuerAddresses, NewIssued, NewSelfSigned, SigningPolicy, Validity};
use crate::issue;
use crate::request::{self, RequestForm, RequestedConstraints, Template, Usages};
use crate::x509::parse;

/// The file with the request of somebody else.
const REQUEST: &str = "request.pem";
/// The file that a certificate for somebody else goes to.
const CERTIFICATE: &str = "certificate.pem";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::CreateSelfSigned { body } => self_signed(writer, body),
        Action::IssueCertificate { body } => issued(writer, body),
        Action::ListIssued => {
            writer.note("certutil does not remember what a CA of the database has issued; it lists what is in the database.");
            writer.command(writer.certutil("-L"));
            writer.call(&Call::get(writer.path("issued")));
        }
        _ => {}
    }
}

/// What a new certificate is to be, however it is signed.
struct Wanted<'a> {
    form: &'a RequestForm,
    addresses: &'a IssuerAddresses,
    key: &'a CertificateKey,
    validity: &'a Validity,
    serial_number: Option<&'a str>,
    nickname: &'a str,
    trust: Option<&'a str>,
    /// What certutil calls the CA; the certificate signs itself without.
    issuer: Option<&'a str>,
    /// How many CAs the issuer lets follow, where it says so.
    room: Option<u32>,
}

/// A CA below one that says how many may follow lets one less follow.
fn below(mut usages: Usages, room: Option<u32>) -> Usages {
    if let (Some(constraints), Some(room)) = (&mut usages.basic_constraints, room)
        && constraints.ca
    {
        let left = u8::try_from(room.saturating_sub(1)).unwrap_or(u8::MAX);
        constraints.path_length = Some(constraints.path_length.map_or(left, |own| own.min(left)));
    }
    usages
}

fn self_signed(writer: &mut Writer<'_>, new: &NewSelfSigned) {
    sign(
        writer,
        &Wanted {
            form: &new.form,
            addresses: &new.addresses,
            key: &new.key,
            validity: &new.validity,
            serial_number: new.serial_number.as_deref(),
            nickname: &new.nickname,
            trust: new.trust.as_deref(),
            issuer: None,
            room: None,
        },
    );
    let as_msgcert = matches!(new.form.template, None | Some(Template::TlsServer)) && new.validity == Validity::default();
    if as_msgcert && matches!(new.key, CertificateKey::Algorithm(_)) {
        let subject = request::distinguished_name(&new.form).to_rfc1485();
        writer.msgcert("add-selfsign-cert", "", &["-S", &subject, &new.nickname]);
    }
    writer.call(&Call::post(writer.path("self-signed")).json(new));
}

fn issued(writer: &mut Writer<'_>, new: &NewIssued) {
    match new {
        NewIssued::Form { issuer, nickname, form, addresses, key, validity, serial_number, trust } => {
            let known = writer.site.inventory.certificate(issuer).and_then(|entry| parse::certificate(&entry.der.0).ok());
            let room = known.and_then(|view| view.basic_constraints).and_then(|own| own.path_length);
            let issuer = writer.nickname(issuer);
            let (serial_number, trust) = (serial_number.as_deref(), trust.as_deref());
            sign(writer, &Wanted { form, addresses, key, validity, serial_number, nickname, trust, issuer: Some(&issuer), room });
            writer.call(&Call::post(writer.path("issued")).json(new));
        }
        NewIssued::Request { issuer, policy, validity, serial_number, nickname, .. } => {
            let issuer = writer.nickname(issuer);
            for_request(writer, &issuer, policy, validity, serial_number.as_deref());
            if let Some(nickname) = nickname {
                writer.command(writer.certutil_unlocked("-A").option("-n", nickname).raw("-t ,,").option("-a -i", CERTIFICATE));
            }
            let path = writer.path("issued");
            let call = |path: String| Call::post(path).json(new).text_of("request", REQUEST);
            writer.call_remarked(&call([&path, "?preview=true"].concat()), "what becomes of each part of the request");
            writer.call(&call(path).then(&["| jq -r .pem > ", CERTIFICATE].concat()));
        }
    }
}

/// `certutil -S`.
fn sign(writer: &mut Writer<'_>, wanted: &Wanted<'_>) {
    let algorithm = match wanted.key {
        CertificateKey::Algorithm(algorithm) => family(*algorithm),
        CertificateKey::KeyId(_) => "EC",
    };
    // What is not complete yet, on a page that is being filled in, is shown as far as it goes.
    let content = issue::content(wanted.form, wanted.addresses, algorithm).unwrap_or_else(|_| issue::Content {
        subject_alternative_names: request::names(&wanted.form.subject_alternative_names).unwrap_or_default(),
        ..issue::Content::default()
    });
    let usages = Usages {
        key_usage: content.key_usage.clone(),
        extended_key_usage: content.extended_key_usage.clone(),
        // The console says of every certificate whether it is an authority.
        basic_constraints: Some(RequestedConstraints {
            ca: content.is_authority,
            path_length: content.path_length.and_then(|length| u8::try_from(length).ok()),
        }),
    };
    let usages = below(usages, wanted.room);
    let mut options = content::extensions(writer, &content.subject_alternative_names, &usages);
    content::addresses(writer, wanted.addresses, &mut options);
    let usual_trust = match (wanted.issuer, content.is_authority) {
        (Some(_), _) => ",,",
        (None, true) => "C,C,C",
        (None, false) => "P,,",
    };
    let base = match wanted.nickname.split_once(':') {
        Some((token, _)) => {
            writer.note("certutil -S puts the certificate on the token and then fails with the trust, which is the database's (SEC_ERROR_TOKEN_NOT_LOGGED_IN).");
            writer.certutil("-S").option("-h", token).raw("-f \"$TOKEN_PW_FILE\"")
        }
        None => writer.certutil_unlocked("-S"),
    };
    let signer = match wanted.issuer {
        Some(issuer) => Command::new("-c").word(issuer).line().command,
        None => "-x".to_owned(),
    };
    let nickname = wanted.nickname.split_once(':').map_or(wanted.nickname, |(_, name)| name);
    let mut command = base
        .raw(&signer)
        .option("-n", nickname)
        .option("-s", &request::distinguished_name(wanted.form).to_rfc1485())
        .option("-t", wanted.trust.unwrap_or(usual_trust));
    command = command.raw(content::validity(writer, wanted.validity, issue::usual_months(&content, wanted.issuer.is_some())).trim_start());
    command = command.raw(content::serial_number(writer, wanted.serial_number).trim_start()).raw(options.text.trim_start());
    match wanted.key {
        CertificateKey::Algorithm(algorithm) => made_with_noise(writer, command, *algorithm, &options.answers),
        CertificateKey::KeyId(id) => writer.command(command.option("-k", id).answering(&options.answers)),
    }
    content::key_identifiers(writer);
}

/// `certutil -C`.
fn for_request(writer: &mut Writer<'_>, issuer: &str, policy: &SigningPolicy, validity: &Validity, serial_number: Option<&str>) {
    writer.note("certutil -C copies every extension that the request asks for, even that of a CA, and its subject; the console's policy says of each part what becomes of it.");
    if policy.subject.is_some() {
        writer.note("certutil -C gives the subject that the request has, and no other.");
    }
    let mut options = content::Options::default();
    if let Some(names) = &policy.subject_alternative_names {
        options = content::extensions(writer, &request::names(names).unwrap_or_default(), &Usages::default());
    }
    if !policy.copy_usages {
        let form = RequestForm { template: Some(policy.template), ..RequestForm::default() };
        let mut usages = Usages::of(&form, "EC");
        let ca = usages.basic_constraints.is_some_and(|constraints| constraints.ca);
        usages.basic_constraints = Some(RequestedConstraints { ca, path_length: policy.path_length.filter(|_| ca) });
        let given = content::extensions(writer, &[], &usages);
        options.text.push_str(&given.text);
        options.answers.extend(given.answers);
    }
    content::addresses(writer, &policy.addresses, &mut options);
    let usual_months = if policy.template == Template::Ca { 60 } else { 3 };
    let command = writer.certutil_unlocked("-C").option("-c", issuer).option("-a -i", REQUEST).option("-o", CERTIFICATE);
    let command = command.raw(content::validity(writer, validity, usual_months).trim_start());
    let command = command.raw(content::serial_number(writer, serial_number).trim_start()).raw(options.text.trim_start());
    writer.command(command.answering(&options.answers));
    content::key_identifiers(writer);
    writer.remarked(Command::new(&["openssl x509 -in ", CERTIFICATE, " -noout -text"].concat()), "look at it");
}
