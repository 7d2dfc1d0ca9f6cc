//! Parameters for Diffie-Hellman that stand behind a certificate in its file: Apache, Tomcat and others take them from there, so they belong
//! into the new file as well.

use std::path::Path;

use openssl::dh::Dh;

use super::MaterialPart;
use super::checks::Checks;
use super::present::LONGEST;
use crate::host::tree::Tree;

const BEGIN: &str = "-----BEGIN DH PARAMETERS-----";
const END: &str = "-----END DH PARAMETERS-----";
/// Clients of today refuse fewer bits (RFC 7919 begins here, too).
const FEWEST_BITS: i32 = 2048;

/// The parameters in a file as PEM; nothing when it has none that can be read.
pub fn part(tree: &Tree, path: &Path, checks: &mut Checks) -> Option<MaterialPart> {
    const CODE: &str = "dh-parameters";
    let bytes = tree.glance(path, LONGEST).ok()?.content;
    let text = String::from_utf8_lossy(&bytes);
    let block = block(&text)?;
    let path = path.display();
    let Some(bits) = Dh::params_from_pem(block.as_bytes()).ok().map(|parameters| parameters.prime_p().num_bits()) else {
        checks.warn(CODE, format!("The parameters for Diffie-Hellman in {path} cannot be read, and are not written again."), None);
        return None;
    };
    if bits < FEWEST_BITS {
        checks.warn(
            CODE,
            format!("{path} also holds parameters for Diffie-Hellman of {bits} bits, which are written again: many clients refuse them."),
            Some("Take them out of the file: programs of today choose good ones by themselves.".to_owned()),
        );
    } else {
        checks.pass(CODE, format!("{path} also holds parameters for Diffie-Hellman of {bits} bits, which are written again."));
    }
    Some(MaterialPart::Parameters(format!("{block}\n")))
}

/// The first parameters in a text.
pub fn block(text: &str) -> Option<&str> {
    let rest = text.get(text.find(BEGIN)?..)?;
    rest.get(..rest.find(END)? + END.len())
}
