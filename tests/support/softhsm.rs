//! SoftHSM with tokens of its own, and a module that makes trouble.

use std::path::{Path, PathBuf};

use crate::run;

/// Where Debian has the library.
pub const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// PIN of the tokens.
pub const PIN: &str = "1234";

/// A directory of tokens that no other test sees.
pub struct SoftHsm {
    directory: tempfile::TempDir,
}

impl SoftHsm {
    /// One with a token of this label.
    pub fn with_token(label: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let tokens = directory.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
        std::fs::write(directory.path().join("softhsm2.conf"), text).unwrap();
        let softhsm = Self { directory };
        softhsm.must("softhsm2-util", &["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678"]);
        softhsm
    }

    /// What goes before a command so that it sees these tokens.
    pub fn wrapper(&self) -> Vec<String> {
        vec!["env".to_owned(), format!("SOFTHSM2_CONF={}", self.directory.path().join("softhsm2.conf").display())]
    }

    /// A program that sees these tokens.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> run::Said {
        let wrapper = self.wrapper();
        run::ask("env", &[&[wrapper[1].as_str(), program], arguments].concat())
    }

    /// The same, and it must succeed.
    pub fn must(&self, program: &str, arguments: &[&str]) -> String {
        let said = self.ask(program, arguments);
        assert!(said.success, "{program} {arguments:?} failed\n{}{}", said.out, said.err);
        said.out
    }
}

/// Builds the module that hangs, dies or loses its token where its parameters say so.
pub fn troublesome_module(directory: &Path) -> PathBuf {
    let library = directory.join("libtroublesome.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../backend/tests/troublesome_module.c");
    run::must("cc", &["-shared", "-fPIC", "-o", library.to_str().unwrap(), source]);
    library
}
