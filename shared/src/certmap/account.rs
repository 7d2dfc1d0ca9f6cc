//! Which account of the console a certificate leads to, by rules in the form of `certmap.conf`.
//!
//! The map of an issuer is found as the servers find it, issuers compared as names. Accounts are what the directory is to the servers: each
//! is an entry whose `uid` is its user name, and which stands in no tree (`DNComps` is passed over). So `FilterComps` leads to an account
//! where it comes down to `uid`: `uid`, or `mail=uid` and `cn=uid` where e-mail address or common name is the user name. An e-mail address
//! is looked for in the subject, then in the subjectAltName. Before that come lines `NAME:account USER WHO`, which only the console knows:
//! `WHO` is the whole subject, or an e-mail address.

use super::attributes::components;
use super::trial::map_of;
use super::{Map, MapFile};
use crate::api::certificate_map::MapProperty;
use crate::name::DistinguishedName;
use crate::x509::view::{CertificateView, GeneralNameView};

/// The property that names an account.
const ACCOUNT: &str = "account";

/// Why a certificate leads to none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAccount {
    /// No map is for its issuer.
    #[error("no map is for the issuer {0}, and there is no default one")]
    NoMap(String),
    /// The map wants what accounts have not.
    #[error("the map {map} (line {line}) cannot lead to an account: {why}")]
    Unfit {
        /// Name of the map.
        map: String,
        /// Its line.
        line: u32,
        /// What is wrong.
        why: String,
    },
    /// The certificate has not what the map looks at.
    #[error("the map {map} (line {line}) looks at {looked_at}, and leads nowhere with this certificate")]
    Nowhere {
        /// Name of the map.
        map: String,
        /// Its line.
        line: u32,
        /// Of what.
        looked_at: String,
    },
}

/// The user name that a certificate leads to. Whether there is such an account is not known here.
///
/// # Errors
/// See [`NoAccount`].
pub fn account_of(file: &MapFile, certificate: &CertificateView) -> Result<String, NoAccount> {
    let map = map_of(file, &certificate.issuer).ok_or_else(|| NoAccount::NoMap(certificate.issuer.to_nss()))?;
    let unfit = |why: String| NoAccount::Unfit { map: map.name.clone(), line: map.line, why };
    if map.own_code().is_some() {
        return Err(unfit("it is done by a library of its own".to_owned()));
    }
    if map.verifies() {
        return Err(unfit("verifycert is on, and accounts keep no certificates".to_owned()));
    }
    let named = map.properties.iter().filter(|property| property.name.eq_ignore_ascii_case(ACCOUNT));
    for property in named.clone() {
        let (user_name, who) = property.value.split_once([' ', '\t']).map_or(("", ""), |(user_name, who)| (user_name, who.trim()));
        if who.is_empty() {
            return Err(unfit(format!("line {} names no subject or e-mail address behind the account", property.line)));
        }
        if is_named(who, certificate) {
            return Ok(user_name.to_owned());
        }
    }
    let list = components(map.value(MapProperty::FilterComps).unwrap_or_default());
    if let Some(other) = list.iter().find(|component| !component.oids.is_empty() && !component.directory.eq_ignore_ascii_case("uid")) {
        return Err(unfit(format!("FilterComps asks for {}; accounts have nothing but uid, so write {}=uid", other.text, other.text)));
    }
    if list.is_empty() && named.clone().next().is_none() {
        return Err(unfit("it has neither FilterComps nor a line for an account".to_owned()));
    }
    found(&list.iter().flat_map(|component| values(certificate, component.oids)).collect::<Vec<_>>()).ok_or_else(|| nowhere(map))
}

fn nowhere(map: &Map) -> NoAccount {
    let looked_at = map.value(MapProperty::FilterComps).filter(|value| !value.is_empty()).unwrap_or("its lines for accounts");
    NoAccount::Nowhere { map: map.name.clone(), line: map.line, looked_at: looked_at.to_owned() }
}

/// All conditions of a filter hold for one entry: several values must say the same.
fn found(values: &[&str]) -> Option<String> {
    let (first, others) = values.split_first()?;
    others.iter().all(|other| other.eq_ignore_ascii_case(first)).then(|| (*first).to_owned())
}

/// The values of an attribute of the subject; e-mail addresses of the subjectAltName where the subject has none.
fn values<'a>(certificate: &'a CertificateView, oids: &[&str]) -> Vec<&'a str> {
    let of_subject: Vec<&str> = certificate
        .subject
        .rdns
        .iter()
        .flatten()
        .filter(|found| oids.contains(&found.oid.as_ref()))
        .map(|found| found.value.as_str())
        .collect();
    if !of_subject.is_empty() || !oids.contains(&super::attributes::E_MAIL[0]) {
        return of_subject;
    }
    alternative_addresses(certificate).take(1).collect()
}

fn alternative_addresses(certificate: &CertificateView) -> impl Iterator<Item = &str> {
    certificate.subject_alternative_names.iter().filter_map(|name| match name {
        GeneralNameView::Email(address) => Some(address.as_str()),
        _ => None,
    })
}

fn is_named(who: &str, certificate: &CertificateView) -> bool {
    if who.contains('@') && !who.contains('=') {
        let of_subject = certificate.subject.rdns.iter().flatten().filter(|found| super::attributes::E_MAIL.contains(&found.oid.as_ref()));
        return of_subject
            .map(|found| found.value.as_str())
            .chain(alternative_addresses(certificate))
            .any(|address| address.eq_ignore_ascii_case(who));
    }
    let folded = |name: &DistinguishedName| name.to_nss().to_lowercase();
    who.parse::<DistinguishedName>().is_ok_and(|name| folded(&name) == folded(&certificate.subject))
}

// The certificates that this is tried with are made by OpenSSL: backend/src/domain/accounts/client_certificate.
