//! Files as they would be after the changes decided so far. What is read through them sees the new content, so that each change is made
//! where the ones before have left things.

use std::path::Path;

use super::change::{EditRefused, EditedFile, Edits};
use super::reading::{LONGEST, Parser};
use super::settings::Document;
use crate::host::files::FileError;
use crate::host::tree::Tree;

/// Changed files over those of a tree.
pub struct Drafts<'a> {
    tree: &'a Tree,
    files: Vec<EditedFile>,
}

impl<'a> Drafts<'a> {
    /// Nothing changed yet.
    #[must_use]
    pub fn over(tree: &'a Tree) -> Self {
        Self { tree, files: Vec::new() }
    }

    /// The tree below.
    #[must_use]
    pub fn tree(&self) -> &'a Tree {
        self.tree
    }

    /// The content of a file as it would be.
    ///
    /// # Errors
    /// When it is absent, too long, or none.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, FileError> {
        let end = self.tree.follow(path)?.end;
        match self.files.iter().find(|file| file.path == end) {
            Some(file) => Ok(file.after.clone()),
            None => self.tree.read(path, LONGEST),
        }
    }

    /// A file as it would be, taken apart.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn document(&self, path: &Path, parser: Parser) -> Result<Document, EditRefused> {
        let bytes =
            self.read(path).map_err(|error| EditRefused::because(format!("{} cannot be read: {}.", path.display(), error.source)))?;
        Ok(parser(path.to_owned(), bytes))
    }

    /// Gives a file another content. Links are followed: the file they lead to changes.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn put(&mut self, path: &Path, after: Vec<u8>) -> Result<(), EditRefused> {
        let refused = |error: FileError| EditRefused::because(format!("{} cannot be read: {}.", path.display(), error.source));
        let end = self.tree.follow(path).map_err(refused)?.end;
        match self.files.iter_mut().find(|file| file.path == end) {
            Some(file) => file.after = after,
            None => {
                let before = self.tree.read(&end, LONGEST).map_err(refused)?;
                self.files.push(EditedFile { path: end, before, after });
            }
        }
        Ok(())
    }

    /// The files that are other ones in the end.
    #[must_use]
    pub fn finish(self) -> Edits {
        let files = self.files.into_iter().filter(|file| file.before != file.after).collect();
        Edits { files, ..Edits::default() }
    }
}
