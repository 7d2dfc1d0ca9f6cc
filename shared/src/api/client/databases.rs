//! Databases, their tokens, keys and snapshots.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::conversion::{Conversion, ConversionPreview, ConversionReport};
use crate::api::database::{Database, DatabaseChange, FoundDatabase, NewDatabase, TokenLogin, TokenStatus};
use crate::api::files::{FilesChange, FilesChanged, FilesReport};
use crate::api::job::Job;
use crate::api::key::{CreatedKey, Key, NewKey};
use crate::api::merge::{Merge, MergeReport};
use crate::api::paths;
use crate::api::snapshot::{Restored, Snapshot};
use crate::glass::{Action, CommandLines};

impl<T: Transport> Client<T> {
    /// `GET /databases`: the registered databases.
    pub async fn databases(&self) -> Result<Vec<Database>, ClientError> {
        self.get(paths::DATABASES).await
    }

    /// `POST /databases`: creates, registers or converts.
    pub async fn add_database(&self, database: &NewDatabase) -> Result<Database, ClientError> {
        self.value(Request::new(Method::Post, paths::DATABASES).json(database)).await
    }

    /// `GET /databases/{database}`.
    pub async fn database(&self, id: &str) -> Result<Database, ClientError> {
        self.get(paths::database(id)).await
    }

    /// `PATCH /databases/{database}`: renames it for people.
    pub async fn change_database(&self, id: &str, change: &DatabaseChange) -> Result<Database, ClientError> {
        self.value(Request::new(Method::Patch, paths::database(id)).json(change)).await
    }

    /// `DELETE /databases/{database}`: forgets it; nothing on disk changes.
    pub async fn forget_database(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::database(id))).await
    }

    /// `GET /found-databases?directory=…`: what lies in a directory of the server.
    pub async fn found_databases_in(&self, directory: &str) -> Result<Vec<FoundDatabase>, ClientError> {
        self.value(Request::new(Method::Get, paths::FOUND_DATABASES).query("directory", directory)).await
    }

    /// `GET /found-databases`: what lies in the usual places of this host.
    pub async fn found_databases(&self) -> Result<Vec<FoundDatabase>, ClientError> {
        self.get(paths::FOUND_DATABASES).await
    }

    /// `GET …/conversion`: what a database of the old format holds.
    pub async fn conversion_preview(&self, id: &str) -> Result<ConversionPreview, ClientError> {
        self.get(paths::of_database(id, "conversion")).await
    }

    /// `POST …/conversion`: makes the files of the current format beside the old ones, and tells what came over.
    pub async fn convert(&self, id: &str, conversion: &Conversion) -> Result<ConversionReport, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "conversion")).json(conversion)).await
    }

    /// `POST …/merge`: takes over what is in another database; a preview tells what would happen.
    pub async fn merge(&self, id: &str, merge: &Merge, preview: bool) -> Result<MergeReport, ClientError> {
        let mut request = Request::new(Method::Post, paths::of_database(id, "merge")).json(merge);
        if preview {
            request = request.query("preview", "true");
        }
        self.value(request).await
    }

    /// The same as a job, whose `result` becomes the report.
    pub async fn merge_as_job(&self, id: &str, merge: &Merge) -> Result<Job, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "merge")).json(merge).header("prefer", "respond-async")).await
    }

    /// `GET …/files`: owners and modes of the files, and who has them open.
    pub async fn files(&self, id: &str) -> Result<FilesReport, ClientError> {
        self.get(paths::of_database(id, "files")).await
    }

    /// `PATCH …/files`: another owner, group or mode; a preview tells what would happen.
    pub async fn change_files(&self, id: &str, change: &FilesChange, preview: bool) -> Result<FilesChanged, ClientError> {
        let mut request = Request::new(Method::Patch, paths::of_database(id, "files")).json(change);
        if preview {
            request = request.query("preview", "true");
        }
        self.value(request).await
    }

    /// `POST …/command-lines`: the command lines that an operation stands for.
    pub async fn command_lines(&self, id: &str, action: &Action) -> Result<CommandLines, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "command-lines")).json(action)).await
    }

    /// `POST /api/v1/command-lines`: the same for what is done to no database.
    pub async fn console_command_lines(&self, action: &Action) -> Result<CommandLines, ClientError> {
        self.value(Request::new(Method::Post, paths::COMMAND_LINES).json(action)).await
    }

    /// `POST …/tokens/{token}/login`: unlocks a token.
    pub async fn unlock(&self, id: &str, token: &str, login: &TokenLogin) -> Result<TokenStatus, ClientError> {
        self.value(Request::new(Method::Post, paths::token_login(id, token)).json(login)).await
    }

    /// `DELETE …/tokens/{token}/login`: locks a token.
    pub async fn lock(&self, id: &str, token: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::token_login(id, token))).await
    }

    /// `GET …/keys`: private keys with what belongs to them.
    pub async fn keys(&self, id: &str) -> Result<Vec<Key>, ClientError> {
        self.get(paths::of_database(id, "keys")).await
    }

    /// `POST …/keys`: makes a key pair in the token.
    pub async fn create_key(&self, id: &str, key: &NewKey) -> Result<CreatedKey, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "keys")).json(key)).await
    }

    /// `GET …/keys/{key}`: one key.
    pub async fn key(&self, id: &str, key_id: &str) -> Result<Key, ClientError> {
        self.get(paths::key(id, key_id)).await
    }

    /// `DELETE …/keys/{key}`.
    pub async fn delete_key(&self, id: &str, key_id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::key(id, key_id))).await
    }

    /// `GET …/snapshots`: the newest first.
    pub async fn snapshots(&self, id: &str) -> Result<Vec<Snapshot>, ClientError> {
        self.get(paths::of_database(id, "snapshots")).await
    }

    /// `POST …/snapshots/{snapshot}/restoration`: puts the database back; the answer names the way forth again.
    pub async fn restore(&self, id: &str, snapshot: &str) -> Result<Restored, ClientError> {
        self.value(Request::new(Method::Post, paths::restoration(id, snapshot))).await
    }
}
