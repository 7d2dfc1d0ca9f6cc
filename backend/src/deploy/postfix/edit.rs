//! What is wanted of Postfix, as parameters.

use std::collections::BTreeMap;
use std::path::Path;

use certdeck_shared::api::plan::ClientVerification;
use certdeck_shared::api::service::TlsMode;
use certdeck_shared::tls_profiles::recommendation;

use super::assign::{Configuration, Parameter, Sharing};
use super::{Postfix, Service, listener, pairs, spelling};
use crate::deploy::adapter::{Observation, ServiceAdapter as _};
use crate::deploy::change::{EditRefused, Edits, Wanted};
use crate::deploy::version;
use crate::host::tree::Tree;

/// The configuration with other settings.
///
/// # Errors
/// What is not understood, or what Postfix cannot do.
pub(super) fn edit(tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let mut configuration = Configuration::over(tree, config)?;
    if configuration.endpoints()?.len() != observation.endpoints.len() {
        return Err(EditRefused::because("master.cf is not what it was when it was read."));
    }
    // Whether a value is shared depends on who speaks TLS, so that comes first; new services come last, since endpoints are counted.
    let mut wanted: Vec<&Wanted> = wanted.iter().collect();
    wanted.sort_by_key(|wish| match wish {
        Wanted::Tls { .. } => 0,
        Wanted::Listener { .. } => 2,
        _ => 1,
    });
    for wish in wanted {
        follow(&mut configuration, tree, wish)?;
    }
    Ok(configuration.finish())
}

fn follow(configuration: &mut Configuration<'_>, tree: &Tree, wish: &Wanted) -> Result<(), EditRefused> {
    let protocols = |configuration: &mut Configuration<'_>, endpoints: &[usize], lowest, highest| {
        let installed = version::installed(tree, &Postfix.describe()).as_deref().and_then(spelling::version);
        let value = spelling::protocols(lowest, highest, installed);
        // Which of the two counts depends on the level, which may become another.
        for name in ["smtpd_tls_protocols", "smtpd_tls_mandatory_protocols"] {
            let parameter = Parameter { same: spelling::same_protocols, ..Parameter::of_tls(name, &value) };
            configuration.assign(endpoints, &parameter)?;
        }
        Ok(())
    };
    match wish {
        Wanted::Pair { chain: Some(chain), .. } => Err(EditRefused::because(format!(
            "Postfix has no setting for the chain alone: the content of {} belongs into the file of the certificate.",
            chain.display()
        ))),
        Wanted::Pair { endpoints, pair, certificate, key, chain: None } => pairs::assign(configuration, endpoints, *pair, certificate, key),
        Wanted::Tls { endpoint, tls } => encrypt(configuration, *endpoint, *tls),
        Wanted::Listener { .. } => listener::add(configuration, tree, wish),
        Wanted::CertificateWatch | Wanted::Nickname { .. } => Err(wish.beyond("Postfix")),
        Wanted::Protocols { endpoints, lowest, highest } => protocols(configuration, endpoints, *lowest, *highest),
        Wanted::Profile { endpoints, profile } => {
            let recommended = recommendation(*profile);
            protocols(configuration, endpoints, recommended.lowest, None)?;
            if let Some(list) = recommended.openssl_list() {
                ciphers(configuration, endpoints, &list)?;
            }
            let order = if recommended.server_order { "yes" } else { "no" };
            configuration.assign(endpoints, &Parameter::of_tls("tls_preempt_cipherlist", order).shared(Sharing::Beyond))
        }
        Wanted::Ciphers { endpoints, ciphers: list } => ciphers(configuration, endpoints, list),
        Wanted::ClientCa { endpoints, file } => {
            configuration.assign(endpoints, &Parameter::of_tls("smtpd_tls_CAfile", &spelling::file(file)?))?;
            // What is in the directory would be trusted as well.
            configuration.assign(endpoints, &Parameter::of_tls("smtpd_tls_CApath", ""))
        }
        Wanted::ClientVerification { endpoints, verification, depth } => {
            if let Some(depth) = depth {
                configuration.assign(endpoints, &Parameter::of_tls("smtpd_tls_ccert_verifydepth", &depth.to_string()))?;
            }
            verify(configuration, endpoints, *verification)
        }
    }
}

