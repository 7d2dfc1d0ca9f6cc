//! The frame of a certificate by x509-parser. Extensions are left to this crate: x509-parser would build all of them a second
//! time, and gives up on some that OpenSSL and NSS read.

use time::UtcOffset;
use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser as _;

use super::{ParseError, RawExtension, Skeleton};
use crate::x509::view::CertificateView;

/// Hands the frame to `build`; nothing when x509-parser refuses it.
pub(super) fn skeleton(
    der: &[u8],
    build: fn(&Skeleton<'_>) -> Result<CertificateView, ParseError>,
) -> Option<Result<CertificateView, ParseError>> {
    let (rest, certificate) = X509CertificateParser::new().with_deep_parse_extensions(false).parse(der).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let tbs = &certificate.tbs_certificate;
    let extensions = tbs.extensions().iter().map(|extension| RawExtension {
        oid: extension.oid.as_bytes(),
        critical: extension.critical,
        value: extension.value,
    });
    let skeleton = Skeleton {
        version: u8::try_from(tbs.version.0).ok()?.saturating_add(1),
        serial_number: tbs.raw_serial(),
        issuer: tbs.issuer.as_raw(),
        // x509-parser keeps the offset of times that have one.
        not_before: tbs.validity.not_before.to_datetime().to_offset(UtcOffset::UTC),
        not_after: tbs.validity.not_after.to_datetime().to_offset(UtcOffset::UTC),
        subject: tbs.subject.as_raw(),
        subject_public_key_info: tbs.subject_pki.raw,
        extensions: extensions.collect(),
        signature_algorithm: certificate.signature_algorithm.algorithm.as_bytes(),
        signature_parameters: certificate.signature_algorithm.parameters.as_ref().map_or(&[], |parameters| parameters.data),
    };
    Some(build(&skeleton))
}
