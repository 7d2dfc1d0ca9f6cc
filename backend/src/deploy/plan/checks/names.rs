//! The names that clients ask for, and those of the certificate (RFC 6125, RFC 9525).

use certdeck_shared::api::service::ServiceKind;
use certdeck_shared::x509::host_names::{fits, is_host_name, of_certificate};
use certdeck_shared::x509::view::CertificateView;

use super::Checks;
use crate::deploy::plan::choice::Slot;
use crate::deploy::plan::facts::Facts;

/// The host names of the endpoints of a slot; the host's own where they have none, unless the program has no use for that.
pub fn check(facts: &Facts, slot: &Slot, view: &CertificateView, checks: &mut Checks) {
    const CODE: &str = "host-names";
    let name = view.display_name();
    let names = of_certificate(view);
    if names.is_empty() {
        return checks.warn(
            CODE,
            format!("{name} has no host name: clients that check names refuse it."),
            Some("Request one with subject alternative names.".to_owned()),
        );
    }
    let endpoints = slot.endpoints.iter().filter_map(|at| facts.observation.endpoints.get(*at));
    let mut served: Vec<&str> = Vec::new();
    let mut nameless = false;
    for endpoint in endpoints {
        let given = endpoint.server_names.iter().filter(|name| is_host_name(name));
        nameless |= endpoint.server_names.is_empty();
        served.extend(given.map(String::as_str));
    }
    served.sort_unstable();
    served.dedup();
    let missing: Vec<&str> = served.iter().copied().filter(|served| !names.iter().any(|name| fits(name, served))).collect();
    let listed = names.join(", ");
    if !missing.is_empty() {
        return checks.warn(
            CODE,
            format!("The service also serves {}, and {name} is for {listed} only.", missing.join(", ")),
            Some("Clients that ask for those names refuse it: request a certificate that has them, too.".to_owned()),
        );
    }
    // Dovecot tells its clients no name: whatever they have in their settings is right.
    if facts.service.kind == ServiceKind::Dovecot && served.is_empty() {
        return checks.pass(CODE, format!("{name} is for {listed}; the configuration of Dovecot names no host."));
    }
    let host = facts.host_name.as_str();
    // A host often knows its first label only.
    let is_host = |name: &String| {
        fits(name, host) || (!host.contains('.') && name.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(host)))
    };
    if nameless && served.is_empty() && !names.iter().any(is_host) {
        return checks.warn(
            CODE,
            format!("{name} is for {listed}, and this host calls itself {host}."),
            Some("It is good if clients know the service by that name.".to_owned()),
        );
    }
    match served.as_slice() {
        [] => checks.pass(CODE, format!("{name} is for {listed}, as this host is called.")),
        served => checks.pass(CODE, format!("{name} has the names that the service serves: {}.", served.join(", "))),
    }
}
