//! Making, changing and removing accounts.

use certdeck_shared::api::account::{NewUser, User, UserChange};
use certdeck_shared::api::role::{Grants, Right, Subject};
use certdeck_shared::glass::Action;
use certdeck_shared::password;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::passwords::Trouble;
use super::{Access, AccountError, Accounts, Credential, LOCAL_ADMINISTRATOR};
use crate::domain::command_lines::of_console;
use crate::state::{AuditDraft, StateError, UserRecord};

/// Who changes accounts and API tokens.
pub enum Actor<'a> {
    /// Somebody over REST.
    Caller(&'a Access),
    /// Whoever may run the program as the owner of the data directory.
    LocalAdministrator,
}

impl Actor<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Caller(access) => &access.actor,
            Self::LocalAdministrator => LOCAL_ADMINISTRATOR,
        }
    }

    /// The account that answers for what is done.
    pub(super) fn account(&self) -> &str {
        match self {
            Self::Caller(access) => &access.account,
            Self::LocalAdministrator => LOCAL_ADMINISTRATOR,
        }
    }

    /// When a token that calls ends.
    pub(super) fn ends_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Caller(access) if matches!(access.credential, Credential::ApiToken { .. }) => access.expires_at,
            Self::Caller(_) | Self::LocalAdministrator => None,
        }
    }
}

impl Accounts {
    /// All accounts, by name.
    pub async fn users(&self) -> Result<Vec<User>, AccountError> {
        Ok(self.store.users().list().await?)
    }

