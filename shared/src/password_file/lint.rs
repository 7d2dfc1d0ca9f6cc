//! What is wrong with a password file, and the cure.

use super::{NSS_INTERNAL, SERVERS_INTERNAL, SWAPPED, certutil_takes, internal_password, lines, servers_take};
use crate::api::password::{Finding, FindingCode, PasswordFileFormat, Severity};
use crate::password::{Weakness, weakness};

/// A token that programs may ask a password for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// Label of the token.
    pub label: String,
    /// Name of its module.
    pub module: String,
}

/// What is known about a password file besides its text.
#[derive(Debug, Clone)]
pub struct Facts<'facts> {
    /// Name of the file, for the cures.
    pub name: &'facts str,
    /// Its text; absent when it is none.
    pub text: Option<&'facts str>,
    /// Format.
    pub format: PasswordFileFormat,
    /// Permission bits.
    pub mode: u32,
    /// User that owns it.
    pub owner: &'facts str,
    /// User that owns key4.db: whom the servers run as.
    pub database_owner: &'facts str,
    /// Tokens of other modules that need a login. The internal token is not among them.
    pub tokens: &'facts [TokenFacts],
    /// Whether the internal token's password in this file opens the database, where somebody tried.
    pub opens: Option<bool>,
}

/// Looks at a password file. Nothing that is found quotes a password.
#[must_use]
pub fn lint(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = attributes(facts);
    let Some(text) = facts.text else {
        findings.push(finding(FindingCode::NotText, Severity::Error, None, "It is not a text file.", "Write it anew."));
        return findings;
    };
    if lines(text, facts.format).all(|line| line.password.is_none()) {
        let cure = "Write the password into it, or remove it.";
        findings.push(finding(FindingCode::Empty, Severity::Warning, None, "It holds no password.", cure));
        return findings;
    }
    findings.extend(of_lines(facts, text));
    match facts.format {
        PasswordFileFormat::Plain => findings.extend(of_plain(facts, text)),
        PasswordFileFormat::Servers => findings.extend(of_servers(facts, text)),
    }
    if facts.opens == Some(false) && internal_password(text).is_some() {
        let message = "The password in it does not open the database.";
        let cure = "Write the password of the database into it, or change the password by the console, which changes the files as well.";
        findings.push(finding(FindingCode::DoesNotOpen, Severity::Error, None, message, cure));
    }
    findings
}

fn finding(code: FindingCode, severity: Severity, line: Option<usize>, message: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding { code, severity, line, message: message.into(), cure: cure.into() }
}

fn attributes(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = facts.name;
    let cure = format!("chmod 0600 {name}");
    if facts.mode & 0o007 != 0 {
        let message = format!("Everybody on this host can {} it (mode {:04o}).", verbs(facts.mode), facts.mode);
        findings.push(finding(FindingCode::Mode, Severity::Error, None, message, cure));
    } else if facts.mode & 0o070 != 0 {
        let message = format!("Its group can {} it (mode {:04o}).", verbs(facts.mode >> 3), facts.mode);
        findings.push(finding(FindingCode::Mode, Severity::Warning, None, message, format!("{cure}, unless the servers need the group.")));
    }
    if facts.owner != facts.database_owner {
        let message =
            format!("It belongs to {}, the database to {}: the servers may not be able to read it.", facts.owner, facts.database_owner);
        findings.push(finding(FindingCode::Owner, Severity::Warning, None, message, format!("chown {} {name}", facts.database_owner)));
    }
    findings
}

fn verbs(bits: u32) -> &'static str {
    match (bits & 4 != 0, bits & 2 != 0) {
        (true, true) => "read and write",
        (false, true) => "write",
        _ => "read",
    }
}

