//! Who may do what: rights, the roles that bring them, and where a role counts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most grants of an account or a token.
pub const MOST_GRANTS: usize = 100;

/// Something that a caller may do or may not. Every operation of the REST interface needs one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Look at what is there. Keys and passwords are nowhere to be seen.
    Look,
    /// Change databases: keys, requests, imports, trust, names, export of keys, restoring a snapshot.
    Prepare,
    /// Change what services serve: bindings, plans, deployments.
    Deploy,
    /// Probe endpoints at once, name, pause and snooze them.
    Watch,
    /// Read the audit log.
    Audit,
    /// Everything about the console itself and this host: accounts, API tokens, databases, modules, services, channels, settings.
    Administrate,
}

impl Right {
    /// All.
    pub const ALL: [Self; 6] = [Self::Look, Self::Prepare, Self::Deploy, Self::Watch, Self::Audit, Self::Administrate];

    /// In one word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Prepare => "prepare",
            Self::Deploy => "deploy",
            Self::Watch => "watch",
            Self::Audit => "audit",
            Self::Administrate => "administrate",
        }
    }
}

/// A bundle of rights with a name. Each looks at what it is granted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks, and changes nothing.
    Viewer,
    /// Changes databases: keys, requests, imports, trust; watches endpoints.
    Operator,
    /// Changes what services serve; watches endpoints.
    Deployer,
    /// Reads the audit log.
    Auditor,
    /// Everything, everywhere.
    Administrator,
}

impl Role {
    /// All, those with less first.
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Operator, Self::Deployer, Self::Auditor, Self::Administrator];

    /// As it stands in JSON and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Deployer => "deployer",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// Whether it brings this right.
    #[must_use]
    pub fn allows(self, right: Right) -> bool {
        match self {
            Self::Viewer => right == Right::Look,
            Self::Operator => matches!(right, Right::Look | Right::Prepare | Right::Watch),
            Self::Deployer => matches!(right, Right::Look | Right::Deploy | Right::Watch),
            Self::Auditor => matches!(right, Right::Look | Right::Audit),
            Self::Administrator => true,
        }
    }

    /// The role that has nothing beyond either.
    fn meet(self, other: Self) -> Self {
        match (self, other) {
            (Self::Administrator, role) | (role, Self::Administrator) => role,
            (one, other) if one == other => one,
            _ => Self::Viewer,
        }
    }
}

/// What something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// The console itself, or everything it has.
    Console,
    /// A database, by its identifier.
    Database(&'a str),
    /// A service with its endpoints, by its identifier.
    Service(&'a str),
}

/// A role, everywhere or for one database or service. As text: `operator`, `operator@database:ID`, `deployer@service:ID`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Only for the database of this identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Only for the service of this identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl Grant {
    /// A role everywhere.
    #[must_use]
    pub fn everywhere(role: Role) -> Self {
        Self { role, database: None, service: None }
    }

    /// A role for one database.
    #[must_use]
    pub fn for_database(role: Role, id: impl Into<String>) -> Self {
        Self { role, database: Some(id.into()), service: None }
    }

    /// A role for one service.
    #[must_use]
    pub fn for_service(role: Role, id: impl Into<String>) -> Self {
        Self { role, database: None, service: Some(id.into()) }
    }

    /// What it is for.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        match (&self.database, &self.service) {
            (Some(id), _) => Subject::Database(id),
            (None, Some(id)) => Subject::Service(id),
            (None, None) => Subject::Console,
        }
    }

    /// Why there can be no such grant.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        match (self.role, &self.database, &self.service) {
            (_, Some(_), Some(_)) => Some("names a database and a service; make a grant for each"),
            (Role::Administrator, Some(_), _) | (Role::Administrator, _, Some(_)) => {
                Some("is for one thing, and an administrator is one everywhere: a module or a restart line reaches the whole host")
            }
            (Role::Auditor, _, Some(_)) => {
                Some("is for a service, by which the log is not kept apart; grant it for databases or everywhere")
            }
            _ => None,
        }
    }

    fn covers(&self, subject: Subject<'_>) -> bool {
        self.subject() == Subject::Console || self.subject() == subject
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        let role = self.role.meet(other.role);
        match (self.covers(other.subject()), other.covers(self.subject())) {
            (true, _) => Some(Self { role, ..other.clone() }),
            (false, true) => Some(Self { role, ..self.clone() }),
            (false, false) => None,
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str(self.role.name())?;
        match self.subject() {
            Subject::Console => Ok(()),
            Subject::Database(id) => write!(text, "@database:{id}"),
            Subject::Service(id) => write!(text, "@service:{id}"),
        }
    }
}

/// A grant's text is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no grant; write viewer, operator, deployer, auditor or administrator, and @database:ID or @service:ID behind it where it is for one alone"
)]
pub struct NoGrant;

impl FromStr for Grant {
    type Err = NoGrant;

