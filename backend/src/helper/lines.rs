//! Which lines of a configuration the console may have changed. A configuration of a service that begins as root can name a program to be run, so
//! whoever writes it as he likes is root: what differs must be settings of TLS, of a fixed list for each program, with nothing else on their lines
//! and no file that was not named before or lies where files may be put.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::ServiceKind;
use similar::{ChangeTag, TextDiff};

const APACHE: &[&str] = &[
    "sslcertificatefile",
    "sslcertificatekeyfile",
    "sslcertificatechainfile",
    "sslcacertificatefile",
    "sslengine",
    "sslprotocol",
    "sslciphersuite",
    "sslhonorcipherorder",
    "sslverifyclient",
    "sslverifydepth",
];
const NGINX: &[&str] = &[
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_client_certificate",
    "ssl_ciphers",
    "ssl_prefer_server_ciphers",
    "ssl_protocols",
    "ssl_verify_client",
    "ssl_verify_depth",
];
const DOVECOT: &[&str] = &[
    "ssl",
    "ssl_cert",
    "ssl_key",
    "ssl_alt_cert",
    "ssl_alt_key",
    "ssl_ca",
    "ssl_cert_file",
    "ssl_key_file",
    "ssl_cipher_list",
    "ssl_min_protocol",
    "ssl_prefer_server_ciphers",
    "ssl_request_client_cert",
    "ssl_verify_client_cert",
    "ssl_server_cert_file",
    "ssl_server_key_file",
    "ssl_server_alt_cert_file",
    "ssl_server_alt_key_file",
    "ssl_server_ca_file",
    "ssl_server_prefer_ciphers",
    "ssl_server_request_client_cert",
];
const POSTFIX: &[&str] = &[
    "smtpd_tls_cert_file",
    "smtpd_tls_key_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_eckey_file",
    "smtpd_tls_dcert_file",
    "smtpd_tls_dkey_file",
    "smtpd_tls_chain_files",
    "smtpd_tls_cafile",
    "smtpd_tls_ask_ccert",
    "smtpd_tls_req_ccert",
    "smtpd_tls_ccert_verifydepth",
    "smtpd_tls_ciphers",
    "smtpd_tls_exclude_ciphers",
    "smtpd_tls_mandatory_ciphers",
    "smtpd_tls_mandatory_protocols",
    "smtpd_tls_protocols",
    "smtpd_tls_security_level",
    "tls_preempt_cipherlist",
];
const SLAPD: &[&str] =
    &["tlscertificatefile", "tlscertificatekeyfile", "tlscacertificatefile", "tlsciphersuite", "tlsprotocolmin", "tlsverifyclient"];
const VSFTPD: &[&str] = &[
    "rsa_cert_file",
    "rsa_private_key_file",
    "ca_certs_file",
    "ssl_enable",
    "ssl_ciphers",
    "ssl_tlsv1",
    "ssl_tlsv1_1",
    "ssl_tlsv1_2",
    "ssl_tlsv1_3",
    "ssl_sslv2",
    "ssl_sslv3",
    "ssl_request_cert",
    "require_cert",
    "validate_cert",
    "force_local_data_ssl",
    "force_local_logins_ssl",
    "implicit_ssl",
];

/// How settings stand on the lines of a program's configuration.
struct Spelling {
    names: &'static [&'static str],
    /// What stands behind a name.
    between: &'static [char],
    /// What ends a setting, where something does.
    end: Option<char>,
    /// Whether a line that begins with a blank goes on with the one before it.
    continued_by_blank: bool,
}

fn spelling(kind: ServiceKind) -> Option<Spelling> {
    let of = |names, between, end, continued_by_blank| Some(Spelling { names, between, end, continued_by_blank });
    match kind {
        ServiceKind::Apache => of(APACHE, &[' ', '\t'], None, false),
        ServiceKind::Nginx => of(NGINX, &[' ', '\t'], Some(';'), false),
        ServiceKind::Dovecot => of(DOVECOT, &[' ', '\t', '='], None, false),
        ServiceKind::Postfix => of(POSTFIX, &[' ', '\t', '='], None, true),
        ServiceKind::Slapd => of(SLAPD, &[' ', '\t'], None, true),
        ServiceKind::Vsftpd => of(VSFTPD, &['='], None, false),
        ServiceKind::Generic | ServiceKind::SunCalendar | ServiceKind::SunMessaging | ServiceKind::Tomcat => None,
    }
}