fn of_lines(facts: &Facts<'_>, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for line in lines(text, facts.format) {
        let Some(password) = line.password else { continue };
        let at = Some(line.number);
        if matches!(weakness(password, ""), Some(Weakness::NssDefault | Weakness::WellKnown)) {
            let message = "The password of this line is printed in the manuals.";
            findings.push(finding(FindingCode::DefaultPassword, Severity::Error, at, message, "Change the password."));
        }
        if !password.is_empty() && password != password.trim() {
            let message = "The password begins or ends with a blank. Programs take the blank as part of it.";
            findings.push(finding(
                FindingCode::Blank,
                Severity::Warning,
                at,
                message,
                "Remove the blank, unless it belongs to the password.",
            ));
        }
        if line.ending == "\r\n" && facts.format == PasswordFileFormat::Servers {
            let message = "The line ends as on Windows, and servers take the carriage return as part of the password.";
            findings.push(finding(
                FindingCode::CarriageReturn,
                Severity::Warning,
                at,
                message,
                format!("sed -i 's/\\r$//' {}", facts.name),
            ));
        }
        let Some(token) = line.token else { continue };
        if token.trim().eq_ignore_ascii_case(SWAPPED) {
            let message = format!("`{SWAPPED}`: the words are swapped, as in Sun's own start script, and no program finds this line.");
            findings.push(finding(FindingCode::TokenNameSwapped, Severity::Error, at, message, format!("Write `{SERVERS_INTERNAL}:`.")));
        } else if line.is_internal() && ![SERVERS_INTERNAL, NSS_INTERNAL, "internal", "NSS FIPS 140-2 Certificate DB"].contains(&token) {
            let message = format!("`{token}` is not spelled as programs look for it: they compare letter for letter.");
            findings.push(finding(FindingCode::TokenNameMisspelled, Severity::Error, at, message, format!("Write `{SERVERS_INTERNAL}:`.")));
        }
        if seen.contains(&token) {
            let message = format!("`{token}` has two lines; programs take the first.");
            findings.push(finding(FindingCode::TokenTwice, Severity::Warning, at, message, "Remove one of them."));
        }
        seen.push(token);
    }
    findings
}

fn of_plain(facts: &Facts<'_>, text: &str) -> Vec<Finding> {
    let taken = certutil_takes(text, NSS_INTERNAL);
    if taken == internal_password(text) {
        return Vec::new();
    }
    let message = "`certutil -f` takes the last line as the password, unless a line begins with `NSS Certificate DB:`.";
    let cure = format!("Let {} hold the password alone, on one line, or write `{NSS_INTERNAL}:` before it.", facts.name);
    vec![finding(FindingCode::NotForCertutil, Severity::Error, None, message, cure)]
}

