//! What is served beside what the configuration says.

use certdeck_shared::api::endpoint::{Finding, Grade};
use certdeck_shared::api::inventory::{
    ConfigurationComparison, ConfiguredSetting, Inventory, InventorySuite, ManualCipher, Offered, ProtocolVersion, Subject,
};
use certdeck_shared::api::service::{Effective, Endpoint, ServiceKind};
use certdeck_shared::{sun, tls_suites};

use super::setting;
use crate::probe::inventory::expanded;
use crate::state::ServiceRecord;

/// Puts them beside one another.
pub(super) fn compared(service: &ServiceRecord, endpoint: &Endpoint, made: &Inventory) -> ConfigurationComparison {
    let settings = [
        endpoint.protocols.as_ref().map(|protocols| of_versions(protocols, made)),
        endpoint.ciphers.as_ref().map(|ciphers| of_suites(ciphers, made)),
    ];
    let of_sun = matches!(service.kind, ServiceKind::SunMessaging | ServiceKind::SunCalendar);
    ConfigurationComparison {
        service: service.id.clone(),
        label: service.label.clone(),
        endpoint: endpoint.name.clone(),
        settings: settings.into_iter().flatten().collect(),
        manual: if of_sun { sun::CIPHERS.iter().map(|cipher| manual(cipher, made)).collect() } else { Vec::new() },
    }
}

/// What is configured and not served, and the other way round, as findings.
pub(super) fn findings(comparison: &ConfigurationComparison) -> Vec<Finding> {
    let mut findings = Vec::new();
    for setting in &comparison.settings {
        let what = match setting.subject {
            Subject::Protocol => "versions",
            Subject::Suite => "suites",
            Subject::Group => "groups",
        };
        let place = setting.place.as_ref().map(|place| format!(" ({}:{})", place.file, place.line)).unwrap_or_default();
        let mut found = |code: &str, grade, words: &str, names: &[String]| {
            if !names.is_empty() {
                let words = format!("{}{place} of {}: {words} {}.", setting.setting, comparison.label, names.join(", "));
                findings.push(Finding { code: format!("{what}-{code}"), grade, words });
            }
        };
        found(
            "not-configured",
            Grade::Weak,
            "served and not configured. The process has read another configuration, or something else listens here:",
            &setting.not_configured,
        );
        found(
            "not-served",
            Grade::Note,
            "configured and not served; mostly the library forbids it, or key or parameters are missing:",
            &setting.not_served,
        );
    }
    findings
}

fn of_versions(effective: &Effective, made: &Inventory) -> ConfiguredSetting {
    let configured = setting::versions(&effective.name, &effective.value);
    let unknown = |version: ProtocolVersion| made.protocol(version).is_none_or(|protocol| protocol.offered == Offered::Unknown);
    let served: Vec<ProtocolVersion> = made.versions().collect();
    let names = |versions: &[ProtocolVersion], not: &[ProtocolVersion]| {
        versions.iter().filter(|version| !not.contains(version) && !unknown(**version)).map(|version| version.name().to_owned()).collect()
    };
    let versions = configured.as_deref();
    placed(Subject::Protocol, effective, versions.is_some(), |not_served| match (versions, not_served) {
        (Some(configured), true) => names(configured, &served),
        (Some(configured), false) => names(&served, configured),
        (None, _) => Vec::new(),
    })
}

fn of_suites(effective: &Effective, made: &Inventory) -> ConfiguredSetting {
    let configured = numbers(&effective.value);
    // Lists of ciphers say nothing of TLS 1.3, and SSL 2.0 has its own.
    let older = made.protocols.iter().filter(|protocol| !matches!(protocol.version, ProtocolVersion::Tls13 | ProtocolVersion::Ssl20));
    let complete = older.clone().all(|protocol| protocol.complete);
    let suites: Vec<&InventorySuite> = older.flat_map(|protocol| &protocol.suites).collect();
    let is_served = |number: u16| suites.iter().any(|suite| suite.number == number_text(number));
    // A server with one kind of key cannot serve what the other is for.
    let possible = |number: u16| {
        let needed = tls_suites::by_number(number).map(|suite| suite.parts().authentication);
        suites.iter().any(|suite| Some(suite.authentication.as_str()) == needed)
    };
    placed(Subject::Suite, effective, configured.is_some(), |not_served| {
        let Some(configured) = &configured else { return Vec::new() };
        let mut names: Vec<String> = if not_served {
            let missing = configured.iter().filter(|number| complete && !is_served(**number) && possible(**number));
            missing.filter_map(|number| tls_suites::by_number(*number)).map(|suite| suite.name.to_owned()).collect()
        } else {
            let more = suites.iter().filter(|suite| !configured.iter().any(|number| number_text(*number) == suite.number));
            more.map(|suite| suite.name.clone()).collect()
        };
        names.sort_unstable();
        names.dedup();
        names
    })
}

fn placed(subject: Subject, effective: &Effective, understood: bool, names: impl Fn(bool) -> Vec<String>) -> ConfiguredSetting {
    ConfiguredSetting {
        subject,
        setting: effective.name.clone(),
        value: effective.value.clone(),
        place: effective.place.clone(),
        understood,
        not_served: names(true),
        not_configured: names(false),
    }
}

/// The suites of a list, in OpenSSL's words, IANA's or Sun's.
fn numbers(list: &str) -> Option<Vec<u16>> {
    let of_sun: Option<Vec<u16>> =
        list.split([',', ' ']).filter(|name| !name.is_empty()).map(|name| sun::cipher(name).and_then(number_of)).collect();
    of_sun.filter(|numbers| !numbers.is_empty()).or_else(|| expanded(list))
}

fn number_of(cipher: &sun::Cipher) -> Option<u16> {
    u16::from_str_radix(cipher.openssl.rsplit_once("0x")?.1, 16).ok()
}

fn number_text(number: u16) -> String {
    format!("0x{number:04X}")
}

fn manual(cipher: &sun::Cipher, made: &Inventory) -> ManualCipher {
    let number = number_of(cipher).map(number_text).unwrap_or_default();
    ManualCipher {
        name: cipher.name.to_owned(),
        words: cipher.words.to_owned(),
        today: cipher.today.to_owned(),
        served: made.protocols.iter().flat_map(|protocol| &protocol.suites).any(|suite| suite.number == number),
    }
}
