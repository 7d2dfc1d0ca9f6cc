//! Self-signed certificates of TLS servers: the TBSCertificate (RFC 5280 section 4.1) around a key that stays in its token.

use std::net::IpAddr;

use rcgen::string::Ia5String;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, SanType, SerialNumber,
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::recorder::Recorder;

/// What a certificate of a TLS server says.
#[derive(Debug, Clone)]
pub struct ServerCertificate<'a> {
    /// CN, cut to the 64 characters that RFC 5280 appendix A allows; the whole name belongs in `host_names`.
    pub common_name: &'a str,
    /// OU.
    pub organizational_unit: &'a str,
    /// Names that clients may ask for; one that is not ASCII is left out.
    pub host_names: &'a [&'a str],
    /// Addresses that clients may ask for.
    pub addresses: &'a [IpAddr],
    /// When it begins.
    pub not_before: OffsetDateTime,
    /// When it ends.
    pub not_after: OffsetDateTime,
    /// Random; made positive and not zero here (RFC 5280 section 4.1.2.2).
    pub serial_number: [u8; 16],
}

/// The TBSCertificate, DER, for a SubjectPublicKeyInfo; none when the key is of a kind that cannot sign here.
#[must_use]
pub fn to_be_signed(certificate: &ServerCertificate<'_>, subject_public_key_info: &[u8]) -> Option<Vec<u8>> {
    let recorder = Recorder::for_key(subject_public_key_info)?;
    let mut serial = certificate.serial_number;
    serial[0] = serial[0] & 0x7f | 0x40;
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from(serial.to_vec()));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, certificate.common_name.chars().take(64).collect::<String>());
    params.distinguished_name.push(DnType::OrganizationalUnitName, certificate.organizational_unit);
    (params.not_before, params.not_after) = (certificate.not_before, certificate.not_after);
    let names = certificate.host_names.iter().filter_map(|name| Ia5String::try_from(*name).ok().map(SanType::DnsName));
    params.subject_alt_names = names.chain(certificate.addresses.iter().copied().map(SanType::IpAddress)).collect();
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // RFC 7093 section 2, method 4: any digest of the SubjectPublicKeyInfo will do.
    params.key_identifier_method = KeyIdMethod::PreSpecified(Sha256::digest(subject_public_key_info)[..20].to_vec());
    params.self_signed(&recorder).ok()?;
    Some(recorder.into_recorded())
}