/// Whether a configuration may become another one; why not, as a sentence. `allowed` tells of a path whether it may be named newly.
///
/// # Errors
/// The first line that is more than a setting of TLS.
pub fn check(kind: ServiceKind, before: &[u8], after: &[u8], allowed: impl Fn(&Path) -> bool) -> Result<(), String> {
    let spelling = spelling(kind).ok_or("The helper writes no configuration of this program: change it by hand.")?;
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| "A configuration that is not UTF-8 is not changed by the helper.".to_owned());
    let (before, after) = (text(before)?, text(after)?);
    let diff = TextDiff::from_lines(before, after);
    for change in diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal) {
        let line = change.value();
        spelling.is_setting(line).map_err(|why| format!("The helper does not change the line {:?}: {why}.", line.trim_end()))?;
        if change.tag() == ChangeTag::Insert {
            let new = paths(line).into_iter().find(|path| !names(before, path) && !allowed(path));
            if let Some(path) = new {
                return Err(format!("{} is in no directory where files of this service may be put.", path.display()));
            }
        }
    }
    // What was no line of its own before would go on with the new one, and the other way round.
    let lines: Vec<&str> = after.lines().collect();
    let joined = |(place, line): (usize, &&str)| {
        let next = lines.get(place + 1).copied().unwrap_or_default();
        spelling.is_setting(line).is_ok() && spelling.continued_by_blank && next.starts_with([' ', '\t']) && !next.trim().is_empty()
    };
    match lines.iter().enumerate().find(|(place, line)| joined((*place, line)) && !before.lines().any(|known| known == **line)) {
        Some((_, line)) => Err(format!("A line that goes on would join the line {line:?}.")),
        None => Ok(()),
    }
}

impl Spelling {
    fn is_setting(&self, line: &str) -> Result<(), &'static str> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.chars().any(|sign| sign.is_control() && sign != '\t') {
            return Err("it has control characters");
        }
        let setting = line.trim();
        if setting.is_empty() || setting.starts_with('#') && !setting.ends_with('\\') {
            return Ok(());
        }
        if self.continued_by_blank && line.starts_with([' ', '\t']) {
            return Err("it goes on with the line before it");
        }
        if setting.ends_with('\\') {
            return Err("it would go on with the next line");
        }
        let name = setting.split(self.between).next().unwrap_or_default();
        if !self.names.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return Err("it is no setting of TLS that the helper knows");
        }
        // A value behind which nothing else begins, and that is no program, no block and no variable.
        let value = setting.get(name.len()..).unwrap_or_default();
        let value = match self.end {
            Some(end) => value.strip_suffix(end).ok_or("something stands behind the setting")?,
            None => value,
        };
        if self.end.is_some_and(|end| value.contains(end)) || value.contains(['{', '}', '`', '$', '|', '%']) || value.contains("..") {
            return Err("its value is more than files and words");
        }
        Ok(())
    }
}

/// Whether a text names a path, as a whole.
fn names(text: &str, path: &Path) -> bool {
    text.lines().any(|line| paths(line).iter().any(|known| known == path))
}

