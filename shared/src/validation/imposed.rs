//! What NSS imposes on certain CAs by their names alone, whatever database they are in: host names of two governments, and nothing issued by
//! WoSign and StartCom after 21 October 2016.

use crate::name::DistinguishedName;

/// 2016-10-21 00:00 UTC.
const END_OF_WOSIGN: i64 = 1_477_008_000;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";

/// The domains that a CA is held to.
pub(super) fn domains(subject: &[u8]) -> Option<&'static [&'static str]> {
    let subject = DistinguishedName::from_der(subject).ok()?;
    match (subject.first(ORGANIZATION)?, subject.first(COMMON_NAME)?) {
        ("PM/SGDN", "IGC/A") => {
            Some(&[".fr", ".gp", ".gf", ".mq", ".re", ".yt", ".pm", ".bl", ".mf", ".wf", ".pf", ".nc", ".tf"])
        }
        (
            "Turkiye Bilimsel ve Teknolojik Arastirma Kurumu - TUBITAK",
            "TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1",
        ) => Some(&[".gov.tr", ".k12.tr", ".pol.tr", ".mil.tr", ".tsk.tr", ".kep.tr", ".bel.tr", ".edu.tr", ".org.tr"]),
        _ => None,
    }
}

/// True when a CA of this name may have issued a certificate that began then, Unix time.
pub(super) fn may_issue(issuer: &[u8], leaf_not_before: i64) -> bool {
    if leaf_not_before <= END_OF_WOSIGN {
        return true;
    }
    let Ok(issuer) = DistinguishedName::from_der(issuer) else { return true };
    !matches!(
        (issuer.first(ORGANIZATION), issuer.first(COMMON_NAME)),
        (
            Some("WoSign CA Limited"),
            Some(
                "CA 沃通根证书" | "CA WoSign ECC Root" | "Certification Authority of WoSign" | "Certification Authority of WoSign G2"
            )
        ) | (Some("StartCom Ltd."), Some("StartCom Certification Authority" | "StartCom Certification Authority G2"))
    )
}
