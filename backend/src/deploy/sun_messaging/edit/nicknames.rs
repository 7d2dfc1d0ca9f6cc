//! The nicknames by which the servers find their certificates: a list for each of mail, transfer and the proxies, or one for all.

use super::{Configuration, Part, part};
use crate::deploy::change::EditRefused;
use crate::deploy::sun_messaging::multiplexor::Proxy;
use crate::deploy::sun_messaging::{GLOBAL_NICKNAME, TRANSFER_NICKNAMES};
use certdeck_shared::api::service::TlsMode;

/// Where a list stands that some endpoints share.
#[derive(Clone, PartialEq, Eq)]
enum Holder {
    Parameter(String),
    Proxy(&'static Proxy),
}

impl Configuration<'_> {
    /// Names a certificate in one place of the lists of endpoints; of all servers when there are none.
    pub(super) fn nickname(&mut self, endpoints: &[usize], pair: usize, name: &str) -> Result<(), EditRefused> {
        if name.contains([',', '"']) || name.contains(char::is_control) {
            return Err(EditRefused::because(format!("{name:?} cannot stand in a list of nicknames: give it another one first.")));
        }
        if endpoints.is_empty() {
            return self.put(&Holder::Parameter(GLOBAL_NICKNAME.to_owned()), pair, name);
        }
        let mut holders: Vec<Holder> = Vec::new();
        for at in endpoints {
            let holder = self.holder(*at)?;
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        // The one of all servers is changed when it is meant for each of those that have no list of their own.
        let inherits = |holder: &Holder| matches!(holder, Holder::Parameter(name) if self.parameter(name).is_none());
        let every = self.encrypted().map(|at| self.holder(at)).collect::<Result<Vec<Holder>, EditRefused>>()?;
        let all = every.iter().filter(|holder| inherits(holder)).all(|holder| holders.contains(holder));
        let mut targets: Vec<Holder> = Vec::new();
        for holder in holders {
            if let Some(other) = self.encrypted().find(|at| !endpoints.contains(at) && self.holder(*at).is_ok_and(|one| one == holder)) {
                let other = self.endpoint(other)?;
                let words = format!("{} has the same list of nicknames: choose it as well.", other.name);
                return Err(EditRefused { place: other.place.clone(), words });
            }
            let target = if inherits(&holder) && all { Holder::Parameter(GLOBAL_NICKNAME.to_owned()) } else { holder };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets.iter().try_for_each(|target| self.put(target, pair, name))
    }

    fn encrypted(&self) -> impl Iterator<Item = usize> {
        let endpoints = self.observation.endpoints.iter().enumerate();
        endpoints.filter(|(_, endpoint)| endpoint.tls != TlsMode::Off).map(|(at, _)| at)
    }

    fn holder(&self, at: usize) -> Result<Holder, EditRefused> {
        Ok(match part(self.endpoint(at)?) {
            Part::Mail(mail) => Holder::Parameter(mail.nicknames()),
            Part::Transfer(_) => Holder::Parameter(TRANSFER_NICKNAMES.to_owned()),
            Part::Proxy(proxy) => Holder::Proxy(proxy),
        })
    }

    fn put(&mut self, holder: &Holder, pair: usize, name: &str) -> Result<(), EditRefused> {
        let otherwise = || "Server-Cert".to_owned();
        let now = match holder {
            Holder::Parameter(own) => self.parameter(own).or_else(|| self.parameter(GLOBAL_NICKNAME)).unwrap_or_else(otherwise),
            Holder::Proxy(proxy) => self.proxy_value(proxy, "SSLCertNicknames")?.unwrap_or_else(otherwise),
        };
        let mut names: Vec<&str> = now.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        match names.get_mut(pair) {
            Some(place) if *place == name => return Ok(()),
            Some(place) => *place = name,
            None => names.push(name),
        }
        let list = names.join(",");
        match holder {
            Holder::Parameter(own) => {
                self.set(own, list);
                Ok(())
            }
            Holder::Proxy(proxy) => self.set_proxy_value(proxy, "SSLCertNicknames", &list),
        }
    }
}
