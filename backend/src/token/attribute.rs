//! Numbers of PKCS#11 and of NSS's vendor range, by their names there.

pub(crate) const CKA_CLASS: u64 = 0x0;
pub(crate) const CKA_TOKEN: u64 = 0x1;
pub(crate) const CKA_PRIVATE: u64 = 0x2;
pub(crate) const CKA_LABEL: u64 = 0x3;
pub(crate) const CKA_VALUE: u64 = 0x11;
pub(crate) const CKA_CERTIFICATE_TYPE: u64 = 0x80;
pub(crate) const CKA_ISSUER: u64 = 0x81;
pub(crate) const CKA_SERIAL_NUMBER: u64 = 0x82;
pub(crate) const CKA_NAME_HASH_ALGORITHM: u64 = 0x8C;
pub(crate) const CKA_KEY_TYPE: u64 = 0x100;
pub(crate) const CKA_SUBJECT: u64 = 0x101;
pub(crate) const CKA_ID: u64 = 0x102;
pub(crate) const CKA_SENSITIVE: u64 = 0x103;
pub(crate) const CKA_ENCRYPT: u64 = 0x104;
pub(crate) const CKA_DECRYPT: u64 = 0x105;
pub(crate) const CKA_WRAP: u64 = 0x106;
pub(crate) const CKA_UNWRAP: u64 = 0x107;
pub(crate) const CKA_SIGN: u64 = 0x108;
pub(crate) const CKA_VERIFY: u64 = 0x10A;
pub(crate) const CKA_VERIFY_RECOVER: u64 = 0x10B;
pub(crate) const CKA_DERIVE: u64 = 0x10C;
pub(crate) const CKA_MODULUS: u64 = 0x120;
pub(crate) const CKA_MODULUS_BITS: u64 = 0x121;
pub(crate) const CKA_PUBLIC_EXPONENT: u64 = 0x122;
pub(crate) const CKA_EXTRACTABLE: u64 = 0x162;
pub(crate) const CKA_MODIFIABLE: u64 = 0x170;
pub(crate) const CKA_EC_PARAMS: u64 = 0x180;
pub(crate) const CKA_EC_POINT: u64 = 0x181;
pub(crate) const CKA_HASH_OF_CERTIFICATE: u64 = 0x635;
pub(crate) const CKA_NSS_URL: u64 = 0xCE53_4351;
pub(crate) const CKA_NSS_EMAIL: u64 = 0xCE53_4352;
pub(crate) const CKA_NSS_SMIME_TIMESTAMP: u64 = 0xCE53_4354;
pub(crate) const CKA_NSS_KRL: u64 = 0xCE53_4358;
pub(crate) const CKA_NSS_MODULE_SPEC: u64 = 0xCE53_4368;
pub(crate) const CKA_TRUST_STEP_UP_APPROVED: u64 = 0xCE53_6360;
pub(crate) const CKA_CERT_SHA1_HASH: u64 = 0xCE53_63B4;
pub(crate) const CKA_CERT_MD5_HASH: u64 = 0xCE53_63B5;
/// The public value, which softoken keeps in the private key.
pub(crate) const CKA_NSS_DB: u64 = 0xD5A0_DB00;

pub(crate) const CKC_X_509: u64 = 0x0;

pub(crate) const CKK_RSA: u64 = 0x0;
pub(crate) const CKK_EC: u64 = 0x3;
pub(crate) const CKK_EC_EDWARDS: u64 = 0x40;
pub(crate) const CKK_AES: u64 = 0x1F;

pub(crate) const CKM_SHA256: u64 = 0x250;

pub(crate) const CKO_CERTIFICATE: u64 = 0x1;
pub(crate) const CKO_PUBLIC_KEY: u64 = 0x2;
pub(crate) const CKO_PRIVATE_KEY: u64 = 0x3;
pub(crate) const CKO_SECRET_KEY: u64 = 0x4;
pub(crate) const CKO_NSS_CRL: u64 = 0xCE53_4351;
pub(crate) const CKO_NSS_NEWSLOT: u64 = 0xCE53_4355;
pub(crate) const CKO_NSS_DELSLOT: u64 = 0xCE53_4356;
pub(crate) const CKO_TRUST: u64 = 0x0B;
pub(crate) const CKO_NSS_SMIME: u64 = 0xCE53_4352;
pub(crate) const CKO_NSS_TRUST: u64 = 0xCE53_4353;
