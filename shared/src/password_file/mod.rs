//! Password files beside an NSS database, as text: which lines hold whose password, what each program takes from them, and the change of
//! a password with every other byte kept.
//!
//! Two formats that look alike and are not: `certutil -f` takes a line `token:password` of the token it wants, else the last line as it
//! is; the Sun servers take `moduleName:password` only, and call NSS's own token `Internal (Software) Token`.

mod lint;

pub use lint::{Facts, TokenFacts, lint};

use crate::api::password::PasswordFileFormat;

/// What the servers call the token that is part of NSS.
pub const SERVERS_INTERNAL: &str = "Internal (Software) Token";
/// What certutil calls it.
pub const NSS_INTERNAL: &str = "NSS Certificate DB";

/// All names under which the internal token goes: iPlanet and Sun servers, NSS, NSS in FIPS mode, old browsers, mod_nss.
const INTERNAL: [&str; 5] = [SERVERS_INTERNAL, NSS_INTERNAL, "NSS FIPS 140-2 Certificate DB", "Communicator Certificate DB", "internal"];

/// The name with its words swapped, as Sun's own start script has it: it finds nothing.
const SWAPPED: &str = "Software (Internal) Token";

/// Names of files that hold `token:password` lines for servers.
const SERVER_FILES: [&str; 4] = ["sslpassword.conf", "sslPasswordFile", "pin.txt", "password.conf"];
/// Names of files that hold a password for `certutil -f`.
const PLAIN_FILES: [&str; 6] = ["password.txt", "pwdfile.txt", "pwfile.txt", "passwordfile", "pwfile", "pwdfile"];

/// Names under which password files are usually kept beside a database.
pub fn usual_names() -> impl Iterator<Item = &'static str> {
    PLAIN_FILES.into_iter().chain(SERVER_FILES)
}

/// The format that the name of a file, or else its lines, speak for.
#[must_use]
pub fn format_of(name: &str, text: &str) -> PasswordFileFormat {
    let named = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if named(&SERVER_FILES) {
        PasswordFileFormat::Servers
    } else if named(&PLAIN_FILES) || !lines(text, PasswordFileFormat::Plain).any(|line| line.is_internal()) {
        PasswordFileFormat::Plain
    } else {
        PasswordFileFormat::Servers
    }
}

/// One line of a password file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'text> {
    /// Counted from 1.
    pub number: usize,
    /// Without its end.
    pub text: &'text str,
    /// Its end: `\n`, `\r\n` or nothing.
    pub ending: &'text str,
    /// Token or module that is named.
    pub token: Option<&'text str>,
    /// Everything behind the name, or the whole line. Absent on a comment or an empty line.
    pub password: Option<&'text str>,
}

impl Line<'_> {
    /// Whether the line is for the token that is part of NSS, under whichever of its names, the swapped one included.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.token.is_some_and(is_internal)
    }
}

/// Whether a name means the token that is part of NSS.
#[must_use]
pub fn is_internal(name: &str) -> bool {
    let name = name.trim();
    INTERNAL.iter().chain([&SWAPPED]).any(|known| known.eq_ignore_ascii_case(name))
}

/// The lines of a file. In a plain file only names of the internal token are taken for names: a password may have a colon.
pub fn lines(text: &str, format: PasswordFileFormat) -> impl Iterator<Item = Line<'_>> {
    let several = text.lines().nth(1).is_some();
    text.split_inclusive('\n').enumerate().map(move |(position, whole)| {
        let body = whole.strip_suffix('\n').unwrap_or(whole);
        let body = body.strip_suffix('\r').unwrap_or(body);
        let (_, ending) = whole.split_at(body.len());
        let mut line = Line { number: position + 1, text: body, ending, token: None, password: None };
        if body.is_empty() || (body.starts_with('#') && several) {
            return line;
        }
        line.password = Some(body);
        if let Some((name, password)) = body.split_once(':')
            && (format == PasswordFileFormat::Servers || is_internal(name))
        {
            (line.token, line.password) = (Some(name), Some(password));
        }
        line
    })
}

