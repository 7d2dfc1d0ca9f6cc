//! Two certificates side by side.

use crate::api::renewal::Difference;
use crate::x509::view::{CertificateView, GeneralNameView, Word};

/// Every field of both, in the order in which people read a certificate; fields that neither has are left out.
#[must_use]
pub fn compared(before: &CertificateView, after: &CertificateView) -> Vec<Difference> {
    type Read = fn(&CertificateView) -> Option<String>;
    const FIELDS: [(&str, Read); 20] = [
        ("subject", |view| Some(view.subject.to_string()).filter(|text| !text.is_empty())),
        ("issuer", |view| Some(view.issuer.to_string()).filter(|text| !text.is_empty())),
        ("serialNumber", |view| Some(view.serial_number.clone())),
        ("notBefore", |view| Some(moment(view.not_before))),
        ("notAfter", |view| Some(moment(view.not_after))),
        ("subjectPublicKey", |view| Some(key(view))),
        ("signatureAlgorithm", |view| Some(view.signature_algorithm.clone().into_owned())),
        ("version", |view| Some(view.version.to_string())),
        ("subjectAltName", |view| joined(view.subject_alternative_names.iter().map(GeneralNameView::text))),
        ("keyUsage", |view| usages(view.key_usage.as_deref())),
        ("extKeyUsage", |view| usages(view.extended_key_usage.as_deref())),
        ("basicConstraints", constraints),
        ("subjectKeyIdentifier", |view| view.subject_key_identifier.clone()),
        ("authorityKeyIdentifier", |view| view.authority_key_identifier.clone()),
        ("certificatePolicies", |view| joined(view.policies.iter().map(|policy| policy.oid.clone().into_owned()))),
        ("cRLDistributionPoints", |view| joined(view.crl_distribution_points.iter().cloned())),
        ("ocsp", |view| joined(view.ocsp.iter().cloned())),
        ("caIssuers", |view| joined(view.ca_issuers.iter().cloned())),
        ("signedCertificateTimestamps", |view| {
            Some(view.signed_certificate_timestamps.len()).filter(|count| *count > 0).map(|count| count.to_string())
        }),
        ("otherExtensions", others),
    ];
    FIELDS
        .iter()
        .map(|(field, read)| Difference { field: (*field).to_owned(), before: read(before), after: read(after) })
        .filter(|field| field.before.is_some() || field.after.is_some())
        .collect()
}

/// The fields that differ.
#[must_use]
pub fn differences(before: &CertificateView, after: &CertificateView) -> Vec<Difference> {
    compared(before, after).into_iter().filter(|field| field.before != field.after).collect()
}

fn moment(moment: time::OffsetDateTime) -> String {
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

fn key(view: &CertificateView) -> String {
    let id = view.public_key.nss_key_id.as_deref().unwrap_or_default();
    [&view.public_key.short(), " ", id].concat().trim_end().to_owned()
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    Some(parts.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

fn usages(usages: Option<&[Word]>) -> Option<String> {
    usages.map(|usages| usages.join(", "))
}

fn constraints(view: &CertificateView) -> Option<String> {
    let constraints = view.basic_constraints?;
    let words = if constraints.ca { "CA" } else { "no CA" };
    Some(match constraints.path_length {
        Some(length) => [words, ", path length ", &length.to_string()].concat(),
        None => words.to_owned(),
    })
}

/// Extensions that have no field of their own, with their bytes where they are kept.
fn others(view: &CertificateView) -> Option<String> {
    let unread = view.extensions.iter().filter_map(|extension| {
        let value = extension.value.as_ref()?;
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        Some([name, " ", &crate::hex::hex(&value.0)].concat())
    });
    joined(unread)
}