    /// Makes an account.
    pub async fn add_user(&self, actor: &Actor<'_>, new: NewUser) -> Result<User, AccountError> {
        let body = NewUser { user_name: new.user_name.clone(), password: String::new(), grants: new.grants.clone() };
        let draft = AuditDraft::success(actor.name(), "user.create")
            .subject(shortened(&new.user_name))
            .after(json!({"grants": new.grants}))
            .standing_for(of_console(&Action::CreateUser { body }));
        let outcome = self.try_add_user(actor, new, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_add_user(&self, actor: &Actor<'_>, new: NewUser, draft: AuditDraft) -> Result<User, AccountError> {
        self.check_grants(actor, &new.grants).await?;
        let record = self.new_record(&new.user_name, Zeroizing::new(new.password), new.grants).await?;
        let user = record.user.clone();
        self.store.users().insert(record, draft).await.map_err(|error| match error {
            StateError::Exists => AccountError::Exists,
            other => other.into(),
        })?;
        Ok(user)
    }

    /// Changes password or grants of an account.
    pub async fn change_user(&self, actor: &Actor<'_>, user_name: &str, change: UserChange) -> Result<User, AccountError> {
        let before = self.store.users().by_name(user_name).await?.ok_or(AccountError::NotFound("account"))?;
        // The lines ask only whether there are passwords.
        let present = |password: &Option<String>| password.as_ref().map(|_| String::new());
        let (password, current_password) = (present(&change.password), present(&change.current_password));
        let body = UserChange { password, current_password, grants: change.grants.clone() };
        let lines = of_console(&Action::ChangeUser { user_name: before.user.user_name.clone(), body });
        let draft = AuditDraft::success(actor.name(), "user.change")
            .standing_for(lines)
            .subject(&before.user.user_name)
            .before(json!({"grants": before.user.grants}))
            .after(json!({"grants": change.grants.as_ref().unwrap_or(&before.user.grants), "password_changed": change.password.is_some()}));
        let outcome = self.try_change_user(actor, &before, change, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_change_user(
        &self,
        actor: &Actor<'_>,
        before: &UserRecord,
        change: UserChange,
        draft: AuditDraft,
    ) -> Result<User, AccountError> {
        let user_name = &before.user.user_name;
        let current = change.current_password.map(Zeroizing::new);
        let password = change.password.map(Zeroizing::new);
        let mut keep = None;
        if let Actor::Caller(access) = actor {
            let oneself = matches!(access.credential, Credential::Session(_)) && access.account == *user_name;
            if !access.grants.may(Right::Administrate, Subject::Console) && (!oneself || change.grants.is_some()) {
                return Err(AccountError::ScopeInsufficient("only an administrator changes other accounts, and grants".to_owned()));
            }
            // Whoever changes their own password proves who they are by the present one.
            if !oneself || change.grants.is_some() {
                access.confirmed(self.store.clock().now())?;
            }
            if let (true, Some(_), Credential::Session(hash)) = (oneself, &password, &access.credential) {
                let current = current.ok_or_else(|| AccountError::Invalid {
                    pointer: "/current_password",
                    message: "missing; your present password is needed to change it".to_owned(),
                })?;
                let attempt = self.attempt(user_name, None)?;
                self.check_password(current, Some(before.password_hash.clone())).await?;
                self.right(&attempt);
                keep = Some(*hash);
            }
        }
        if let Some(grants) = &change.grants {
            self.check_grants(actor, grants).await?;
        }
        // Judged before anything is written, so that a refusal changes nothing.
        let hash = match password {
            Some(password) => Some(self.checked_hash(password, user_name).await?),
            None => None,
        };
        if !self.store.users().change(user_name, change.grants, hash, keep, draft).await? {
            return Err(AccountError::LastAdministrator);
        }
        Ok(self.store.users().by_name(user_name).await?.ok_or(AccountError::NotFound("account"))?.user)
    }

    /// Removes an account with its sessions and API tokens.
    pub async fn remove_user(&self, actor: &Actor<'_>, user_name: &str) -> Result<(), AccountError> {
        let user = self.store.users().by_name(user_name).await?.ok_or(AccountError::NotFound("account"))?.user;
        let draft = AuditDraft::success(actor.name(), "user.remove").subject(&user.user_name).before(json!({"grants": user.grants}));
        let draft = draft.standing_for(of_console(&Action::RemoveUser { user_name: user.user_name.clone() }));
        let removed = self.store.users().remove(&user.user_name, draft.clone()).await?;
        let outcome = if removed { Ok(()) } else { Err(AccountError::LastAdministrator) };
        self.record_refusal(draft, outcome).await
    }

    pub(super) async fn new_record(
        &self,
        user_name: &str,
        password: Zeroizing<String>,
        grants: Grants,
    ) -> Result<UserRecord, AccountError> {
        check_name(user_name)?;
        let password_hash = self.checked_hash(password, user_name).await?;
        let created_at = self.store.clock().now();
        Ok(UserRecord { user: User { user_name: user_name.to_owned(), grants, created_at, last_sign_in_at: None }, password_hash })
    }

    async fn checked_hash(&self, password: Zeroizing<String>, user_name: &str) -> Result<String, AccountError> {
        if let Some(weakness) = password::weakness(&password, user_name) {
            return Err(AccountError::PasswordWeak(weakness));
        }
        self.passwords.hash(password).await.map_err(|trouble| match trouble {
            Trouble::Crowded => AccountError::TooManyAttempts { wait: Duration::seconds(2) },
            Trouble::Hash(error) => AccountError::Hashing(error),
        })
    }
}

fn check_name(user_name: &str) -> Result<(), AccountError> {
    let length = user_name.chars().count();
    let message = if length == 0 || length > 64 {
        format!("has {length} characters; 1 to 64 are allowed")
    } else if user_name.trim() != user_name || user_name.contains(|character: char| character.is_control() || character == ':') {
        "has a space at an end, a colon or a control character; leave it out".to_owned()
    } else if ["console", LOCAL_ADMINISTRATOR].contains(&user_name.to_lowercase().as_str()) {
        "stands for the console itself in the audit log; choose another".to_owned()
    } else {
        return Ok(());
    };
    Err(AccountError::Invalid { pointer: "/user_name", message })
}

/// A refused name of any length is not kept whole.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}