/// What `certutil -f` takes from a file for the token of this label: the line that names it, else the last line as it is.
#[must_use]
pub fn certutil_takes<'text>(text: &'text str, label: &str) -> Option<&'text str> {
    let mut last = None;
    for phrase in text.split(['\n', '\r']).filter(|phrase| !phrase.is_empty()) {
        if let Some(password) = phrase.strip_prefix(label).and_then(|rest| rest.strip_prefix(':')) {
            return Some(password);
        }
        last = Some(phrase);
    }
    last
}

/// What the servers take for a token: the first line that begins with its name and a colon, letter for letter.
#[must_use]
pub fn servers_take<'text>(text: &'text str, token: &str) -> Option<&'text str> {
    text.lines().find_map(|line| line.strip_prefix(token)?.strip_prefix(':'))
}

/// The password of the internal token by whatever rule finds one: the line of that token, else the first line that names none. What the
/// console itself takes when it is told to unlock by a file.
#[must_use]
pub fn internal_password(text: &str) -> Option<&str> {
    let named = lines(text, PasswordFileFormat::Servers).find(Line::is_internal).and_then(|line| line.password);
    named.or_else(|| lines(text, PasswordFileFormat::Plain).find_map(|line| line.password))
}

/// The password of the token with this label, or of the module with this name, on a line of its own.
#[must_use]
pub fn token_password<'text>(text: &'text str, names: &[&str]) -> Option<&'text str> {
    text.lines().find_map(|line| {
        names.iter().filter(|name| !name.is_empty()).find_map(|name| {
            let start = line.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
            line.strip_prefix(start)?.trim_start().strip_prefix(':')
        })
    })
}

/// Whether the file holds this password of the internal token anywhere.
#[must_use]
pub fn holds(text: &str, format: PasswordFileFormat, password: &str) -> bool {
    with_password(text, format, password, password).is_some()
}

/// The file with the password of the internal token changed; nothing when it does not hold the old one. Lines of other tokens, comments
/// and line ends stay.
#[must_use]
pub fn with_password(text: &str, format: PasswordFileFormat, old: &str, new: &str) -> Option<String> {
    if old.is_empty() && text.trim_end_matches(['\r', '\n']).is_empty() {
        // An empty file is an empty password, whatever its name.
        return Some(match format {
            PasswordFileFormat::Plain => format!("{new}\n"),
            PasswordFileFormat::Servers => format!("{SERVERS_INTERNAL}:{new}\n"),
        });
    }
    let mut changed = String::with_capacity(text.len() + new.len());
    let mut found = false;
    for line in lines(text, format) {
        let ours = line.token.is_none() || line.is_internal();
        if ours && line.password == Some(old) {
            found = true;
            let (name, _) = line.text.split_at(line.text.len() - old.len());
            changed.push_str(name);
            changed.push_str(new);
        } else {
            changed.push_str(line.text);
        }
        changed.push_str(line.ending);
    }
    found.then_some(changed)
}

