//! Which certificate goes into which pair of which endpoints.

use std::collections::BTreeMap;

use certdeck_shared::api::plan::SettingWish;
use certdeck_shared::api::service::{Endpoint, Pair, TlsMode};
use certdeck_shared::x509::parse;

use super::facts::Facts;
use super::settings;
use super::target::{Source, Target};
use crate::deploy::adapter::Observation;
use crate::deploy::served;
use crate::host::tree::Tree;

/// A pair that endpoints share, and what shall be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Place of its binding in the target.
    pub binding: usize,
    /// Place of its certificate among the materials.
    pub material: usize,
    /// Places of the endpoints among those of the observation.
    pub endpoints: Vec<usize>,
    /// Which of their pairs; a new one when it is as many as they have.
    pub pair: usize,
    /// The pair as it is; absent for a new one.
    pub present: Option<Pair>,
    /// Whether the service takes it by its nickname from the database that it is in, and needs no files.
    pub named: bool,
}

/// The slots of a target, and what cannot be chosen, as sentences.
pub fn slots(facts: &Facts, target: &Target, materials: &[Source]) -> (Vec<Slot>, Vec<String>) {
    let (tree, observation) = (&facts.tree, &facts.observation);
    let mut problems = Vec::new();
    // For each endpoint the bindings that it serves, in their order.
    let mut bound: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (binding, wanted) in target.bindings.iter().enumerate() {
        let named = named(observation, target, &wanted.endpoints);
        for endpoint in named.iter().filter_map(|at| observation.endpoints.get(*at)) {
            if tls_after(endpoint, target) == TlsMode::Off {
                problems.push(format!("{} has no TLS: turn it on there, too.", endpoint.name));
            }
        }
        for name in wanted.endpoints.iter().filter(|name| !observation.endpoints.iter().any(|endpoint| endpoint.name == **name)) {
            problems.push(format!("There is no endpoint {name}: the configuration has changed since the certificate was bound to it."));
        }
        if named.is_empty() && wanted.endpoints.is_empty() && !settings::adds_listener(target) {
            problems.push("No endpoint has TLS: turn it on at one, or add one.".to_owned());
        }
        for endpoint in named {
            bound.entry(endpoint).or_default().push(binding);
        }
    }
    let mut slots: Vec<Slot> = Vec::new();
    for (at, bindings) in bound {
        let Some(endpoint) = observation.endpoints.get(at) else { continue };
        let kinds: Vec<Option<String>> = bindings.iter().map(|binding| kind_of(target, materials, *binding)).collect();
        if kinds.iter().enumerate().any(|(place, kind)| kinds.iter().take(place).any(|earlier| earlier == kind)) {
            problems.push(format!("Two certificates with keys of one kind are bound to {}: it can serve one of each kind.", endpoint.name));
            continue;
        }
        let sources: Vec<Option<&Source>> = bindings.iter().map(|binding| materials.get(target.bindings.get(*binding)?.material)).collect();
        for ((binding, pair), source) in bindings.iter().zip(assigned(tree, endpoint, &kinds, &sources)).zip(&sources) {
            let Some(wanted) = target.bindings.get(*binding) else { continue };
            let present = endpoint.pairs.get(pair).cloned();
            if let Some(directory) = facts.database.as_ref().filter(|own| source.is_none_or(|source| source.directory != **own)) {
                let (name, directory) = (&endpoint.name, directory.display());
                let words = format!(
                    "{name} takes its certificate by nickname from the database in {directory}, and this one is in another: import it there with its key, and bind that one."
                );
                problems.push(words);
                continue;
            }
            let files = |pair: &Option<Pair>| pair.as_ref().map(paths);
            let same = |slot: &&mut Slot| slot.binding == *binding && slot.pair == pair && files(&slot.present) == files(&present);
            match slots.iter_mut().find(same) {
                Some(slot) => slot.endpoints.push(at),
                None => slots.push(Slot {
                    binding: *binding,
                    material: first_of(materials, wanted.material),
                    endpoints: vec![at],
                    pair,
                    present,
                    named: facts.database.is_some(),
                }),
            }
        }
    }
    (slots, problems)
}

