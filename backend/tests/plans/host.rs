//! A folder that looks like a host.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use certdeck::deploy::change::Control;
use certdeck::deploy::plan::facts::{self, Facts, Heard};
use certdeck::deploy::plan::{BoundMaterial, Made, ServiceReference, Source, Target, make, questions};
use certdeck::host::tree::Tree;
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::{Check, CheckStanding};
use certdeck_shared::api::service::ServiceKind;

use crate::certificates::NOW;

pub struct Host {
    folder: tempfile::TempDir,
}

impl Host {
    /// An empty one, which everybody may enter.
    pub fn new() -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap() };
        host.mode("/", 0o755);
        host
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn mode(&self, path: &str, mode: u32) {
        std::fs::set_permissions(self.path(path), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn own(&self, path: &str, user: &str, group: &str) {
        use certdeck::host::owners;
        let (user, group) = (owners::user_by_name(user).unwrap().user, owners::group_by_name(group).unwrap());
        std::os::unix::fs::chown(self.path(path), Some(user), Some(group)).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    pub fn tree(&self) -> Tree {
        Tree::rooted(self.folder.path())
    }

    /// A process that listens at these ports.
    pub fn process(&self, id: u32, program: &str, arguments: &[&str], ports: &[u16]) {
        self.write(&format!("/proc/{id}/cmdline"), &(arguments.join("\0") + "\0"));
        self.write(&format!("/proc/{id}/stat"), &format!("{id} (x) S 1 0 0"));
        self.link(&format!("/proc/{id}/exe"), program);
        self.link(&format!("/proc/{id}/cwd"), "/");
        for port in ports {
            self.listens(id, "00000000", *port);
        }
    }

    /// A socket of a process that listens, at an address as the kernel writes it.
    pub fn listens(&self, id: u32, address: &str, port: u16) {
        let table = if address.len() == 8 { "/proc/net/tcp" } else { "/proc/net/tcp6" };
        let mut text = std::fs::read_to_string(self.path(table)).unwrap_or_else(|_| "  sl  local_address rem_address   st\n".to_owned());
        let descriptors = self.path(&format!("/proc/{id}/fd"));
        let place = std::fs::read_dir(descriptors).map(Iterator::count).unwrap_or_default();
        let inode = 1000 * id + u32::try_from(place).unwrap();
        text.push_str(&format!(
            "   0: {address}:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 {inode} 1 0 100 0 0 10 0\n"
        ));
        self.link(&format!("/proc/{id}/fd/{place}"), &format!("socket:[{inode}]"));
        self.write(table, &text);
    }

    pub fn facts(&self, kind: ServiceKind, config: &str, target: &Target) -> Facts {
        self.facts_beside(kind, config, target, &[])
    }

    pub fn facts_beside(&self, kind: ServiceKind, config: &str, target: &Target, others: &[ServiceReference]) -> Facts {
        let gathered = facts::gather(&self.tree(), service(kind, config), Control::default(), others, target).unwrap();
        Facts { host_name: "mail".to_owned(), version: Some("one of tests".to_owned()), ..gathered }
    }
}

pub fn service(kind: ServiceKind, config: &str) -> ServiceReference {
    ServiceReference { id: kind.name().to_owned(), kind, label: kind.title().to_owned(), config: config.to_owned() }
}

/// One binding of the first certificate to all endpoints.
pub fn everywhere(layout: Layout) -> Target {
    Target { bindings: vec![bound(0, &[], layout)], settings: Vec::new() }
}

pub fn bound(material: usize, endpoints: &[&str], layout: Layout) -> BoundMaterial {
    BoundMaterial { material, endpoints: endpoints.iter().map(|name| (*name).to_owned()).collect(), layout, directory: None }
}

pub fn plan(facts: &Facts, target: &Target, sources: &[Source]) -> Made {
    let made = make(facts, target, sources, NOW);
    assert_eq!(made, make(facts, target, sources, NOW), "the same facts give the same plan");
    made
}

/// Facts in which every port that the plan asks serves a leaf; nothing for none.
pub fn serving(facts: Facts, target: &Target, sources: &[Source], leaf: Option<&str>) -> Facts {
    let heard = |asked| Heard { asked, leaf: leaf.map(str::to_owned), words: String::new() };
    let heard = questions(&facts, target, sources).into_iter().map(heard).collect();
    Facts { heard, ..facts }
}

/// The checks of a code.
pub fn checks<'a>(made: &'a Made, code: &str) -> Vec<&'a Check> {
    made.part.checks.iter().filter(|check| check.code == code).collect()
}

/// The one check of a code: how it ended, and its words.
pub fn check(made: &Made, code: &str) -> (CheckStanding, String) {
    match checks(made, code).as_slice() {
        [one] => (one.standing, one.words.clone()),
        others => panic!("{code}: {others:#?}\n{:#?}", made.part.checks),
    }
}

/// Writes what a plan writes, with keys and chains of their sources.
pub fn apply(host: &Host, made: &Made, materials: &[certdeck::deploy::material::Material]) {
    for file in &made.planned.as_ref().unwrap().files {
        let path = host.path(&file.path.display().to_string());
        match certdeck::deploy::material::render(&host.tree(), &file.content, materials, NOW).unwrap() {
            None => std::fs::create_dir(&path).unwrap(),
            Some(bytes) => {
                let _ = std::fs::remove_file(&path);
                std::fs::write(&path, &bytes).unwrap();
            }
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(file.mode)).unwrap();
        std::os::unix::fs::chown(&path, Some(file.user), Some(file.group)).unwrap();
    }
}

/// Whether something is there, links included.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
