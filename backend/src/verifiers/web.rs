//! The web's rules: what rustls and, in the main, browsers ask of a server's or client's certificate (rustls-webpki), revocation lists of the
//! database included.

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage, RevocationOptionsBuilder, UnknownStatusPolicy,
    anchor_from_trusted_cert,
};

use super::{Material, Opinion, Purpose};

/// All algorithms that rustls accepts with ring.
static ALGORITHMS: &[&dyn rustls::pki_types::SignatureVerificationAlgorithm] = webpki::ALL_VERIFICATION_ALGS;

/// What the web's rules say; nothing for purposes they know nothing of.
#[must_use]
pub fn opinion(material: &Material<'_>, purpose: Purpose, name: Option<&str>) -> Option<Opinion> {
    let usage = match purpose {
        Purpose::Server => KeyUsage::server_auth(),
        Purpose::Client => KeyUsage::client_auth(),
        Purpose::SignEmail | Purpose::ReceiveEmail => return None,
    };
    Some(match judge(material, usage, name) {
        Ok(()) => Opinion::valid(),
        Err(error) => Opinion::refused(word(&error), error.to_string(), None),
    })
}

fn judge(material: &Material<'_>, usage: KeyUsage, name: Option<&str>) -> Result<(), webpki::Error> {
    let leaf = CertificateDer::from(material.leaf);
    let leaf = EndEntityCert::try_from(&leaf)?;
    let others: Vec<_> = material.others.iter().map(|der| CertificateDer::from(*der)).collect();
    let anchors: Vec<_> = material.anchors.iter().map(|der| CertificateDer::from(*der)).collect();
    // An anchor that webpki cannot read is none.
    let anchors: Vec<_> = anchors.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
    let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(material.at).unwrap_or_default()));
    // One that webpki cannot read, as those without a next update, it could not look into.
    let lists: Vec<CertRevocationList<'_>> =
        material.lists.iter().filter_map(|der| BorrowedCertRevocationList::from_der(der).ok()).map(CertRevocationList::from).collect();
    let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
    let revocation =
        RevocationOptionsBuilder::new(&lists).ok().map(|options| options.with_status_policy(UnknownStatusPolicy::Allow).build());
    leaf.verify_for_usage(ALGORITHMS, &anchors, &others, at, usage, revocation, None)?;
    if let Some(name) = name {
        let name = ServerName::try_from(name).map_err(|_| webpki::Error::MalformedDnsIdentifier)?;
        leaf.verify_is_valid_for_subject_name(&name)?;
    }
    Ok(())
}

/// The variant's name: `UnknownIssuer`.
fn word(error: &webpki::Error) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}
