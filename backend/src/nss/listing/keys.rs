//! Private keys: their names and sizes, which are not encrypted.

use super::ListingError;
use super::table::{Table, number};
use certdeck_shared::hex::hex;

const CKO_PRIVATE_KEY: u32 = 3;
const CKA_LABEL: u32 = 0x3;
const CKA_KEY_TYPE: u32 = 0x100;
const CKA_ID: u32 = 0x102;
const CKA_MODULUS: u32 = 0x120;
const CKA_EC_PARAMS: u32 = 0x180;
const CKA_PRIME: u32 = 0x130;

/// One private key of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// CKA_LABEL; absent when empty.
    pub label: Option<String>,
    /// In words: `RSA 2048`, `EC P-256`.
    pub algorithm: String,
}

pub(super) fn read(table: &Table<'_>) -> Result<Vec<ListedKey>, ListingError> {
    let attributes = [CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_MODULUS, CKA_EC_PARAMS, CKA_PRIME];
    table.objects(CKO_PRIVATE_KEY, attributes, |[id, label, key_type, modulus, parameters, prime]| {
        Some(ListedKey {
            id: hex(id),
            label: (!label.is_empty()).then(|| String::from_utf8_lossy(label).into_owned()),
            algorithm: algorithm(number(key_type), modulus, parameters, prime),
        })
    })
}

/// CK_KEY_TYPE in words (PKCS#11 3.1, section 5.1.3).
fn algorithm(key_type: Option<u32>, modulus: &[u8], parameters: &[u8], prime: &[u8]) -> String {
    match key_type {
        Some(0x00) => format!("RSA {}", bits(modulus)),
        Some(0x01) => format!("DSA {}", bits(prime)),
        Some(0x02) => format!("DH {}", bits(prime)),
        Some(0x03 | 0x40) => curve(parameters),
        Some(other) => format!("key type 0x{other:x}"),
        None => "unknown".to_owned(),
    }
}

fn bits(number: &[u8]) -> usize {
    let significant = number.iter().skip_while(|byte| **byte == 0);
    let length = significant.clone().count();
    let unused = significant.clone().next().map_or(0, |first| first.leading_zeros() as usize);
    length * 8 - unused
}

fn curve(parameters: &[u8]) -> String {
    let name = match parameters {
        [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07] => "EC P-256",
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22] => "EC P-384",
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23] => "EC P-521",
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A] => "EC secp256k1",
        [0x06, 0x03, 0x2B, 0x65, 0x70] => "Ed25519",
        [0x06, 0x03, 0x2B, 0x65, 0x6E] | [0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x97, 0x55, 0x01, 0x05, 0x01] => "X25519",
        other => return format!("EC {}", hex(other)),
    };
    name.to_owned()
}
