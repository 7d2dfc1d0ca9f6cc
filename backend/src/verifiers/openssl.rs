//! OpenSSL's verdict: what `openssl verify -purpose … -partial_chain` says with the anchors of the database, and `-crl_check` for each element
//! of the chain whose issuer has a list there. Of elements without one OpenSSL would say that it found none, which nobody wants to know.

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext};

use super::{Material, Opinion, Purpose, revocation};

/// What OpenSSL says. A certificate that OpenSSL cannot read is refused in its words.
#[must_use]
pub fn opinion(material: &Material<'_>, purpose: Purpose) -> Opinion {
    match judge(material, purpose) {
        Ok(opinion) => opinion,
        Err(error) => {
            Opinion::refused("unreadable".to_owned(), error.errors().first().map_or_else(|| error.to_string(), ToString::to_string), None)
        }
    }
}

fn judge(material: &Material<'_>, purpose: Purpose) -> Result<Opinion, ErrorStack> {
    let leaf = X509::from_der(material.leaf)?;
    let mut builder = X509StoreBuilder::new()?;
    for anchor in material.anchors.iter().filter_map(|der| X509::from_der(der).ok()) {
        builder.add_cert(anchor)?;
    }
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(material.at);
    // An anchor of NSS need not be a root.
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    parameters.set_purpose(match purpose {
        Purpose::Server => X509PurposeId::SSL_SERVER,
        Purpose::Client => X509PurposeId::SSL_CLIENT,
        Purpose::SignEmail => X509PurposeId::SMIME_SIGN,
        Purpose::ReceiveEmail => X509PurposeId::SMIME_ENCRYPT,
    })?;
    builder.set_param(&parameters)?;
    let store = builder.build();
    let mut others = Stack::new()?;
    for other in material.others.iter().filter_map(|der| X509::from_der(der).ok()) {
        others.push(other)?;
    }
    let mut context = X509StoreContext::new()?;
    context.init(&store, &leaf, &others, |context| {
        if context.verify_cert()? {
            let chain: Vec<X509> = context.chain().map(|chain| chain.iter().map(ToOwned::to_owned).collect()).unwrap_or_default();
            return Ok(revocation::of_chain(&chain, material).unwrap_or_else(Opinion::valid));
        }
        let error = context.error();
        let element = context.current_cert().and_then(|one| one.to_der().ok());
        Ok(Opinion::refused(error.as_raw().to_string(), error.error_string().to_owned(), element))
    })
}
