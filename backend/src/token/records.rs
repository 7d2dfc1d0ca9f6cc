//! Revocation lists and S/MIME profiles, as they are copied from one database to another.

use serde::{Deserialize, Serialize};

use super::{
    attribute::{
        CKA_CLASS, CKA_NSS_EMAIL, CKA_NSS_KRL, CKA_NSS_SMIME_TIMESTAMP, CKA_NSS_URL, CKA_SUBJECT, CKA_TOKEN, CKA_VALUE, CKO_NSS_CRL,
        CKO_NSS_SMIME, CKO_SECRET_KEY,
    },
    error::TokenError,
    session::{Template, TokenSession, boolean, number},
    undo::Undo,
};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordKind {
    /// A revocation list of an issuer.
    RevocationList,
    /// Which algorithms a correspondent takes.
    SmimeProfile,
}

/// A revocation list or an S/MIME profile with the attributes that NSS keeps of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// What it is.
    pub kind: RecordKind,
    attributes: Template,
}

/// What a token holds beside certificates, trust and key pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecords {
    /// Revocation lists and S/MIME profiles.
    pub records: Vec<TokenRecord>,
    /// Symmetric keys that can be seen; private ones show while the token is unlocked only.
    pub symmetric_keys: usize,
}

impl RecordKind {
    fn class(self) -> u64 {
        match self {
            Self::RevocationList => CKO_NSS_CRL,
            Self::SmimeProfile => CKO_NSS_SMIME,
        }
    }

    /// What tells records of a kind apart (pk11_mergeCrl and pk11_mergeSmime in NSS's pk11merge.c).
    fn identity(self) -> [u64; 2] {
        match self {
            Self::RevocationList => [CKA_SUBJECT, CKA_NSS_KRL],
            Self::SmimeProfile => [CKA_SUBJECT, CKA_NSS_EMAIL],
        }
    }

    fn attributes(self) -> [u64; 4] {
        match self {
            Self::RevocationList => [CKA_SUBJECT, CKA_NSS_KRL, CKA_NSS_URL, CKA_VALUE],
            Self::SmimeProfile => [CKA_SUBJECT, CKA_NSS_EMAIL, CKA_NSS_SMIME_TIMESTAMP, CKA_VALUE],
        }
    }
}

impl TokenRecord {
    fn attribute(&self, kind: u64) -> &[u8] {
        self.attributes.iter().find(|(other, _)| *other == kind).map_or(&[], |(_, value)| value.as_slice())
    }

    /// The issuer of a list or the subject of a correspondent, a DER Name.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        self.attribute(CKA_SUBJECT)
    }

    /// The correspondent's address; empty for a list.
    #[must_use]
    pub fn email(&self) -> String {
        String::from_utf8_lossy(self.attribute(CKA_NSS_EMAIL)).trim_end_matches('\0').to_owned()
    }

    /// The list or the profile, DER.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        self.attribute(CKA_VALUE)
    }

    /// Whether NSS has room for one of the two only.
    #[must_use]
    pub fn stands_for(&self, other: &Self) -> bool {
        self.kind == other.kind && self.kind.identity().into_iter().all(|kind| self.attribute(kind) == other.attribute(kind))
    }
}

/// The records of a token; symmetric keys are counted on the session for writing where that is unlocked.
pub(crate) fn list(reader: &TokenSession, unlocked: Option<&TokenSession>) -> Result<TokenRecords, TokenError> {
    let mut records = Vec::new();
    for kind in [RecordKind::RevocationList, RecordKind::SmimeProfile] {
        for object in reader.find(&[(CKA_CLASS, number(kind.class()))])? {
            match reader.read(object, &kind.attributes()) {
                Ok(values) => {
                    let attributes = kind.attributes().into_iter().zip(values).filter_map(|(kind, value)| Some((kind, value?))).collect();
                    records.push(TokenRecord { kind, attributes });
                }
                // Deleted meanwhile.
                Err(TokenError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let symmetric_keys = unlocked.unwrap_or(reader).find(&[(CKA_CLASS, number(CKO_SECRET_KEY))])?.len();
    Ok(TokenRecords { records, symmetric_keys })
}

/// Writes a record where the token has none that stands for it.
pub(crate) fn add(session: &TokenSession, undo: &mut Undo, record: &TokenRecord) -> Result<(), TokenError> {
    let class = (CKA_CLASS, number(record.kind.class()));
    let mut same = vec![class.clone()];
    same.extend(record.kind.identity().map(|kind| (kind, record.attribute(kind).to_vec())));
    if !session.find(&same)?.is_empty() {
        return Ok(());
    }
    let mut template = vec![class, (CKA_TOKEN, boolean(true))];
    // NSS does not find a list that lacks one of its attributes, be it empty.
    let optional = |kind: u64| record.kind == RecordKind::SmimeProfile && record.attribute(kind).is_empty();
    template
        .extend(record.kind.attributes().into_iter().filter(|kind| !optional(*kind)).map(|kind| (kind, record.attribute(kind).to_vec())));
    undo.create(session, &template).map(|_| ())
}
