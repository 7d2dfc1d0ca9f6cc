//! What NSS imposes on certain CAs by their names alone, whatever database they are in: host names of two governments, and nothing issued by
//! WoSign and StartCom after 21 October 2016.

use crate::name::DistinguishedName;

/// 2016-10-21 00:00 UTC, Unix time: what began later is not accepted.
pub(super) const END_OF_WOSIGN: i64 = 1_477_008_000;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";

/// The domains that a CA of this name is held to.
pub(super) fn domains(subject: &DistinguishedName) -> Option<&'static [&'static str]> {
    match (subject.first(ORGANIZATION)?, subject.first(COMMON_NAME)?) {
        ("PM/SGDN", "IGC/A") => Some(&[".fr", ".gp", ".gf", ".mq", ".re", ".yt", ".pm", ".bl", ".mf", ".wf", ".pf", ".nc", ".tf"]),
        ("Turkiye Bilimsel ve Teknolojik Arastirma Kurumu - TUBITAK", "TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1") => {
            Some(&[".gov.tr", ".k12.tr", ".pol.tr", ".mil.tr", ".tsk.tr", ".kep.tr", ".bel.tr", ".edu.tr", ".org.tr"])
        }
        _ => None,
    }
}

/// True for the CAs of which NSS accepts nothing issued after a day in 2016.
pub(super) fn is_ended(subject: &DistinguishedName) -> bool {
    matches!(
        (subject.first(ORGANIZATION), subject.first(COMMON_NAME)),
        (
            Some("WoSign CA Limited"),
            Some("CA 沃通根证书" | "CA WoSign ECC Root" | "Certification Authority of WoSign" | "Certification Authority of WoSign G2")
        ) | (Some("StartCom Ltd."), Some("StartCom Certification Authority" | "StartCom Certification Authority G2"))
    )
}
