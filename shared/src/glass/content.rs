//! What a certificate or request is to say, as options of certutil.

use super::writer::Writer;
use crate::api::issue::{IssuerAddresses, Validity};
use crate::issue::SerialNumber;
use crate::request::Usages;
use crate::x509::view::GeneralNameView;

/// Options of certutil, and what it asks on the terminal because of them.
#[derive(Default)]
pub(super) struct Options {
    pub(super) text: String,
    /// The lines typed at its prompts.
    pub(super) answers: Vec<String>,
}

/// What certutil calls a key usage.
fn key_usage(name: &str) -> Option<&str> {
    match name {
        "keyCertSign" => Some("certSigning"),
        "cRLSign" => Some("crlSigning"),
        "encipherOnly" | "decipherOnly" => None,
        same => Some(same),
    }
}

/// What certutil calls an extended key usage.
fn extended_key_usage(name: &str) -> Option<&str> {
    match name {
        "timeStamping" => Some("timeStamp"),
        "OCSPSigning" => Some("ocspResponder"),
        "anyExtendedKeyUsage" => Some("x509Any"),
        same @ ("serverAuth" | "clientAuth" | "codeSigning" | "emailProtection" | "ipsecIKE") => Some(same),
        _ => None,
    }
}

/// Names, usages and constraints.
pub(super) fn extensions(writer: &mut Writer<'_>, names: &[GeneralNameView], usages: &Usages) -> Options {
    let mut options = Options::default();
    let asked: Vec<String> = names.iter().filter_map(alternative_name).collect();
    if !asked.is_empty() {
        options.text.push_str(&[" --extSAN ", &super::quoted(&asked.join(","))].concat());
    }
    for (option, name, words) in [
        (" --keyUsage ", "key usage", translated(&usages.key_usage, key_usage)),
        (" --extKeyUsage ", "extended key usage", translated(&usages.extended_key_usage, extended_key_usage)),
    ] {
        let (mut known, unknown) = words;
        if !unknown.is_empty() {
            writer.note(["certutil has no word for the ", name, " ", &unknown.join(", "), ": the lines leave it out."].concat());
        }
        if !known.is_empty() {
            known.extend((option == " --keyUsage ").then_some("critical"));
            options.text.push_str(&[option, &known.join(",")].concat());
        }
    }
    if let Some(constraints) = usages.basic_constraints {
        let length = constraints.path_length.map(|length| length.to_string()).unwrap_or_default();
        let yes = if constraints.ca { "y" } else { "n" };
        options.text.push_str(" -2");
        options.answers.extend([yes.to_owned(), length, "y".to_owned()]);
    }
    options
}

fn translated<'a>(names: &'a [String], word: fn(&'a str) -> Option<&'a str>) -> (Vec<&'a str>, Vec<&'a str>) {
    let (known, unknown): (Vec<&str>, Vec<&str>) = names.iter().map(String::as_str).partition(|name| word(name).is_some());
    (known.into_iter().filter_map(word).collect(), unknown)
}

fn alternative_name(name: &GeneralNameView) -> Option<String> {
    let (kind, text) = match name {
        GeneralNameView::Dns(host) => ("dns:", host),
        GeneralNameView::Ip(ip) => ("ip:", ip),
        GeneralNameView::Email(mailbox) => ("rfc822:", mailbox),
        GeneralNameView::Uri(uri) => ("uri:", uri),
        _ => return None,
    };
    Some([kind, text].concat())
}

/// Where the issuer tells of revocations.
pub(super) fn addresses(writer: &mut Writer<'_>, addresses: &IssuerAddresses, options: &mut Options) {
    if !addresses.crl_distribution_points.is_empty() {
        writer.note("certutil -4 asks for addresses of revocation lists on a terminal only; the lines leave them out.");
    }
    if !addresses.ocsp.is_empty() {
        options.text.push_str(" --extAIA");
        for (place, address) in addresses.ocsp.iter().enumerate() {
            // 2 is OCSP, 7 a URI, 0 ends the names; then whether there is another.
            let another = if place + 1 == addresses.ocsp.len() { "n" } else { "y" };
            options.answers.extend(["2", "7", address, "0", another].map(str::to_owned));
        }
        options.answers.push("n".to_owned());
    }
}

/// From when and for how long: certutil counts calendar months.
pub(super) fn validity(writer: &mut Writer<'_>, validity: &Validity, usual_months: u32) -> String {
    let months = match (validity.months, validity.days, validity.not_after) {
        (Some(months), ..) => months,
        (None, Some(days), _) => {
            writer.note("certutil counts calendar months, not days: the lines take as many as the days begin.");
            days.div_ceil(31).max(1)
        }
        (None, None, Some(_)) => {
            writer.note("certutil takes no last second: the lines take the usual months.");
            usual_months
        }
        (None, None, None) => usual_months,
    };
    let offset = validity.offset_months.map(|offset| [" -w ", &offset.to_string()].concat()).unwrap_or_default();
    if validity.not_before.is_some() {
        writer.note("certutil takes no first second, only months from now (-w).");
    }
    [" -v ", &months.to_string(), &offset].concat()
}

/// A serial number, which certutil takes up to 2147483647; hexadecimal ones it reads as 0 without a word.
pub(super) fn serial_number(writer: &mut Writer<'_>, text: Option<&str>) -> String {
    let Some(text) = text else {
        writer.note("certutil takes the time as serial number; the console takes 126 random bits.");
        return String::new();
    };
    match SerialNumber::parse(text).ok().and_then(|serial| u32::from_str_radix(&serial.to_hex(), 16).ok()) {
        Some(number) if number <= 0x7fff_ffff => [" -m ", &number.to_string()].concat(),
        _ => {
            writer.note("certutil takes serial numbers up to 2147483647 only; the lines leave this one out.");
            String::new()
        }
    }
}

/// certutil writes no identifiers of keys unless it is asked for each.
pub(super) fn key_identifiers(writer: &mut Writer<'_>) {
    writer.note("certutil writes neither subject nor authority key identifier without asking for their octets; the console writes both.");
}
