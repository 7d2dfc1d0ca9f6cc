//! Whether what is sent leads clients to a root: each certificate issued by the next, none missing. A root need not be sent.

use certdeck_shared::x509::chain::is_root;
use certdeck_shared::x509::life::date;
use certdeck_shared::x509::view::CertificateView;

use super::Found;
use crate::domain::watch::authorities::issued;
use crate::domain::watch::evidence::Evidence;

/// A certificate that was sent.
type Sent<'a> = (&'a CertificateView, &'a [u8]);

pub(super) fn look(evidence: &Evidence) -> Found {
    let ders = evidence.report.chain.iter().map(|one| one.der.0.as_slice());
    let sent: Option<Vec<Sent<'_>>> = evidence.served.iter().zip(ders).map(|(view, der)| Some((view.as_ref()?, der))).collect();
    let Some(sent) = sent else {
        return Found::unknown("A certificate that is sent cannot be parsed: where the chain leads is not known.");
    };
    let Some(leaf) = sent.first() else { return Found::unknown("No certificate was seen.") };
    let path = path(&sent);
    let mut used: Vec<usize> = path.clone();
    used.sort_unstable();
    let unrelated: Vec<String> =
        (0..sent.len()).filter(|place| !used.contains(place)).filter_map(|place| Some(sent.get(place)?.0.display_name())).collect();
    let Some(top) = path.last().and_then(|place| sent.get(*place)) else { return Found::unknown("No certificate was seen.") };
    if let Some(found) = out_of_date(evidence, &sent, &path) {
        return found;
    }
    if leaf.0.is_ca() && !is_root(leaf.0) {
        return Found::fail(format!("The first certificate that is sent, {}, is that of an authority.", leaf.0.display_name()))
            .because("The certificate of the authority stands where that of the server should be.")
            .cure(format!("Put the certificate of the server first{}; then reload the service.", place(evidence)));
    }
    let ending = ending(evidence, &sent, *top, path.len());
    if ending.state == certdeck_shared::api::endpoint::RungState::Fail {
        return ending;
    }
    if !unrelated.is_empty() {
        return Found::warn(format!("Certificates that do not belong to the chain are sent as well: {}.", unrelated.join(", ")))
            .because("They issued none of the others.")
            .cure(format!("Take them out{}: each client gets them in each handshake.", place(evidence)));
    }
    if path.windows(2).any(|two| matches!(two, [one, next] if one > next)) {
        return Found::warn("The chain is whole and in the wrong order: each certificate should be followed by that of its issuer.")
            .because("Clients of TLS 1.2 need not sort (RFC 5246 section 7.4.2), and some refuse it.")
            .cure(format!("Put the certificates in order{}, that of the server first.", place(evidence)));
    }
    ending
}

/// Places of the certificates from the leaf to the last issuer that was sent.
fn path(sent: &[Sent<'_>]) -> Vec<usize> {
    let mut path = vec![0];
    let mut current = 0;
    while let Some(one) = sent.get(current).filter(|one| !is_root(one.0)) {
        // The next one first: several may have issued it.
        let places = (current + 1..sent.len()).chain(0..current);
        let issuer =
            places.filter(|place| !path.contains(place)).find(|place| sent.get(*place).is_some_and(|issuer| issued(*issuer, *one)));
        let Some(issuer) = issuer else { break };
        path.push(issuer);
        current = issuer;
    }
    path
}

/// Authorities on the way that are not valid now.
fn out_of_date(evidence: &Evidence, sent: &[Sent<'_>], path: &[usize]) -> Option<Found> {
    let above = path.iter().skip(1).filter_map(|place| sent.get(*place));
    let wrong = above.map(|one| one.0).find(|view| evidence.now > view.not_after || evidence.now < view.not_before)?;
    let (begin, end) = (date(wrong.not_before), date(wrong.not_after));
    Some(
        Found::fail(format!("{}, which is sent above it, is valid from {begin} until {end} only.", wrong.display_name()))
            .because("The chain has a certificate of the authority from before its renewal.")
            .cure(format!("Replace it by the one that the authority uses now{}; then reload the service.", place(evidence))),
    )
}

/// What comes after the last certificate that was sent.
fn ending(evidence: &Evidence, sent: &[Sent<'_>], top: Sent<'_>, length: usize) -> Found {
    let issuer = top.0.issuer.to_string();
    if is_root(top.0) {
        let trusted = evidence.authorities.0.iter().find(|one| one.der == top.1 && one.trusted);
        return match (trusted, sent.len()) {
            (Some(known), 1) => Found::pass(format!("It is signed with its own key, and the database {} trusts it.", known.database)),
            (None, 1) => Found::warn("It is signed with its own key: only clients that were told so accept it.")
                .cure("Request a certificate from an authority that the clients trust."),
            (Some(known), _) => Found::pass(format!(
                "The chain is whole and ends in {}, which the database {} trusts. The root need not be sent.",
                top.0.display_name(),
                known.database
            )),
            (None, _) => Found::pass(format!("The chain is whole and ends in {}. The root need not be sent.", top.0.display_name())),
        };
    }
    match evidence.authorities.issuer_of(top.0, top.1) {
        Some(root) if root.is_root() && root.trusted => Found::pass(format!(
            "The chain is whole and ends in {}, which the database {} trusts.",
            root.view.display_name(),
            root.database
        )),
        Some(root) if root.is_root() => Found::pass(format!(
            "The chain is whole and ends in {}, which the database {} knows and does not trust for servers.",
            root.view.display_name(),
            root.database
        )),
        Some(missing) => Found::fail(format!("The chain is not whole: {}, which comes next, is not sent.", missing.view.display_name()))
            .because("Clients that do not have that certificate by chance cannot find the way to its root.")
            .cure(format!("Put it after the others{}: it is in the database {}. Deploying does that.", place(evidence), missing.database)),
        None if length == 1 => Found::unknown(format!(
            "Whether a certificate is missing cannot be told: no registered database has the issuer, {issuer}, and only the certificate of \
             the server is sent."
        ))
        .cure("Import the certificates of that authority into a database: then it is known whether one between them has to be sent."),
        None => Found::pass(format!("Each certificate is issued by the next. The last issuer, {issuer}, is in no registered database.")),
    }
}

/// Where the chain is, for a cure.
fn place(evidence: &Evidence) -> String {
    let pair = evidence.configured().and_then(|endpoint| endpoint.pairs.first()).filter(|pair| pair.database.is_none());
    let file = pair.map(|pair| &pair.chain.as_ref().unwrap_or(&pair.certificate).value);
    file.map(|file| format!(" in {file}")).unwrap_or_default()
}
