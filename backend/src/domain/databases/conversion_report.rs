//! What a conversion took over: two inventories side by side.

use std::collections::{HashMap, HashSet};

use certdeck_shared::api::conversion::{ConversionReport, ConvertedCertificate, ConvertedKey, ConvertedModule, Holdings, ListedModule};
use certdeck_shared::hex::hex;
use certdeck_shared::x509::fingerprint;

use crate::token::{TokenCertificate, TokenError, TokenHandle, TokenKey};

/// All that is in a database, read through its token.
pub(super) struct Inventory {
    certificates: Vec<TokenCertificate>,
    keys: Vec<TokenKey>,
    holdings: Holdings,
    modules: Vec<ListedModule>,
}

impl Inventory {
    /// Reads an unlocked token.
    pub(super) async fn of(token: &TokenHandle) -> Result<Self, TokenError> {
        Ok(Self {
            certificates: token.list().await?,
            keys: token.list_keys().await?,
            holdings: token.census().await?,
            modules: foreign(token.modules().await?),
        })
    }
}

/// Modules beside NSS's own, which every database has.
pub(super) fn foreign(modules: Vec<ListedModule>) -> Vec<ListedModule> {
    modules.into_iter().filter(|module| !module.library.is_empty()).collect()
}

/// Compares what there was with what there is.
pub(super) fn report(path: String, old: Inventory, new: &Inventory) -> ConversionReport {
    let mut differences = Vec::new();
    // Old keys have no labels; their certificates have nicknames.
    let nickname_of: HashMap<Vec<u8>, String> =
        old.certificates.iter().filter_map(|one| Some((one.key_id.clone()?, one.nickname.clone()?))).collect();
    let converted: HashMap<&[u8], &TokenCertificate> = new.certificates.iter().map(|one| (one.der.as_slice(), one)).collect();
    let certificates: Vec<_> =
        old.certificates.into_iter().map(|one| certificate(&one, converted.get(one.der.as_slice()).copied(), &mut differences)).collect();
    let ids: HashSet<&[u8]> = new.keys.iter().map(|key| key.id.as_slice()).collect();
    let keys: Vec<_> = old
        .keys
        .into_iter()
        .map(|key| ConvertedKey {
            id: hex(&key.id),
            converted: ids.contains(key.id.as_slice()),
            label: key.label.or_else(|| nickname_of.get(&key.id).cloned()),
            algorithm: key.algorithm,
        })
        .collect();
    for key in keys.iter().filter(|key| !key.converted) {
        differences.push(format!("The {} key {} did not come over.", key.algorithm, key.label.as_deref().unwrap_or(&key.id)));
    }
    let modules: Vec<_> = old
        .modules
        .into_iter()
        .map(|module| ConvertedModule { converted: new.modules.contains(&module), name: module.name, library: module.library })
        .collect();
    for module in modules.iter().filter(|module| !module.converted) {
        differences.push(format!("The module {} ({}) is not in pkcs11.txt; add it again.", module.name, module.library));
    }
    for (what, before, after) in [
        ("certificate revocation lists", old.holdings.revocation_lists, new.holdings.revocation_lists),
        ("S/MIME profiles", old.holdings.smime_profiles, new.holdings.smime_profiles),
    ] {
        if after < before {
            differences.push(format!("Of {before} {what} {after} came over."));
        }
    }
    ConversionReport {
        path,
        complete: differences.is_empty(),
        differences,
        old: old.holdings,
        new: new.holdings,
        certificates,
        keys,
        modules,
    }
}

fn certificate(old: &TokenCertificate, new: Option<&TokenCertificate>, differences: &mut Vec<String>) -> ConvertedCertificate {
    let fingerprint_sha256 = fingerprint::sha256_hex(&old.der);
    let shown = old.nickname.clone().unwrap_or_else(|| fingerprint_sha256.chars().take(16).collect());
    let trust = old.trust.with_user(false).to_string();
    let mut converted = ConvertedCertificate {
        fingerprint_sha256,
        nickname: old.nickname.clone(),
        trust: trust.clone(),
        converted: new.is_some(),
        other_nickname: None,
        other_trust: None,
    };
    let Some(new) = new else {
        differences.push(format!("The certificate {shown} did not come over."));
        return converted;
    };
    if new.nickname != old.nickname {
        let other = new.nickname.clone().unwrap_or_default();
        differences.push(format!("The certificate {shown} has the nickname {other:?} now."));
        converted.other_nickname = Some(other);
    }
    let now = new.trust.with_user(false).to_string();
    if now != trust {
        differences.push(format!("The trust of {shown} was {trust} and is {now} now."));
        converted.other_trust = Some(now);
    }
    converted
}
