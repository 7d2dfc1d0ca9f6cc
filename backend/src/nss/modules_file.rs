//! pkcs11.txt, the list of PKCS#11 modules. softoken makes databases without it; `certutil -N` writes the internal entry.

use std::path::Path;

/// Name of the file.
pub const NAME: &str = "pkcs11.txt";

/// The file as `certutil -N` writes it: the internal module alone.
#[must_use]
pub fn internal_only(directory: &Path) -> String {
    format!(
        "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:{}' certPrefix='' keyPrefix='' secmod='secmod.db' flags= \
         updatedir='' updateCertPrefix='' updateKeyPrefix='' updateid='' updateTokenDescription='' \nNSS=Flags=internal,critical \
         trustOrder=75 cipherOrder=100 slotParams=(1={{slotFlags=[ECC,RSA,DSA,DH,RC2,RC4,DES,RANDOM,SHA1,MD5,MD2,SSL,TLS,AES,Camellia,\
         SEED,SHA256,SHA512] askpw=any timeout=30}})\n\n",
        directory.display()
    )
}
