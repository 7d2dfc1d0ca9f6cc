//! A new listener in the block of its service.

use certdeck_shared::api::service::TlsMode;

use super::assign::Configuration;
use super::{LISTENERS, SERVICES, protocols};
use crate::deploy::change::{EditRefused, Wanted};

/// Adds a listener, or begins TLS at the one that is there.
///
/// # Errors
/// What Dovecot cannot do, and protocols that are off.
pub(super) fn add(configuration: &mut Configuration<'_>, wish: &Wanted) -> Result<(), EditRefused> {
    let Wanted::Listener { protocol: speaks, tls, port, address, server_name, pair } = wish else { return Ok(()) };
    let refused = |words: &str| Err(EditRefused::because(words));
    let Some((protocol, service, _)) = SERVICES.iter().find(|(_, _, known)| known == speaks) else {
        return refused("Dovecot does not speak this.");
    };
    if *tls == TlsMode::Off || server_name.is_some() {
        return refused("A new listener of Dovecot is for all host names and has TLS: names have local_name blocks of their own.");
    }
    if address.as_ref().is_some_and(|address| !address.chars().all(|letter| letter.is_ascii_alphanumeric() || ".:*%-".contains(letter))) {
        return refused("The address has letters that no address has.");
    }
    let now = configuration.now()?;
    if !protocols(&now.scopes).iter().any(|name| name == protocol) {
        return refused(&format!("The protocol {protocol} is off: `protocols` does not name it."));
    }
    let number = port.to_string();
    let implicit = *tls == TlsMode::Implicit;
    let same = now.placed.iter().find(|one| one.service == *service && one.port == number);
    let usual = LISTENERS.iter().find(|known| known.service == *service && known.implicit == implicit).map(|known| known.name);
    let is_off = |name: &str| !now.placed.iter().any(|one| one.service == *service && one.listener == name);
    let name = match (same, usual) {
        (Some(same), _) => same.listener.clone(),
        (None, Some(usual)) if is_off(usual) => usual.to_owned(),
        (None, _) => format!("{protocol}_{number}"),
    };
    if same.is_none() {
        configuration.set_of_listener(service, &name, "port", &number)?;
        if implicit && usual != Some(name.as_str()) {
            configuration.set_of_listener(service, &name, "ssl", "yes")?;
        }
    }
    if let Some(address) = address {
        let setting = configuration.form.address();
        if now.scopes.of_listener(service, &name, setting).is_none_or(|held| held.value != *address) {
            configuration.set_of_listener(service, &name, setting, address)?;
        }
    }
    let now = configuration.now()?;
    let at = now.placed.iter().position(|one| one.service == *service && one.listener == name);
    let Some(at) = at else { return refused("The new listener is not found again.") };
    configuration.encrypt(at, *tls)?;
    match pair {
        Some((certificate, key)) => configuration.pair(&[at], 0, certificate, key),
        None => Ok(()),
    }
}