/// The first of the materials that is this certificate: bindings of several endpoints may bring one several times.
fn first_of(materials: &[Source], material: usize) -> usize {
    let leaf = |place: usize| materials.get(place).map(|material| &material.reference.leaf);
    (0..material).find(|other| leaf(*other) == leaf(material)).unwrap_or(material)
}

/// How TLS begins at an endpoint when the settings of the target are made.
pub fn tls_after(endpoint: &Endpoint, target: &Target) -> TlsMode {
    let changed = target.settings.iter().find_map(|setting| match &setting.wish {
        SettingWish::Tls { endpoint: name, tls } if *name == endpoint.name => Some(*tls),
        _ => None,
    });
    changed.unwrap_or(endpoint.tls)
}

/// The files of a pair.
pub fn paths(pair: &Pair) -> [Option<String>; 3] {
    [Some(pair.certificate.value.clone()), Some(pair.key.value.clone()), pair.chain.as_ref().map(|chain| chain.value.clone())]
}

/// Places of the endpoints of these names; of all that have TLS, or are to have it, when there are no names.
pub fn named(observation: &Observation, target: &Target, names: &[String]) -> Vec<usize> {
    let wanted = |endpoint: &Endpoint| match names {
        [] => tls_after(endpoint, target) != TlsMode::Off,
        names => names.contains(&endpoint.name),
    };
    observation.endpoints.iter().enumerate().filter(|(_, endpoint)| wanted(endpoint)).map(|(at, _)| at).collect()
}

/// `RSA`, `EC`: the kind of key of a binding's certificate.
fn kind_of(target: &Target, materials: &[Source], binding: usize) -> Option<String> {
    let material = materials.get(target.bindings.get(binding)?.material)?;
    Some(parse::certificate(&material.reference.leaf).ok()?.public_key.algorithm.into_owned())
}

/// For each kind of key the pair that gets it: the one whose certificate has a key of that kind, else one that nothing else fits, else a
/// new one. A certificate that is named already stays where it is. A single pair is replaced whatever its kind when a single certificate
/// comes.
fn assigned(tree: &Tree, endpoint: &Endpoint, kinds: &[Option<String>], sources: &[Option<&Source>]) -> Vec<usize> {
    let present: Vec<Option<String>> = endpoint.pairs.iter().map(|pair| present_kind(tree, pair)).collect();
    if let ([_], [_]) = (present.as_slice(), kinds) {
        return vec![0];
    }
    let named = |source: &Source| {
        endpoint.pairs.iter().position(|pair| pair.database.is_some() && pair.certificate.value == source.reference.address())
    };
    let of_kind = |kind: &Option<String>| present.iter().position(|one| one.is_some() && one == kind);
    let mut taken: Vec<Option<usize>> =
        kinds.iter().zip(sources).map(|(kind, source)| source.and_then(named).or_else(|| of_kind(kind))).collect();
    let mut next_new = present.len();
    for place in 0..taken.len() {
        if taken.get(place).copied().flatten().is_some() {
            continue;
        }
        // A pair whose files tell no kind may be meant for this one.
        let free = (0..present.len()).find(|pair| present.get(*pair).is_some_and(Option::is_none) && !taken.contains(&Some(*pair)));
        let chosen = free.unwrap_or_else(|| {
            next_new += 1;
            next_new - 1
        });
        if let Some(slot) = taken.get_mut(place) {
            *slot = Some(chosen);
        }
    }
    taken.into_iter().flatten().collect()
}

fn present_kind(tree: &Tree, pair: &Pair) -> Option<String> {
    let served = served::look(tree, &pair.certificate.value);
    let words = &served.file.certificates.first()?.public_key;
    words.split(' ').next().map(str::to_owned)
}
