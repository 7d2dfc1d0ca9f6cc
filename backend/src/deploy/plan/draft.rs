//! The files and settings of a plan, before it is known how the service takes them up.

use std::path::{Path, PathBuf};

use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::{FilePurpose, PlannedProbe};
use certdeck_shared::api::service::{Pair, ServiceKind, TlsMode};
use certdeck_shared::glass::quoted;
use certdeck_shared::x509::parse;
use time::OffsetDateTime;

use super::checks::{Checks, chain, hosts, leaf, names, places, present, service};
use super::choice::{self, Slot};
use super::facts::Facts;
use super::files::{self, Written};
use super::intended::{Intended, Refused};
use super::make::refuse;
use super::own::Home;
use super::target::{Source, Target};
use super::{Content, MaterialReference, kept, own, parameters, probes, settings};
use crate::deploy::change::{Edits, FileRules, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

/// What a plan is made from.
pub struct Given<'a> {
    /// The service.
    pub facts: &'a Facts,
    /// What is wanted of it.
    pub target: &'a Target,
    /// The certificates.
    pub materials: &'a [Source],
    /// Who knows its configuration.
    pub editor: &'static dyn ServiceEditor,
    /// The time.
    pub now: OffsetDateTime,
}

/// Files and settings.
#[derive(Default)]
pub struct Draft {
    /// Which certificate goes where.
    pub slots: Vec<Slot>,
    /// Files that shall be there.
    pub intended: Vec<Intended>,
    /// Those that are not so yet, those of the configuration included, in the order they are written.
    pub written: Vec<Written>,
    /// What becomes of the configuration.
    pub edits: Edits,
    /// Ports that are asked.
    pub probes: Vec<PlannedProbe>,
}

impl Draft {
    /// Decides everything that can be decided; what cannot is noted.
    pub fn of(given: &Given<'_>, checks: &mut Checks) -> Self {
        let Given { facts, target, materials, editor, now } = *given;
        let (slots, problems) = choice::slots(facts, target, materials);
        for problem in problems {
            checks.fail("endpoints", problem, None);
        }
        let config = Path::new(&facts.service.config);
        let rules = editor.file_rules(config, &facts.observation);
        check_materials(given, &slots, &rules, checks);

        let (mut wanted, mut intended) = (Vec::new(), Vec::new());
        for (slot, lies) in slots.iter().zip(whereabouts(target, materials, &slots, &rules)) {
            let Some(source) = materials.get(slot.material) else { continue };
            let files = match &lies {
                Lies::InDatabase => {
                    let is_so = slot.present.as_ref().is_some_and(|pair| pair.certificate.value == source.reference.address());
                    wanted.extend((!is_so).then(|| nickname(&slot.endpoints, slot.pair, source)));
                    continue;
                }
                Lies::Kept(pair) => {
                    present::check(&facts.tree, pair, now, checks);
                    kept::files(facts, &slots, slot, pair, source, &rules)
                }
                Lies::Own(home) => own::files(facts, &slots, slot, home, &rules),
            };
            match files {
                Ok((mut files, wish)) => {
                    carry_parameters(&facts.tree, slot, &mut files, checks);
                    intend(&mut intended, files, checks);
                    wanted.extend(Some(wish).filter(|wish| is_needed(facts.service.kind, &lies, wish)));
                }
                Err(Refused { words, note }) => checks.fail("files-own", words, Some(note.to_owned())),
            }
        }
        if let (true, Some(source)) =
            (slots.is_empty() && facts.database.is_some() && settings::adds_listener(target), bound(target, materials))
        {
            wanted.push(nickname(&[], 0, source));
        }
        let (pair, files) = settings::listener_pair(given, &slots, &intended, &rules, checks);
        intend(&mut intended, files, checks);
        let (wishes, files) = settings::wanted(facts, target, &slots, &rules, pair.as_ref(), checks);
        wanted.extend(wishes);
        intend(&mut intended, files, checks);

        let mut written = files::written(facts, &intended, materials, &rules, checks);
        let edits = match editor.edit(&facts.tree, config, &facts.observation, &wanted) {
            Ok(edits) => edits,
            Err(refused) => {
                refuse("configuration-edit", &refused, checks);
                Edits::default()
            }
        };
        check_by_hand(&edits, checks);
        hosts::check(given, &edits, checks);
        written.extend(files::configuration(facts, &edits.files, checks));
        places::check(facts, written.iter().map(|written| written.planned.path.as_path()), checks);
        let read: Vec<&Path> =
            intended.iter().filter(|file| file.purpose != FilePurpose::Directory).map(|file| file.path.as_path()).collect();
        service::confinement(facts, &read, checks);
        let probes = probes::of(facts, target, materials, &slots);
        check_proof(facts, target, &slots, &probes, checks);
        Self { slots, intended, written, edits, probes }
    }

    /// Whether everything on disk is as it shall be.
    pub fn is_so(&self) -> bool {
        let same = self.edits.attributes.iter().all(|attribute| attribute.before == attribute.after);
        self.written.is_empty() && self.edits.files.is_empty() && same
    }
}

