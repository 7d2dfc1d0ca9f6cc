//! Names other files for a pair: in `smtpd_tls_chain_files` where that is set, since Postfix looks at nothing else then (TLS_README),
//! otherwise in the parameters for one kind of key.

use std::collections::BTreeMap;
use std::path::Path;

use super::assign::{Configuration, Parameter, is_between};
use super::{PAIRS, Service, spelling};
use crate::deploy::change::EditRefused;

/// Gives endpoints other files for their pair at a place, or a pair more.
///
/// # Errors
/// Paths that Postfix cannot be told, and lists that cannot be told apart.
pub(super) fn assign(
    configuration: &mut Configuration<'_>,
    endpoints: &[usize],
    pair: usize,
    certificate: &Path,
    key: &Path,
) -> Result<(), EditRefused> {
    let (certificate, key) = (spelling::file(certificate)?, spelling::file(key)?);
    let mut lists: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut slots: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in endpoints {
        let service = configuration.endpoint(*at)?;
        service.understood("smtpd_tls_chain_files")?;
        match service.parameters.given("smtpd_tls_chain_files") {
            Some(files) => lists.entry(list(&service, &files.value, pair, (&key, &certificate))?).or_default().push(*at),
            None => slots.entry(slot(&service, pair)?).or_default().push(*at),
        }
    }
    for (list, endpoints) in lists {
        let parameter = Parameter { same: same_list, ..Parameter::of_tls("smtpd_tls_chain_files", &list) };
        configuration.assign(&endpoints, &parameter)?;
    }
    for (slot, endpoints) in slots {
        let Some((certificate_name, key_name)) = PAIRS.get(slot) else { continue };
        // The key's file is the certificate's where nothing else is set, so the certificate comes first.
        configuration.assign(&endpoints, &Parameter::of_tls(certificate_name, &certificate))?;
        configuration.assign(&endpoints, &Parameter::of_tls(key_name, &key))?;
    }
    Ok(())
}

/// The list with another pair at a place: keys before their certificates.
fn list(service: &Service, files: &str, pair: usize, (key, certificate): (&str, &str)) -> Result<String, EditRefused> {
    let refused = |words: &str| match service.parameters.effective("smtpd_tls_chain_files").and_then(|files| files.place) {
        Some(place) => EditRefused::at(&place, words),
        None => EditRefused::at(&service.place, words),
    };
    let names: Vec<&str> = files.split(is_between).filter(|name| !name.is_empty()).collect();
    let mut pairs: Vec<Vec<&str>> = match names.as_slice() {
        [one] => vec![vec![*one]],
        several if several.len() % 2 == 0 => several.chunks(2).map(<[&str]>::to_vec).collect(),
        _ => return Err(refused("The list is not keys and certificates in turn: which files are a pair cannot be made out.")),
    };
    let new = if key == certificate { vec![key] } else { vec![key, certificate] };
    let count = pairs.len();
    match pairs.get_mut(pair) {
        Some(old) => *old = new,
        None if pair == count => pairs.push(new),
        None => return Err(EditRefused::at(&service.place, "There are not that many pairs.")),
    }
    if pairs.len() > 1 && pairs.iter().any(|pair| pair.len() == 1) {
        return Err(refused("Beside another pair, key and certificate need files of their own: the list could not be read again."));
    }
    Ok(pairs.concat().join(","))
}

fn same_list(one: &str, other: &str) -> bool {
    let words = |list: &str| list.split(is_between).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    words(one) == words(other)
}

/// Which of the parameters hold the pair at a place, or the first that are free.
fn slot(service: &Service, pair: usize) -> Result<usize, EditRefused> {
    for (certificate, _) in PAIRS {
        service.understood(certificate)?;
    }
    let (given, free): (Vec<usize>, Vec<usize>) = (0..PAIRS.len()).partition(|slot| service.has_pair(*slot));
    let found = given.get(pair).or_else(|| free.first().filter(|_| pair == given.len()));
    found.copied().ok_or_else(|| EditRefused::at(&service.place, "There are not that many pairs."))
}
