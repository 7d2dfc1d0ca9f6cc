//! The password files beside a database, and what is wrong with them.

use certdeck_shared::api::password::{PasswordFile, PasswordReport};
use certdeck_shared::password_file::{self, Facts, NSS_INTERNAL, TokenFacts};

use super::super::error::OperationError;
use super::super::open::blocking;
use super::super::operation::Operation;
use super::files::{self, Candidate};
use crate::host;
use crate::nss::password_journal;
use crate::token::{Secret, TokenError};

impl Operation {
    /// The password files beside the database.
    ///
    /// # Errors
    /// When the token cannot be asked.
    pub async fn password_report(&self) -> Result<PasswordReport, OperationError> {
        let database = &self.database;
        let (location, markers) = (database.location.clone(), database.snapshots.directory().to_owned());
        let (candidates, owner, unfinished) = blocking(move || {
            let keys = ["key4.db", "key3.db"].into_iter().find_map(|name| host::files::attributes(&location.file(name)).ok());
            let owner = keys.map(|found| found.user_name()).unwrap_or_default();
            (files::beside(location.directory()), owner, password_journal::pending(&markers).ok().flatten())
        })
        .await?;
        let set = database.token.status().await?.login_required;
        let tokens = self.tokens_with_login().await;
        let mut listed = Vec::new();
        for candidate in candidates {
            let opens = self.opens(&candidate, set).await;
            // A file of another name is a password file if it opens the database, or names its token.
            if candidate.usual || opens == Some(true) {
                listed.push(describe(&candidate, opens, &owner, &tokens));
            }
        }
        Ok(PasswordReport {
            set,
            files: listed,
            unfinished_change: unfinished.map(|pending| {
                let names: Vec<String> = pending.files.iter().map(|path| path.display().to_string()).collect();
                format!(
                    "A change of the password was cut short; it is completed or taken back for {} when the database can be opened.",
                    names.join(", ")
                )
            }),
        })
    }

    async fn opens(&self, candidate: &Candidate, set: bool) -> Option<bool> {
        let text = candidate.text.as_deref()?;
        let password = password_file::internal_password(text)?;
        let named = password_file::lines(text, candidate.format).any(|line| line.is_internal());
        // Many a small file lies about; only one with a single line can be a password.
        if !candidate.usual && !named && text.lines().filter(|line| !line.is_empty()).count() != 1 {
            return None;
        }
        if !set {
            return Some(password.is_empty());
        }
        match self.database.token.verify_password(&Secret::new(password)).await {
            Ok(()) => Some(true),
            Err(TokenError::PinIncorrect) => Some(false),
            Err(_) => None,
        }
    }

    /// Tokens of other modules that need a login.
    async fn tokens_with_login(&self) -> Vec<TokenFacts> {
        let tokens = self.tokens().await.unwrap_or_default();
        let theirs =
            tokens.into_iter().filter(|token| token.id != super::super::login::INTERNAL && token.login_required && token.initialized);
        theirs.map(|token| TokenFacts { label: token.label, module: token.module }).collect()
    }
}

fn describe(candidate: &Candidate, opens: Option<bool>, database_owner: &str, tokens: &[TokenFacts]) -> PasswordFile {
    let text = candidate.text.as_deref().map(String::as_str);
    let owner = candidate.attributes.user_name();
    let facts = Facts {
        name: &candidate.name,
        text,
        format: candidate.format,
        mode: candidate.attributes.mode,
        owner: &owner,
        database_owner,
        tokens,
        opens,
    };
    let named = |text: &str| {
        let lines = password_file::lines(text, candidate.format);
        lines.filter_map(|line| line.token.map(str::to_owned)).collect()
    };
    let internal = text.and_then(password_file::internal_password);
    PasswordFile {
        path: candidate.path.display().to_string(),
        format: candidate.format,
        group: candidate.attributes.group_name(),
        mode: format!("{:04o}", candidate.attributes.mode),
        tokens: text.map(named).unwrap_or_default(),
        opens,
        for_certutil: opens == Some(true) && text.and_then(|text| password_file::certutil_takes(text, NSS_INTERNAL)) == internal,
        findings: password_file::lint(&facts),
        owner,
    }
}
