//! A plan in the words of the API.

use certdeck_shared::api::binding::BoundCertificate;
use certdeck_shared::api::plan::{ActivationWords, AttributeChange, Disturbance, PlanPart, PlanState};
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::GeneralNameView;

use super::choice::Slot;
use super::facts::Facts;
use super::target::{Source, Target};
use crate::deploy::change::{Activation, Edits, Running, Signal, Takeover};

/// A part that does nothing yet.
pub fn empty(facts: &Facts) -> PlanPart {
    PlanPart {
        service: facts.service.id.clone(),
        kind: facts.service.kind,
        label: facts.service.label.clone(),
        config: facts.service.config.clone(),
        version: facts.version.clone(),
        bindings: None,
        settings: Vec::new(),
        state: PlanState::Ready,
        certificates: Vec::new(),
        checks: Vec::new(),
        files: Vec::new(),
        attributes: Vec::new(),
        activation: ActivationWords { disturbance: Disturbance::None, why: "Nothing is to be done.".to_owned(), arguments: Vec::new() },
        probes: Vec::new(),
    }
}

/// The certificates that would be served.
pub fn certificates(target: &Target, slots: &[Slot], materials: &[Source]) -> Vec<BoundCertificate> {
    let places = slots.iter().map(|slot| slot.material).chain(target.bindings.iter().map(|binding| binding.material));
    let mut certificates: Vec<BoundCertificate> = Vec::new();
    for certificate in places.filter_map(|place| certificate(materials.get(place)?)) {
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    certificates
}

fn certificate(source: &Source) -> Option<BoundCertificate> {
    let view = parse::certificate(&source.reference.leaf).ok()?;
    Some(BoundCertificate {
        fingerprint_sha256: sha256_hex(&source.reference.leaf),
        subject: view.subject.to_string(),
        names: view.subject_alternative_names.iter().map(GeneralNameView::text).collect(),
        public_key: view.public_key.short(),
        not_after: view.not_after,
        chain: source.reference.chain.iter().map(|der| sha256_hex(der)).collect(),
    })
}

/// Attributes of cn=config.
pub fn attributes(edits: &Edits) -> Vec<AttributeChange> {
    let change = |edit: &crate::deploy::change::AttributeEdit| AttributeChange {
        name: edit.name.clone(),
        before: edit.before.clone(),
        after: edit.after.clone(),
    };
    edits.attributes.iter().map(change).collect()
}

/// How the running service takes it up, with the line that it stands for.
pub fn activation(takeover: &Takeover, running: &Running) -> ActivationWords {
    let line = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let arguments = match &takeover.activation {
        Activation::Nothing | Activation::Wait { .. } => Vec::new(),
        Activation::Signal(signal) => {
            let name = match signal {
                Signal::Hup => "-HUP",
                Signal::Usr1 => "-USR1",
            };
            running.main.as_ref().map(|main| line(&["kill", name, &main.id.to_string()])).unwrap_or_default()
        }
        Activation::Run(run) => run.arguments.clone(),
        Activation::Modify { url, .. } => line(&["ldapmodify", "-Y", "EXTERNAL", "-H", url]),
    };
    ActivationWords { disturbance: takeover.disturbance, why: takeover.why.clone(), arguments }
}
