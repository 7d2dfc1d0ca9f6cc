//! The files that other services name: what they use is not replaced under them.

use std::path::{Path, PathBuf};

use crate::deploy::adapter::adapter;
use crate::deploy::plan::ServiceReference;
use crate::host::tree::Tree;

/// Another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Name for people.
    pub label: String,
    /// Files of its endpoints, as its configuration names them.
    pub files: Vec<PathBuf>,
}

/// The other services, as far as their configurations can be read.
pub fn of(tree: &Tree, others: &[ServiceReference]) -> Vec<Neighbour> {
    let files = |other: &ServiceReference| -> Option<Vec<PathBuf>> {
        let observation = adapter(other.kind).observe(tree, Path::new(&other.config)).ok()?;
        let mut files = Vec::new();
        for endpoint in &observation.endpoints {
            let pairs = endpoint.pairs.iter().flat_map(|pair| [Some(&pair.certificate), Some(&pair.key), pair.chain.as_ref()]);
            files.extend(pairs.flatten().chain(&endpoint.client_ca).map(|effective| PathBuf::from(&effective.value)));
        }
        files.sort();
        files.dedup();
        Some(files)
    };
    others.iter().filter_map(|other| Some(Neighbour { label: other.label.clone(), files: files(other)? })).collect()
}
