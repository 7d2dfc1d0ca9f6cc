//! Making a database: directory, token, password files; or nothing of all that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use certdeck_shared::api::database::{DatabaseFormat, NewDatabase, PasswordFiles};

use super::error::OperationError;
use super::files::{directory_mode, group_named, user_named};
use super::open::OpenDatabase;
use super::password::check_quality;
use super::{Databases, blocking, path};
use crate::host::files::{self, Owner};
use crate::host::owners;
use crate::nss::location::Location;
use crate::nss::{modules_file, password_files, recognise};
use crate::token::{Secret, TokenHandle};

/// What is to be made, checked.
struct Plan {
    directory: PathBuf,
    label: String,
    password: Secret,
    owner: Option<Owner>,
    directory_mode: u32,
    password_files: PasswordFiles,
}

/// What this call made, to be taken away again if it fails.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    directories: Vec<PathBuf>,
}

impl Made {
    fn undo(&self) {
        for file in self.files.iter().rev() {
            let _ = std::fs::remove_file(file);
        }
        for directory in &self.directories {
            // Only when it is empty: what somebody else put there stays.
            let _ = std::fs::remove_dir(directory);
        }
    }
}

impl Databases {
    pub(super) async fn create(&self, new: NewDatabase) -> Result<Arc<OpenDatabase>, OperationError> {
        let plan = blocking(move || check(new)).await??;
        self.make(plan, false).await
    }

    /// The console's own, in its data directory.
    pub(super) async fn create_embedded(&self, directory: PathBuf, password: Secret) -> Result<Arc<OpenDatabase>, OperationError> {
        let password_files = PasswordFiles::default();
        let plan = Plan { directory, label: "This console".to_owned(), password, owner: None, directory_mode: 0o700, password_files };
        self.make(plan, true).await
    }

    async fn make(&self, plan: Plan, embedded: bool) -> Result<Arc<OpenDatabase>, OperationError> {
        let mut made = Made::default();
        let result = self.make_all(&plan, &mut made, embedded).await;
        if result.is_err() {
            made.undo();
        }
        result
    }

    async fn make_all(&self, plan: &Plan, made: &mut Made, embedded: bool) -> Result<Arc<OpenDatabase>, OperationError> {
        make_directory(plan, made)?;
        let directory = path::existing(&path::text(&plan.directory)?)?;
        let location = Location::from(&directory);
        self.refuse_registered(&location)?;
        refuse_database(&directory)?;
        // From here on the files are ours: none of them was there.
        made.files.extend(["cert9.db", "key4.db", modules_file::NAME].map(|name| directory.join(name)));
        let token = TokenHandle::new(self.environment.worker(&directory, DatabaseFormat::Sql));
        let created = token.create(&plan.password).await;
        let _ = token.close().await;
        created?;
        finish_files(plan, &directory, made)?;
        let database = self.remember(&location, plan.label.clone(), DatabaseFormat::Sql, embedded).await?;
        // Whoever has just chosen the password need not type it again.
        if let Err(error) = database.unlock(&plan.password).await {
            tracing::warn!(database.id, %error, "the new database could not be unlocked");
        }
        Ok(database)
    }
}

fn check(new: NewDatabase) -> Result<Plan, OperationError> {
    let NewDatabase::Create { path, label, password, owner, group, mode, password_files, accept_weak_password } = new else {
        return Err(OperationError::BrokeOff);
    };
    let directory = path::given(&path)?;
    let label = path::label(label, &Location::from(&directory))?;
    check_quality(&password, &label, accept_weak_password, "/password")?;
    let owner = match (owner.filter(|name| !name.is_empty()), group.filter(|name| !name.is_empty())) {
        (None, None) => None,
        (user, group) => {
            let mut wanted = user.map(|name| user_named(&name)).transpose()?.unwrap_or_else(owners::own);
            if let Some(name) = group {
                wanted.group = group_named(&name)?;
            }
            Some(wanted)
        }
    };
    let directory_mode = mode.filter(|mode| !mode.is_empty()).map_or(Ok(0o700), |mode| directory_mode(&mode))?;
    Ok(Plan { directory, label, password: password.into(), owner, directory_mode, password_files })
}

fn make_directory(plan: &Plan, made: &mut Made) -> Result<(), OperationError> {
    match std::fs::metadata(&plan.directory) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => return Err(OperationError::invalid("/path", format!("{} is not a directory.", plan.directory.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(files::FileError { action: "look at", path: plan.directory.clone(), source }.into()),
    }
    let missing: Vec<&Path> = plan.directory.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    for directory in missing.iter().rev() {
        let mode = if **directory == plan.directory { plan.directory_mode } else { 0o755 };
        files::make_directory(directory, mode)?;
        made.directories.insert(0, (*directory).to_owned());
    }
    Ok(())
}

fn refuse_database(directory: &Path) -> Result<(), OperationError> {
    let contents = recognise::contents(directory)?;
    let password_files = [password_files::PLAIN, password_files::SSLPASSWORD];
    let present = contents
        .present
        .first()
        .copied()
        .or_else(|| password_files.into_iter().find(|name| directory.join(name).symlink_metadata().is_ok()));
    match present {
        Some(file) => Err(OperationError::DatabaseExists { path: directory.display().to_string(), file: file.to_owned() }),
        None => Ok(()),
    }
}

fn finish_files(plan: &Plan, directory: &Path, made: &mut Made) -> Result<(), OperationError> {
    let file_mode = plan.directory_mode & 0o666;
    let owner = plan.owner.filter(|owner| *owner != owners::own());
    let modules = directory.join(modules_file::NAME);
    if !modules.exists() {
        files::create_new(&modules, modules_file::internal_only(directory).as_bytes(), file_mode, owner)?;
    }
    for name in ["cert9.db", "key4.db", modules_file::NAME] {
        let path = directory.join(name);
        if let Some(owner) = owner {
            files::set_owner(&path, owner)?;
        }
        files::set_mode(&path, file_mode)?;
    }
    let contents = [
        (plan.password_files.plain, password_files::PLAIN, password_files::plain(plan.password.reveal())),
        (plan.password_files.sslpassword_conf, password_files::SSLPASSWORD, password_files::sslpassword_conf(plan.password.reveal())),
    ];
    for (wanted, name, content) in contents {
        if wanted {
            let path = directory.join(name);
            files::create_new(&path, content.as_bytes(), 0o600, owner)?;
            made.files.push(path);
        }
    }
    if let Some(owner) = owner {
        // Only directories of ours change hands.
        if made.directories.iter().any(|made| made == directory || made == &plan.directory) {
            files::set_owner(directory, owner)?;
        }
    }
    files::sync_directory(directory)?;
    Ok(())
}
