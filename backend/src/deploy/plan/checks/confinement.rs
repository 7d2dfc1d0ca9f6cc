//! The rules of an AppArmor profile (apparmor.d(5)), as far as they are about reading files.

/// Whether the rules let a file be read; nothing when no rule that is understood is about it. What is denied is denied whatever else is
/// allowed.
#[must_use]
pub fn allows(rules: &str, path: &str) -> Option<bool> {
    let mut allowed = None;
    for line in rules.lines() {
        let Some((pattern, denies)) = rule(line) else { continue };
        if matches(&pattern, path) {
            if denies {
                return Some(false);
            }
            allowed = Some(true);
        }
    }
    allowed
}

/// The pattern of a rule about reading, and whether it denies: `[audit] [deny] [owner] [file] PATH PERMISSIONS,`.
fn rule(line: &str) -> Option<(String, bool)> {
    let line = line.split('#').next()?.trim().strip_suffix(',')?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let denies = words.contains(&"deny");
    let mut rest = words.into_iter().skip_while(|word| matches!(*word, "audit" | "deny" | "allow" | "owner" | "file"));
    let (path, permissions) = (rest.next()?.trim_matches('"'), rest.next()?);
    let reads = permissions.bytes().all(|letter| b"rwaklmixucpCPUd".contains(&letter)) && permissions.contains('r');
    // What begins with a variable is not known here.
    (path.starts_with(['/', '{']) && reads && !path.contains("@{")).then(|| (path.to_owned(), denies))
}

/// `*` and `?` stop at slashes, `**` does not, `{a,b}` are alternatives, `[ab]` is one letter.
fn matches(pattern: &str, path: &str) -> bool {
    alternatives(pattern).iter().any(|pattern| fits(pattern.as_bytes(), path.as_bytes()))
}

/// A pattern without braces, once for each choice.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![pattern.to_owned()] };
    // Braces in braces are rare enough not to be understood.
    if choices.contains('{') {
        return Vec::new();
    }
    choices.split(',').flat_map(|choice| alternatives(&[before, choice, after].concat())).take(1_000).collect()
}

fn fits(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => path.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=path.len()).any(|end| path.get(end..).is_some_and(|path| fits(rest, path))),
        [b'*', rest @ ..] => {
            let longest = path.iter().position(|octet| *octet == b'/').unwrap_or(path.len());
            (0..=longest).any(|end| path.get(end..).is_some_and(|path| fits(rest, path)))
        }
        [b'?', rest @ ..] => matches!(path, [octet, path @ ..] if *octet != b'/' && fits(rest, path)),
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|octet| *octet == b']') else { return false };
            let (letters, rest) = rest.split_at(end);
            // A range or a negation is not understood, and fits nothing.
            let plain = !letters.contains(&b'-') && !letters.starts_with(b"^");
            matches!((path, rest), ([octet, path @ ..], [_, rest @ ..]) if plain && letters.contains(octet) && fits(rest, path))
        }
        [one, rest @ ..] => matches!(path, [octet, path @ ..] if octet == one && fits(rest, path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of Ubuntu's profile of slapd that are about certificates, and a few of others.
    const RULES: &str = "profile slapd /usr/sbin/slapd {\n  capability net_bind_service,\n  /etc/ssl/{certs,private}/ r,\n  /etc/ssl/certs/* r,\n  \
        /etc/ldap/** r,  # settings\n  deny /etc/ldap/secret/* rw,\n  owner /srv/[ab]?/key.pem mr,\n  @{HOME}/** r,\n  /usr/sbin/slapd mr,\n  network tcp,\n  /var/lib/ldap/** wk,\n}\n";

    #[test]
    fn rules_about_reading_are_understood() {
        for (path, allowed) in [
            ("/etc/ssl/certs/mail.crt", Some(true)),
            ("/etc/ssl/certs/more/mail.crt", None),
            ("/etc/ldap/ssl/private/mail.key", Some(true)),
            ("/etc/ldap/secret/mail.key", Some(false)),
            ("/srv/a1/key.pem", Some(true)),
            ("/srv/c1/key.pem", None),
            ("/home/a/key.pem", None),
            ("/var/lib/ldap/key.pem", None),
        ] {
            assert_eq!(allows(RULES, path), allowed, "{path}");
        }
    }
}