/// Begins TLS at an endpoint.
pub(super) fn encrypt(configuration: &mut Configuration<'_>, at: usize, tls: TlsMode) -> Result<(), EditRefused> {
    let service = configuration.endpoint(at)?;
    let refused = |words: &str| Err(EditRefused::at(&service.place, words));
    match (tls, service.tls().0) {
        (TlsMode::Off, _) => refused("TLS is only turned on here."),
        (TlsMode::Starttls, TlsMode::Starttls) => Ok(()),
        (TlsMode::Starttls, TlsMode::Implicit) => {
            refused("TLS begins with the first byte here, and clients rely on it: STARTTLS needs a service of its own.")
        }
        (TlsMode::Starttls, TlsMode::Off) => {
            let level = Parameter::of_tls("smtpd_tls_security_level", listener::level(&service.name));
            configuration.assign(&[at], &level.shared(Sharing::All))
        }
        (TlsMode::Implicit, _) => {
            if service.level().is_none() {
                configuration.assign(&[at], &Parameter::of_tls("smtpd_tls_security_level", "encrypt").shared(Sharing::Beyond))?;
            }
            configuration.assign(&[at], &Parameter::of_tls("smtpd_tls_wrappermode", "yes").shared(Sharing::Beyond))
        }
    }
}

/// Grades that have a list of ciphers (postconf(5)).
const GRADES: [&str; 2] = ["high", "medium"];

fn ciphers(configuration: &mut Configuration<'_>, endpoints: &[usize], list: &str) -> Result<(), EditRefused> {
    if !list.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-_:!@=.".contains(letter)) || list.is_empty() {
        return Err(EditRefused::because("Ciphers are a grade of Postfix, or a list for OpenSSL: names joined by colons."));
    }
    let mut grades: BTreeMap<(&str, Option<&str>), Vec<usize>> = BTreeMap::new();
    for at in endpoints {
        let service = configuration.endpoint(*at)?;
        let grade = service.protocols_and_ciphers()[1];
        let known = GRADES.into_iter().find(|known| service.parameters.value(grade) == *known);
        grades.entry((grade, known)).or_default().push(*at);
    }
    for ((grade, known), endpoints) in grades {
        if GRADES.contains(&list) {
            configuration.assign(&endpoints, &Parameter::of_tls(grade, list))?;
            continue;
        }
        if known.is_none() {
            configuration.assign(&endpoints, &Parameter::of_tls(grade, "medium"))?;
        }
        // The client that sends mail takes these lists as well, and would no longer reach servers that know none of the ciphers.
        let name = format!("tls_{}_cipherlist", known.unwrap_or("medium"));
        configuration.assign(&endpoints, &Parameter::of_tls(&name, list).shared(Sharing::Beyond))?;
    }
    Ok(())
}

fn verify(configuration: &mut Configuration<'_>, endpoints: &[usize], verification: ClientVerification) -> Result<(), EditRefused> {
    let optional_at = |service: &Service| verification == ClientVerification::Required && !service.tls().1;
    for at in endpoints {
        let service = configuration.endpoint(*at)?;
        if optional_at(&service) {
            let words = "Postfix requires client certificates only where TLS is required: smtpd_tls_security_level must be encrypt here.";
            return Err(EditRefused::at(&service.place, words));
        }
    }
    let (asked, required) = match verification {
        ClientVerification::Off => ("no", "no"),
        ClientVerification::Optional => ("yes", "no"),
        ClientVerification::Required => ("yes", "yes"),
    };
    configuration.assign(endpoints, &Parameter::of_tls("smtpd_tls_ask_ccert", asked))?;
    configuration.assign(endpoints, &Parameter::of_tls("smtpd_tls_req_ccert", required))
}
