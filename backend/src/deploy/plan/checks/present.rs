//! What is in place now and is wrong: the plan mends it by replacing it.

use certdeck_shared::api::service::{FileKey, Pair};
use certdeck_shared::x509::life::date;
use time::OffsetDateTime;

use super::Checks;
use crate::deploy::served;
use crate::host::tree::Tree;

/// The files of a pair that is replaced.
pub fn check(tree: &Tree, pair: &Pair, now: OffsetDateTime, checks: &mut Checks) {
    const CODE: &str = "pair-in-place";
    let (certificate, key) = (served::look(tree, &pair.certificate.value), served::look(tree, &pair.key.value));
    let (certificate_path, key_path) = (&certificate.file.path, &key.file.path);
    if certificate.file.key_store {
        return;
    }
    if certificate.file.owner.is_none() {
        checks.repaired(CODE, format!("There is no file {certificate_path}, which the configuration names."), None);
    } else if key.file.owner.is_none() {
        checks.repaired(CODE, format!("There is no file {key_path}, which the configuration names."), None);
    } else if key.file.key == Some(FileKey::Encrypted) {
        checks.repaired(
            CODE,
            format!("The key in {key_path} is encrypted, and no daemon can type its password."),
            Some("The new key is written as it is, open to its reader alone.".to_owned()),
        );
    } else if matches!((&certificate.certificate_key, &key.key), (Some(one), Some(other)) if one != other) {
        checks.repaired(CODE, format!("The key in {key_path} does not belong to the first certificate in {certificate_path}."), None);
    } else if let Some(leaf) = certificate.file.certificates.first().filter(|leaf| now > leaf.not_after) {
        checks.repaired(CODE, format!("{} in {certificate_path} expired on {}.", leaf.subject, date(leaf.not_after)), None);
    } else {
        match (certificate.file.certificates.first(), &key.key) {
            (Some(leaf), Some(_)) => {
                let files = match certificate_path == key_path {
                    true => format!("{key_path} holds a pair"),
                    false => format!("{certificate_path} and {key_path} are a pair"),
                };
                checks.pass(CODE, format!("Now {files}: {} until {}.", leaf.subject, date(leaf.not_after)));
            }
            (None, _) => checks.repaired(CODE, format!("There is no certificate in {certificate_path}."), None),
            (_, None) => checks.repaired(CODE, format!("There is no key that can be read in {key_path}."), None),
        }
    }
}