/// What is a path on a line: everything that begins with a slash.
fn paths(line: &str) -> Vec<PathBuf> {
    let parts = line.split(|sign: char| sign.is_whitespace() || "\"'=<>;,".contains(sign));
    parts.filter(|part| part.starts_with('/')).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(kind: ServiceKind, before: &str, after: &str) -> Result<(), String> {
        check(kind, before.as_bytes(), after.as_bytes(), |path| path.starts_with("/etc/apache2/ssl"))
    }

    #[test]
    fn settings_of_tls_may_change() {
        let apache = "<VirtualHost *:443>\n\tSSLEngine on\n\tSSLCertificateFile /etc/ssl/old.pem\n</VirtualHost>\n";
        let other =
            apache.replace("/etc/ssl/old.pem", "/etc/apache2/ssl/certs/new.crt").replace("on\n", "on\n\tSSLProtocol -all +TLSv1.3\n");
        assert_eq!(changed(ServiceKind::Apache, apache, &other), Ok(()));
        assert_eq!(
            changed(ServiceKind::Apache, &other, apache).unwrap_err(),
            "/etc/ssl/old.pem is in no directory where files of this service may be put."
        );
        assert_eq!(changed(ServiceKind::Nginx, "server {\n}\n", "server {\n  ssl_protocols TLSv1.3;\n}\n"), Ok(()));
        assert_eq!(changed(ServiceKind::Vsftpd, "listen=YES\n", "listen=YES\nssl_enable=YES\n"), Ok(()));
        assert_eq!(changed(ServiceKind::Postfix, "a = b\n", "a = b\nsmtpd_tls_security_level = may\n"), Ok(()));
        assert_eq!(changed(ServiceKind::Dovecot, "ssl = no\n", "ssl = required\nssl_cert = </etc/apache2/ssl/a.crt\n"), Ok(()));
    }

    /// What would make whoever writes a configuration root.
    #[test]
    fn nothing_that_runs_a_program_may_come_in() {
        for (kind, line) in [
            (ServiceKind::Apache, "LoadModule evil_module /tmp/evil.so"),
            (ServiceKind::Apache, "SSLPassPhraseDialog exec:/tmp/evil"),
            (ServiceKind::Apache, "CustomLog \"|/tmp/evil\" common"),
            (ServiceKind::Apache, "Include /tmp/evil.conf"),
            (ServiceKind::Apache, "SSLProtocol all \\"),
            (ServiceKind::Apache, "SSLCertificateFile /etc/shadow"),
            (ServiceKind::Apache, "SSLCertificateFile ${EVIL}"),
            (ServiceKind::Apache, "SSLCertificateFile ../../etc/shadow"),
            (ServiceKind::Apache, "# comment that goes on \\"),
            (ServiceKind::Nginx, "ssl_protocols TLSv1.3; load_module /tmp/evil.so;"),
            (ServiceKind::Nginx, "ssl_protocols TLSv1.3; }"),
            (ServiceKind::Nginx, "ssl_password_file /etc/shadow;"),
            (ServiceKind::Nginx, "ssl_engine evil;"),
            (ServiceKind::Dovecot, "service evil { executable = /tmp/evil }"),
            (ServiceKind::Dovecot, "ssl = { executable = /tmp/evil }"),
            (ServiceKind::Postfix, "evil unix - n n - - pipe user=root argv=/tmp/evil"),
            (ServiceKind::Postfix, " argv=/tmp/evil"),
            (ServiceKind::Postfix, "mailbox_command = /tmp/evil"),
            (ServiceKind::Vsftpd, "user_config_dir=/tmp"),
            (ServiceKind::Slapd, "moduleload /tmp/evil.la"),
            (ServiceKind::Slapd, "TLSRandFile /etc/shadow"),
        ] {
            assert!(changed(kind, "first\nlast\n", &format!("first\n{line}\nlast\n")).is_err(), "{line}");
            assert!(changed(kind, "first\nlast\n", &format!("first\nlast\n{line}")).is_err(), "{line}");
        }
        // What was there cannot be taken out either.
        assert!(changed(ServiceKind::Apache, "Require all denied\n", "").is_err());
        assert!(changed(ServiceKind::Tomcat, "<Server/>\n", "<Server />\n").is_err());
        // Nor be swallowed by a setting.
        assert!(changed(ServiceKind::Postfix, "a = b\n c\n", "a = b\nsmtpd_tls_security_level = may\n c\n").is_err());
    }
}
