//! What changes in a configuration, line by line. Passwords are never shown.

use certdeck_shared::api::plan::{DiffLine, DiffSign, Hunk};
use similar::{ChangeTag, TextDiff};

/// Lines around a change.
const NEIGHBOURS: usize = 3;
/// Ends of the names of settings whose values are secret: Dovecot's `ssl_key_password`, Tomcat's `keystorePass`, `keyPass` and
/// `certificateKeyPassword`, slapd's `rootpw`, `bindpw` and `credentials`.
const SECRET: [&str; 9] = ["password", "passwd", "keypass", "storepass", "passphrase", "rootpw", "bindpw", "credentials", "secret"];

/// The lines that differ, with their neighbours.
#[must_use]
pub fn hunks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let difference = TextDiff::from_lines(before.as_ref(), after.as_ref());
    let hunk = |operations: Vec<similar::DiffOp>| Hunk {
        lines: operations
            .iter()
            .flat_map(|operation| difference.iter_changes(operation))
            .map(|change| {
                let (sign, index) = match change.tag() {
                    ChangeTag::Equal => (DiffSign::Kept, change.new_index()),
                    ChangeTag::Delete => (DiffSign::Removed, change.old_index()),
                    ChangeTag::Insert => (DiffSign::Added, change.new_index()),
                };
                let number = u32::try_from(index.unwrap_or_default() + 1).unwrap_or(u32::MAX);
                DiffLine { sign, number, text: masked(change.value().trim_end_matches(['\r', '\n'])) }
            })
            .collect(),
    };
    difference.grouped_ops(NEIGHBOURS).into_iter().map(hunk).collect()
}

/// A line without the values of passwords: `name = value` and `name="value"` anywhere, `name value` where the line begins with it.
fn masked(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_of_name) {
        let (before, behind) = rest.split_at(start);
        let (name, behind) = behind.split_at(behind.find(|letter| !is_of_name(letter)).unwrap_or(behind.len()));
        let first = out.is_empty() && before.trim_start_matches([' ', '\t', '#', '<', '/']).is_empty();
        out.push_str(before);
        out.push_str(name);
        rest = behind;
        let value = behind.trim_start_matches([' ', '\t', '=', ':']);
        let (gap, _) = behind.split_at(behind.len() - value.len());
        let secret = SECRET.iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        if !secret || value.is_empty() || !(gap.contains(['=', ':']) || (first && !gap.is_empty())) {
            continue;
        }
        // A value without quotes may have blanks in it: the rest of the line is all its own.
        let quoted = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let end = quoted.and_then(|quote| Some(value.get(1..)?.find(quote)? + 2)).unwrap_or(value.len());
        out.push_str(gap);
        out.push('\u{2026}');
        rest = value.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_come_with_three_neighbours_and_their_numbers() {
        let before: String = (1..=20).map(|line| format!("line {line}\n")).collect();
        let after = before.replace("line 10\n", "line ten\nand a half\n");
        let hunks = hunks(before.as_bytes(), after.as_bytes());
        let told: Vec<(DiffSign, u32, &str)> = hunks[0].lines.iter().map(|line| (line.sign, line.number, line.text.as_str())).collect();
        assert_eq!(hunks.len(), 1);
        assert_eq!(told.first(), Some(&(DiffSign::Kept, 7, "line 7")));
        assert_eq!(
            told.get(3..6).unwrap(),
            [(DiffSign::Removed, 10, "line 10"), (DiffSign::Added, 10, "line ten"), (DiffSign::Added, 11, "and a half"),]
        );
        assert_eq!(told.last(), Some(&(DiffSign::Kept, 14, "line 13")));
    }

    #[test]
    fn passwords_are_not_shown() {
        for (line, shown) in [
            ("ssl_key_password = s3cret value", "ssl_key_password = \u{2026}"),
            ("rootpw {SSHA}abc", "rootpw \u{2026}"),
            ("  # rootpw old", "  # rootpw \u{2026}"),
            (
                "<Certificate certificateKeystorePassword=\"a b\" type=\"RSA\"/>",
                "<Certificate certificateKeystorePassword=\u{2026} type=\"RSA\"/>",
            ),
            ("keystorePass='x' keyPass='y' port='1'", "keystorePass=\u{2026} keyPass=\u{2026} port='1'"),
            ("  binddn=\"cn=a\" credentials=x bindmethod=simple", "  binddn=\"cn=a\" credentials=\u{2026}"),
            ("SSLPassword \"x\"", "SSLPassword \u{2026}"),
            ("password=\"unclosed", "password=\u{2026}"),
            // These are none.
            ("ssl_password_file /etc/nginx/pass.txt;", "ssl_password_file /etc/nginx/pass.txt;"),
            ("proxy_pass http://a:80;", "proxy_pass http://a:80;"),
            ("smtp_sasl_password_maps = hash:/etc/postfix/sasl", "smtp_sasl_password_maps = hash:/etc/postfix/sasl"),
            ("passdb {", "passdb {"),
            (
                "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase",
                "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase",
            ),
            ("# the password is asked for", "# the password is asked for"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
