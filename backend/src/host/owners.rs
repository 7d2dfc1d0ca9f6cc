//! Users and groups of the machine. The files are read first; what is not in them is asked of `getent`, which knows directories
//! such as LDAP as well.

use std::path::Path;
use std::time::Duration;

use super::files::Owner;
use super::process;

/// The user the console runs as.
#[must_use]
pub fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// User and group the console runs as.
#[must_use]
pub fn own() -> Owner {
    Owner { user: own_user(), group: rustix::process::getegid().as_raw() }
}

/// Name of a user.
#[must_use]
pub fn user_name(user: u32) -> Option<String> {
    line("passwd", |fields| fields.get(2) == Some(&user.to_string().as_str()), &user.to_string())?.into_iter().next()
}

/// Name of a group.
#[must_use]
pub fn group_name(group: u32) -> Option<String> {
    line("group", |fields| fields.get(2) == Some(&group.to_string().as_str()), &group.to_string())?.into_iter().next()
}

/// A user by name, with the primary group.
#[must_use]
pub fn user_by_name(name: &str) -> Option<Owner> {
    let fields = line("passwd", |fields| fields.first() == Some(&name), name)?;
    Some(Owner { user: fields.get(2)?.parse().ok()?, group: fields.get(3)?.parse().ok()? })
}

/// A group by name.
#[must_use]
pub fn group_by_name(name: &str) -> Option<u32> {
    line("group", |fields| fields.first() == Some(&name), name)?.get(2)?.parse().ok()
}

/// All groups of a user, those of directories such as LDAP included.
#[must_use]
pub fn groups_of(name: &str) -> Vec<u32> {
    if name.is_empty() || name.starts_with('-') {
        return Vec::new();
    }
    // `NAME  GROUP GROUP …`
    let output = process::run_blocking(Path::new("getent"), &["initgroups", name], Duration::from_secs(5));
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split_whitespace().skip(1).filter_map(|group| group.parse().ok()).collect()
}

fn line(table: &str, wanted: impl Fn(&[&str]) -> bool, key: &str) -> Option<Vec<String>> {
    let pick = |text: &str| {
        text.lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| wanted(fields))
            .map(|fields| fields.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let file = std::fs::read_to_string(Path::new("/etc").join(table)).unwrap_or_default();
    pick(&file).or_else(|| {
        // A name that begins with a dash would be read as an option.
        if key.is_empty() || key.starts_with('-') || key.contains(['\0', ':', '\n']) {
            return None;
        }
        let output = process::run_blocking(Path::new("getent"), &[table, key], Duration::from_secs(5)).ok()?;
        pick(&String::from_utf8_lossy(&output.stdout))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_known_by_name_and_by_number() {
        assert_eq!(user_by_name("root"), Some(Owner { user: 0, group: 0 }));
        assert_eq!(user_name(0).as_deref(), Some("root"));
        assert_eq!(group_name(0).as_deref(), Some("root"));
        assert_eq!(group_by_name("root"), Some(0));
    }

    #[test]
    fn a_name_that_nobody_has_is_absent() {
        assert_eq!(user_by_name("certdeck-nobody-has-this"), None);
        assert_eq!(user_by_name("--help"), None);
    }
}
