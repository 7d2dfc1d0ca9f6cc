//! Two versions of the package, built once for all tests.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ::support::{console, run};

/// The version after the one in the changelog.
pub const NEXT_VERSION: &str = "0.1.0-2";

/// What was built.
pub struct Built {
    /// Manual pages, completions and the bill of materials.
    pub papers: PathBuf,
    /// The folder of the packages.
    pub folder: PathBuf,
    /// The package of this version.
    pub package: PathBuf,
    _room: tempfile::TempDir,
}

/// The packages.
pub fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let room = tempfile::tempdir().unwrap();
        let (papers, folder) = (room.path().join("papers"), room.path().join("packages"));
        let writer = console::program().with_file_name("package-papers");
        assert!(writer.is_file(), "build it first: cargo build -p certdeck-package (`make test` does)");
        std::fs::create_dir(&papers).unwrap();
        run::must(writer.to_str().unwrap(), &[papers.to_str().unwrap()]);
        let package = make(&papers, &folder, &[]);
        make(&papers, &folder, &[NEXT_VERSION]);
        Built { papers, folder, package, _room: room }
    })
}

/// Makes a package as `make package` does, but quickly compressed.
pub fn make(papers: &Path, folder: &Path, version: &[&str]) -> PathBuf {
    let script = format!("{}/../.ci/package", env!("CARGO_MANIFEST_DIR"));
    let program = console::program();
    let mut arguments = vec!["FAST=1", &script, program.to_str().unwrap(), papers.to_str().unwrap(), folder.to_str().unwrap()];
    arguments.extend(version);
    let said = run::must("env", &arguments);
    PathBuf::from(said.trim())
}