fn of_servers(facts: &Facts<'_>, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let internal = lines(text, facts.format).find(super::Line::is_internal);
    if certutil_takes(text, NSS_INTERNAL) != internal_password(text) {
        let message = "This is the servers' format: `certutil -f` would take the name for a part of the password.";
        let cure = format!("Give `certutil -f` a file with the password alone, or add a line `{NSS_INTERNAL}:` with the same password.");
        findings.push(finding(FindingCode::NotForCertutil, Severity::Note, None, message, cure));
    }
    for line in lines(text, facts.format).filter(|line| line.password.is_some()) {
        let Some(token) = line.token else {
            let message = "The line names no token, and servers look for `name:password`.";
            let cure = format!("Write `{SERVERS_INTERNAL}:` before the password.");
            findings.push(finding(FindingCode::NoTokenName, Severity::Error, Some(line.number), message, cure));
            continue;
        };
        let known = facts.tokens.iter().any(|known| known.label == token || known.module == token);
        if !known && !line.is_internal() {
            let message = format!("No token or module of the database is called `{token}`.");
            let cure = "Correct the name, add the module, or remove the line.";
            findings.push(finding(FindingCode::UnknownToken, Severity::Warning, Some(line.number), message, cure));
        }
    }
    for token in facts.tokens {
        if servers_take(text, &token.label).or_else(|| servers_take(text, &token.module)).is_none() {
            let message = format!("The token `{}` of the module `{}` needs a login and has no line here.", token.label, token.module);
            let cure = format!("Add a line `{}:` with the password of the token.", token.label);
            findings.push(finding(FindingCode::MissingToken, Severity::Note, None, message, cure));
        }
    }
    if internal.is_none() && lines(text, facts.format).any(|line| line.token.is_some()) {
        let message = "Only another token has a line. A key on a token needs that token's password, but its trust is kept in the internal \
                       database, which has a password of its own: with one of the two a server starts and then refuses its own certificate.";
        let cure = format!("Add a line `{SERVERS_INTERNAL}:` with the password of the database.");
        findings.push(finding(FindingCode::TwoPasswords, Severity::Error, None, message, cure));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use FindingCode as Code;
    use PasswordFileFormat::{Plain, Servers};

    fn codes(format: PasswordFileFormat, text: &str) -> Vec<FindingCode> {
        let tokens = [TokenFacts { label: "labtoken".to_owned(), module: "SoftHSM".to_owned() }];
        let facts = Facts {
            name: "f",
            text: Some(text),
            format,
            mode: 0o600,
            owner: "mailsrv",
            database_owner: "mailsrv",
            tokens: &tokens,
            opens: Some(true),
        };
        lint(&facts).into_iter().map(|finding| finding.code).collect()
    }

    #[rstest::rstest]
    #[case(Plain, "a long walk\n", &[])]
    #[case(Plain, "NSS Certificate DB:a long walk\nlabtoken:1234\n", &[])]
    #[case(Plain, "a long walk\nanother line\n", &[Code::NotForCertutil])]
    #[case(Plain, "\n", &[Code::Empty])]
    #[case(Plain, "netscape!\n", &[Code::DefaultPassword])]
    #[case(Plain, "Internal (Software) Token:a long walk\n", &[Code::NotForCertutil])]
    #[case(Servers, "NSS Certificate DB:x\nlabtoken:1234\n", &[])]
    #[case(Servers, "Internal (Software) Token:netscape!\nSoftHSM:1234\n", &[Code::DefaultPassword, Code::NotForCertutil])]
    #[case(Servers, "Software (Internal) Token:x\nlabtoken:y\n", &[Code::TokenNameSwapped, Code::NotForCertutil])]
    #[case(Servers, "internal (software) token:x\nlabtoken:y\n", &[Code::TokenNameMisspelled, Code::NotForCertutil])]
    #[case(Servers, "internal:x\r\nlabtoken:y\n", &[Code::CarriageReturn, Code::NotForCertutil])]
    #[case(Servers, "internal:x\ninternal:y\nlabtoken:1\n", &[Code::TokenTwice, Code::NotForCertutil])]
    #[case(Servers, "internal:x\ncard:y\n", &[Code::NotForCertutil, Code::UnknownToken, Code::MissingToken])]
    #[case(Servers, "labtoken:x\n", &[Code::TwoPasswords])]
    #[case(Servers, "x\n", &[Code::NoTokenName, Code::MissingToken])]
    fn files_are_judged(#[case] format: PasswordFileFormat, #[case] text: &str, #[case] expected: &[FindingCode]) {
        assert_eq!(codes(format, text), expected);
    }

    #[test]
    fn mode_owner_and_a_wrong_password_are_told() {
        let facts = Facts {
            name: "password.txt",
            text: Some("x y z\n"),
            format: Plain,
            mode: 0o644,
            owner: "root",
            database_owner: "mailsrv",
            tokens: &[],
            opens: Some(false),
        };
        let found = lint(&facts);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::Mode, Code::Owner, Code::DoesNotOpen]);
        assert_eq!(found[0].cure, "chmod 0600 password.txt");
        assert_eq!(found[1].cure, "chown mailsrv password.txt");
        assert_eq!(lint(&Facts { text: None, mode: 0o640, ..facts })[0].severity, Severity::Warning);
    }
}
