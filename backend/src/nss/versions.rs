//! What newer NSS versions leave in a database that older ones do not understand, and what is to be said about it.

use super::listing::{self, ListingError};
use super::location::Location;

/// From this version on the password is hashed with SHA-384 whenever it is set or changed; older ones take every password for a wrong one.
const SHA384_PASSWORD: (u16, u16) = (3, 118);
/// From this version on trust is stored as CKO_TRUST of PKCS#11 3.2 and read from there first; older ones see their own records only.
const STANDARD_TRUST: (u16, u16) = (3, 114);
/// Octets of the salt that come with SHA-384.
const SHA384_SALT: usize = 48;

/// What newer versions left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traces {
    /// The password was set by NSS 3.118 or later.
    pub sha384_password: bool,
    /// Trust records of NSS 3.114 or later.
    pub standard_trust: usize,
    /// Trust records that every version reads.
    pub nss_trust: usize,
}

/// Reads the traces of a database of the SQLite format.
///
/// # Errors
/// When the files cannot be read.
pub fn traces(location: &Location) -> Result<Traces, ListingError> {
    let keys = listing::open(location, "key4.db")?;
    let salt = keys.query_row("SELECT length(item1) FROM metaData WHERE id = 'password'", [], |row| row.get::<_, usize>(0));
    let certificates = listing::open(location, "cert9.db")?;
    // A table that is not there yet holds none.
    let count = |class: u32| {
        let statement = "SELECT count(*) FROM nssPublic WHERE a0 = ?1";
        certificates.query_row(statement, [class.to_be_bytes().as_slice()], |row| row.get::<_, usize>(0)).unwrap_or_default()
    };
    Ok(Traces {
        sha384_password: salt.is_ok_and(|octets| octets >= SHA384_SALT),
        standard_trust: count(0x0B),
        nss_trust: count(0xCE53_4353),
    })
}

impl Traces {
    /// Whether the NSS of this version (`3.87`) cannot open the database with any password.
    #[must_use]
    pub fn closed_to(&self, version: &str) -> bool {
        self.sha384_password && number(version).is_some_and(|version| version < SHA384_PASSWORD)
    }

    /// What is to be said, given the version that the console uses.
    #[must_use]
    pub fn warnings(&self, version: &str) -> Vec<String> {
        let Some(here) = number(version) else { return Vec::new() };
        let mut warnings = Vec::new();
        if self.closed_to(version) {
            warnings.push(format!(
                "Its password was set by NSS 3.118 or later; NSS {version} here takes every password for a wrong one. Cure: a newer NSS for \
                 the console (CERTDECK_SOFTOKEN), or set the password again with NSS 3.117 or earlier."
            ));
        } else if self.sha384_password {
            warnings.push(
                "Its password was set by NSS 3.118 or later: programs with an older NSS, such as Debian 12's 3.87, cannot open it."
                    .to_owned(),
            );
        }
        if self.standard_trust > 0 && here < STANDARD_TRUST {
            let records = if self.standard_trust == 1 { "A trust record was" } else { "Trust records were" };
            warnings.push(format!(
                "{records} written by NSS 3.114 or later. The console shows them; programs with NSS {version} do not see them and may trust \
                 otherwise. Do not write to it with both: a password changed by the older one makes these records invalid for the newer."
            ));
        } else if self.standard_trust > self.nss_trust {
            warnings.push(format!(
                "{} of its trust records are seen by NSS 3.114 or later only; programs with an older NSS may trust otherwise. A change of trust \
                 here writes both kinds.",
                self.standard_trust - self.nss_trust
            ));
        }
        warnings
    }
}

/// `3.87` as numbers.
fn number(version: &str) -> Option<(u16, u16)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_old_and_a_new_version_are_told() {
        let none = Traces { sha384_password: false, standard_trust: 0, nss_trust: 3 };
        let password = Traces { sha384_password: true, ..none };
        let trust = Traces { standard_trust: 2, nss_trust: 1, ..none };
        for (traces, version, expected) in [
            (none, "3.87", vec![]),
            (none, "3.132", vec![]),
            (password, "3.87", vec!["takes every password for a wrong one"]),
            (password, "3.117.1", vec!["takes every password for a wrong one"]),
            (password, "3.118", vec!["programs with an older NSS"]),
            (trust, "3.110", vec!["Do not write to it with both"]),
            (trust, "3.114", vec!["1 of its trust records"]),
            (Traces { nss_trust: 2, ..trust }, "3.131", vec![]),
            (password, "unknown", vec![]),
        ] {
            let said = traces.warnings(version);
            assert_eq!(said.len(), expected.len(), "{said:?}");
            assert!(said.iter().zip(&expected).all(|(said, part)| said.contains(part)), "{version}: {said:?}");
            assert_eq!(traces.closed_to(version), expected == ["takes every password for a wrong one"]);
        }
    }
}