fn check_materials(given: &Given<'_>, slots: &[Slot], rules: &FileRules, checks: &mut Checks) {
    let mut seen = Vec::new();
    for binding in &given.target.bindings {
        let Some(source) = given.materials.get(binding.material).filter(|source| !seen.contains(source)) else { continue };
        seen.push(source);
        let view = match parse::certificate(&source.reference.leaf) {
            Ok(view) => view,
            Err(error) => {
                checks.fail("parses", format!("{} cannot be parsed: {error}.", source.reference.nickname), None);
                continue;
            }
        };
        checks.pass("parses", format!("{} is an X.509 certificate of version {}.", view.display_name(), view.version));
        leaf::key(source, &view.display_name(), given.facts.database.is_some(), checks);
        leaf::check(&view, rules.fewest_rsa_bits, given.now, checks);
        chain::check(source, &view, given.now, checks);
        for slot in slots.iter().filter(|slot| given.materials.get(slot.material) == Some(source)) {
            names::check(given.facts, slot, &view, checks);
        }
    }
}

/// The certificate of the first binding.
fn bound<'a>(target: &Target, materials: &'a [Source]) -> Option<&'a Source> {
    materials.get(target.bindings.first()?.material)
}

/// The wish for a certificate that the service finds by its nickname.
fn nickname(endpoints: &[usize], pair: usize, source: &Source) -> Wanted {
    let MaterialReference { token, nickname, .. } = &source.reference;
    Wanted::Nickname { endpoints: endpoints.to_vec(), pair, token: token.clone(), nickname: nickname.clone() }
}

/// What somebody must do before.
fn check_by_hand(edits: &Edits, checks: &mut Checks) {
    for line in &edits.by_hand {
        let words: Vec<String> = line.arguments.iter().map(|word| quoted(word)).collect();
        let note = format!("{} Then make the plan anew.", line.why);
        checks.fail("by-hand", format!("`{}` is to be run first.", words.join(" ")), Some(note));
    }
}

/// Endpoints that cannot be asked what they serve.
fn check_proof(facts: &Facts, target: &Target, slots: &[Slot], probes: &[PlannedProbe], checks: &mut Checks) {
    for endpoint in slots.iter().flat_map(|slot| &slot.endpoints).filter_map(|at| facts.observation.endpoints.get(*at)) {
        let asked = probes.iter().any(|probe| probe.endpoint == endpoint.name);
        if !asked && choice::tls_after(endpoint, target) != TlsMode::Off {
            checks.warn(
                "proof",
                format!("{} cannot be asked what it serves: its address is {}.", endpoint.name, endpoint.addresses.join(", ")),
                Some("Ask it by hand afterwards.".to_owned()),
            );
        }
    }
}

/// What stands behind the certificate in the present file goes into the new one.
fn carry_parameters(tree: &Tree, slot: &Slot, files: &mut [Intended], checks: &mut Checks) {
    let Some(present) = &slot.present else { return };
    let of_certificate = |file: &&mut Intended| matches!(file.purpose, FilePurpose::Certificate | FilePurpose::KeyAndCertificate);
    if let Some(Intended { content: Content::Material { parts, .. }, .. }) = files.iter_mut().find(of_certificate) {
        parts.extend(parameters::part(tree, Path::new(&present.certificate.value), checks));
    }
}

/// Where the files of a slot lie.
enum Lies<'a> {
    /// In the database that the service reads: there are none.
    InDatabase,
    /// Where the configuration names them.
    Kept(&'a Pair),
    /// In an own layout: by the binding, or because there are no paths to keep.
    Own(Home),
}

fn whereabouts<'a>(target: &Target, materials: &[Source], slots: &'a [Slot], rules: &FileRules) -> Vec<Lies<'a>> {
    let kept = |slot: &'a Slot| {
        let binding = target.bindings.get(slot.binding)?;
        slot.present.as_ref().filter(|_| binding.layout == Layout::Keep)
    };
    let directory = |slot: &Slot| {
        let given = target.bindings.get(slot.binding).and_then(|binding| binding.directory.clone());
        given.unwrap_or_else(|| rules.directory.clone())
    };
    let own: Vec<(usize, PathBuf)> =
        slots.iter().filter(|slot| !slot.named && kept(slot).is_none()).map(|slot| (slot.material, directory(slot))).collect();
    let mut homes = own::homes(materials, &own).into_iter();
    let mut lies = |slot: &'a Slot| match slot.named {
        true => Some(Lies::InDatabase),
        false => kept(slot).map(Lies::Kept).or_else(|| homes.next().map(Lies::Own)),
    };
    slots.iter().filter_map(&mut lies).collect()
}

/// Whether the configuration is asked to say something: not when it names the files already. slapd is asked all the same, since it reads
/// files anew when the settings that name them are written.
fn is_needed(kind: ServiceKind, lies: &Lies<'_>, wish: &Wanted) -> bool {
    match (lies, wish) {
        (Lies::Kept(pair), Wanted::Pair { chain, .. }) => kind == ServiceKind::Slapd || chain.is_some() != pair.chain.is_some(),
        _ => true,
    }
}

/// Adds files, of which each has one content.
fn intend(intended: &mut Vec<Intended>, files: Vec<Intended>, checks: &mut Checks) {
    for file in files {
        match intended.iter().find(|known| known.path == file.path) {
            None => intended.push(file),
            Some(known) if known.content == file.content => {}
            Some(_) => checks.fail(
                "files-own",
                format!("{} would hold two different things.", file.path.display()),
                Some("Choose the service's own layout: each certificate gets files of its own.".to_owned()),
            ),
        }
    }
}