    fn from_str(text: &str) -> Result<Self, NoGrant> {
        let (name, place) = text.split_once('@').map_or((text, None), |(name, place)| (name, Some(place)));
        let role = Role::ALL.into_iter().find(|role| role.name() == name).ok_or(NoGrant)?;
        match place.map(|place| place.split_once(':')) {
            None => Ok(Self::everywhere(role)),
            Some(Some(("database", id))) if !id.is_empty() => Ok(Self::for_database(role, id)),
            Some(Some(("service", id))) if !id.is_empty() => Ok(Self::for_service(role, id)),
            Some(_) => Err(NoGrant),
        }
    }
}

/// All that somebody was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Grants(pub Vec<Grant>);

impl Grants {
    /// One role, everywhere.
    #[must_use]
    pub fn everywhere(role: Role) -> Self {
        Self(vec![Grant::everywhere(role)])
    }

    /// Whether something may be done to something.
    #[must_use]
    pub fn may(&self, right: Right, subject: Subject<'_>) -> bool {
        self.0.iter().any(|grant| grant.role.allows(right) && grant.covers(subject))
    }

    /// Whether it may be done to anything at all.
    #[must_use]
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.0.iter().any(|grant| grant.role.allows(right))
    }

    /// Whether something is to be seen.
    #[must_use]
    pub fn see(&self, subject: Subject<'_>) -> bool {
        self.may(Right::Look, subject)
    }

    /// Whether whoever has these may give that one to somebody else.
    #[must_use]
    pub fn include(&self, grant: &Grant) -> bool {
        Right::ALL.into_iter().filter(|right| grant.role.allows(*right)).all(|right| self.may(right, grant.subject()))
    }

    /// What both allow, and nothing beyond: what a token may do whose maker may do less by now.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        for grant in self.0.iter().flat_map(|one| other.0.iter().filter_map(|two| one.meet(two))) {
            if !both.contains(&grant) {
                both.push(grant);
            }
        }
        Self(both)
    }
}

impl fmt::Display for Grants {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, grant) in self.0.iter().enumerate() {
            write!(text, "{}{grant}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(text: &str) -> Grants {
        Grants(text.split(", ").map(|grant| grant.parse().unwrap()).collect())
    }

    #[test]
    fn a_grant_is_read_as_it_is_written() {
        for text in ["viewer", "operator@database:3f", "deployer@service:web", "administrator"] {
            assert_eq!(text.parse::<Grant>().unwrap().to_string(), text);
        }
        for wrong in ["", "admin", "operator@", "operator@database", "operator@database:", "operator@host:web"] {
            assert_eq!(wrong.parse::<Grant>(), Err(NoGrant), "{wrong}");
        }
        assert_eq!(
            serde_json::to_string(&grants("viewer, operator@database:3f")).unwrap(),
            r#"[{"role":"viewer"},{"role":"operator","database":"3f"}]"#
        );
    }

    #[test]
    fn a_grant_for_one_thing_reaches_no_other() {
        let some = grants("operator@database:mail, deployer@service:web");
        assert!(some.may(Right::Prepare, Subject::Database("mail")) && some.may(Right::Deploy, Subject::Service("web")));
        for (right, subject) in [
            (Right::Prepare, Subject::Database("other")),
            (Right::Prepare, Subject::Service("mail")),
            (Right::Prepare, Subject::Console),
            (Right::Deploy, Subject::Database("mail")),
            (Right::Look, Subject::Console),
            (Right::Audit, Subject::Database("mail")),
        ] {
            assert!(!some.may(right, subject), "{right:?} {subject:?}");
        }
        assert!(grants("operator").may(Right::Prepare, Subject::Database("any")));
    }

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        let operator = grants("operator@database:mail");
        assert!(operator.include(&"viewer@database:mail".parse().unwrap()));
        for more in ["viewer", "operator", "deployer@database:mail", "operator@database:other", "auditor@database:mail"] {
            assert!(!operator.include(&more.parse().unwrap()), "{more}");
        }
        assert!(grants("operator, deployer").include(&"operator@service:web".parse().unwrap()));
    }

    #[test]
    fn what_two_allow_is_never_more_than_either() {
        let all =
            ["viewer", "operator@database:a", "deployer@service:s", "auditor@database:a", "administrator", "operator, deployer@database:a"];
        let subjects = [Subject::Console, Subject::Database("a"), Subject::Database("b"), Subject::Service("s")];
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (grants(one), grants(other)))) {
            let both = one.meet(&other);
            for (right, subject) in Right::ALL.into_iter().flat_map(|right| subjects.map(|subject| (right, subject))) {
                assert!(!both.may(right, subject) || (one.may(right, subject) && other.may(right, subject)), "{one} {other} {right:?}");
            }
            assert_eq!(one.meet(&one).0.iter().filter(|grant| one.0.contains(grant)).count(), one.0.len(), "{one}");
        }
        assert_eq!(grants("administrator").meet(&grants("operator@database:a")), grants("operator@database:a"));
    }

    #[test]
    fn administrators_are_such_everywhere() {
        assert!(Grant::for_database(Role::Administrator, "a").fault().is_some());
        assert!(Grant::for_service(Role::Auditor, "s").fault().is_some());
        assert!(Grant { database: Some("a".into()), ..Grant::for_service(Role::Viewer, "s") }.fault().is_some());
        assert_eq!(Grant::for_database(Role::Auditor, "a").fault(), None);
    }
}