/// A servers' file with the line of a token set, or taken out when there is no password to set.
#[must_use]
pub fn with_token(text: &str, token: &str, password: Option<&str>) -> String {
    let internal = is_internal(token);
    let same =
        |line: &Line<'_>| line.token.is_some_and(|name| name.trim().eq_ignore_ascii_case(token.trim())) || (internal && line.is_internal());
    let mut changed = String::with_capacity(text.len() + 80);
    let mut written = false;
    for line in lines(text, PasswordFileFormat::Servers) {
        if !same(&line) {
            changed.push_str(line.text);
            changed.push_str(line.ending);
        } else if let (Some(password), false) = (password, written) {
            written = true;
            let ending = if line.ending.is_empty() { "\n" } else { line.ending };
            changed.push_str(&format!("{token}:{password}{ending}"));
        }
    }
    if let (Some(password), false) = (password, written) {
        if !changed.is_empty() && !changed.ends_with('\n') {
            changed.push('\n');
        }
        changed.push_str(&format!("{token}:{password}\n"));
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::password::PasswordFileFormat::{Plain, Servers};

    #[rstest::rstest]
    // What certutil 3.87 did with each of these files, for the password `pw` of the token `NSS Certificate DB`.
    #[case("pw\n", true)]
    #[case("Internal (Software) Token:pw\n", false)]
    #[case("NSS Certificate DB:pw\n", true)]
    #[case("pw\nlabtoken:1234\n", false)]
    #[case("labtoken:1234\npw\n", true)]
    #[case("NSS Certificate DB:pw\nInternal (Software) Token:pw\n", true)]
    #[case("#c\npw", true)]
    #[case("pw\r\n", true)]
    #[case("pw \n", false)]
    #[case("\npw\n", true)]
    #[case("nss certificate db:pw\n", false)]
    #[case("pw\n#comment\n", false)]
    fn certutil_is_foretold(#[case] text: &str, #[case] opens: bool) {
        assert_eq!(certutil_takes(text, NSS_INTERNAL) == Some("pw"), opens);
    }

    #[rstest::rstest]
    #[case(Plain, "old\n", Some("new\n"))]
    #[case(Plain, "old", Some("new"))]
    #[case(Plain, "old\r\n", Some("new\r\n"))]
    #[case(Plain, "NSS Certificate DB:old\nlabtoken:old\n", Some("NSS Certificate DB:new\nlabtoken:old\n"))]
    #[case(Servers, "# c\nInternal (Software) Token:old\nlabtoken:old\n", Some("# c\nInternal (Software) Token:new\nlabtoken:old\n"))]
    #[case(Servers, "Software (Internal) Token:old\n", Some("Software (Internal) Token:new\n"))]
    #[case(Servers, "internal:older\n", None)]
    #[case(Plain, "very old\n", None)]
    fn a_password_is_changed_and_nothing_else(#[case] format: PasswordFileFormat, #[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(with_password(text, format, "old", "new").as_deref(), expected);
        assert_eq!(holds(text, format, "old"), expected.is_some());
    }

    #[test]
    fn an_empty_file_is_an_empty_password() {
        assert_eq!(with_password("\n", Plain, "", "new").as_deref(), Some("new\n"));
        assert_eq!(with_password("Internal (Software) Token:\n", Servers, "", "new").as_deref(), Some("Internal (Software) Token:new\n"));
        assert_eq!(with_password("# only a note\nx:y\n", Servers, "", "new"), None);
    }

    #[test]
    fn the_line_of_a_token_is_added_replaced_and_removed() {
        let text = "Internal (Software) Token:a\r\n";
        let with = with_token(text, "labtoken", Some("12:34"));
        assert_eq!(with, "Internal (Software) Token:a\r\nlabtoken:12:34\n");
        assert_eq!(with_token(&with, "labtoken", Some("5")), "Internal (Software) Token:a\r\nlabtoken:5\n");
        assert_eq!(with_token(&with, "labtoken", None), text);
        assert_eq!(token_password(&with, &["labtoken"]), Some("12:34"));
        assert_eq!(token_password(&with, &["lab"]), None);
        assert_eq!(with_token("Software (Internal) Token:a\n", SERVERS_INTERNAL, Some("a")), text.replace('\r', ""));
    }

    #[test]
    fn the_format_is_told_by_name_and_else_by_the_lines() {
        assert_eq!(format_of("sslpassword.conf", "x"), Servers);
        assert_eq!(format_of("password.txt", "internal:x"), Plain);
        assert_eq!(format_of("secrets", "internal:x"), Servers);
        assert_eq!(format_of("secrets", "x:y"), Plain);
    }
}
