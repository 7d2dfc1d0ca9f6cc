//! Subject alternative names as people type them: one a line, or separated by commas or spaces.

use std::net::IpAddr;

use crate::x509::view::GeneralNameView;

/// A name that is none, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: “{text}” {reason}")]
pub struct NameProblem {
    /// Line of the field, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Why it is none.
    pub reason: &'static str,
}

/// Sorts the names into DNS, IP, e-mail and URI, without repetitions. `DNS:`, `IP:`, `email:` and `URI:` before a name are
/// understood. Either all names, or what is wrong with each one that is none.
///
/// # Errors
/// Every name that is none, with its line.
pub fn names(text: &str) -> Result<Vec<GeneralNameView>, Vec<NameProblem>> {
    let (mut dns, mut ip, mut email, mut uri) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in line.split([',', ';', ' ', '\t']).map(str::trim).filter(|word| !word.is_empty()) {
            match name(word) {
                Ok(name) => {
                    let list = match name {
                        GeneralNameView::Dns(_) => &mut dns,
                        GeneralNameView::Ip(_) => &mut ip,
                        GeneralNameView::Email(_) => &mut email,
                        _ => &mut uri,
                    };
                    if !list.contains(&name) {
                        list.push(name);
                    }
                }
                Err(reason) => problems.push(NameProblem { line: index + 1, text: word.chars().take(80).collect(), reason }),
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    dns.append(&mut ip);
    dns.append(&mut email);
    dns.append(&mut uri);
    Ok(dns)
}

fn name(word: &str) -> Result<GeneralNameView, &'static str> {
    if let Some((kind, rest)) = word.split_once(':') {
        match kind.to_ascii_lowercase().as_str() {
            "dns" => return host(rest).map(GeneralNameView::Dns),
            "ip" | "ipaddress" => return address(rest).ok_or("is not an IP address"),
            "email" | "mail" | "rfc822" => return mailbox(rest).map(GeneralNameView::Email),
            "uri" | "url" => return location(rest).map(GeneralNameView::Uri),
            _ => {}
        }
    }
    if let Some(ip) = address(word) {
        return Ok(ip);
    }
    if word.contains("://") {
        return location(word).map(GeneralNameView::Uri);
    }
    if word.contains('@') {
        return mailbox(word).map(GeneralNameView::Email);
    }
    if word.contains('/') && word.split('/').next().and_then(address).is_some() {
        return Err("is a network; a certificate names single addresses");
    }
    if let Some((host, port)) = word.rsplit_once(':')
        && !host.is_empty()
        && port.bytes().all(|octet| octet.is_ascii_digit())
    {
        return Err("has a port; certificates name hosts without ports");
    }
    if !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.') {
        return Err("is not an IP address");
    }
    host(word).map(GeneralNameView::Dns)
}

fn address(text: &str) -> Option<GeneralNameView> {
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>().ok().map(|ip| GeneralNameView::Ip(ip.to_string()))
}

/// A host name in the preferred syntax (RFC 1034 section 3.5), `_` allowed, with `*` as the whole first label.
fn host(text: &str) -> Result<String, &'static str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if !text.is_ascii() {
        return Err("has letters beyond ASCII; write it in its xn-- form (RFC 5890)");
    }
    if text.is_empty() || text.len() > 253 {
        return Err("is not a host name: 1 to 253 characters");
    }
    for (index, label) in text.split('.').enumerate() {
        if label == "*" {
            if index > 0 || !text.contains('.') {
                return Err("has “*” elsewhere than as the first label");
            }
            continue;
        }
        if label.is_empty() || label.len() > 63 {
            return Err("is not a host name: its labels have 1 to 63 characters");
        }
        if label.contains('*') {
            return Err("has “*” elsewhere than as the whole first label");
        }
        if !label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_') {
            return Err("is not a host name: letters, digits, hyphens and dots only");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("is not a host name: a label begins or ends with a hyphen");
        }
    }
    Ok(text.to_ascii_lowercase())
}

fn mailbox(text: &str) -> Result<String, &'static str> {
    let Some((local, domain)) = text.rsplit_once('@') else { return Err("is not an e-mail address") };
    if local.is_empty() || local.len() > 64 || !local.bytes().all(|octet| octet.is_ascii_graphic() && !b"@<>()[]\\\"".contains(&octet)) {
        return Err("is not an e-mail address");
    }
    let domain = host(domain).map_err(|_| "is not an e-mail address: its domain is no host name")?;
    Ok([local, "@", &domain].concat())
}

fn location(text: &str) -> Result<String, &'static str> {
    let Some((scheme, rest)) = text.split_once(':') else { return Err("is not a URI") };
    let scheme_is_good = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet));
    let plain = |octet: u8| octet.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&octet);
    if scheme_is_good && !rest.is_empty() && rest.bytes().all(plain) { Ok(text.to_owned()) } else { Err("is not a URI") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn names_are_sorted_by_kind_and_listed_once() {
        let text = "www.Example.org, example.org 192.0.2.1\nDNS:example.org;admin@example.org\n2001:DB8::1 https://example.org/x [::1]\n*.example.org";
        let names = names(text).unwrap();
        let expected = [
            GeneralNameView::Dns("www.example.org".into()),
            GeneralNameView::Dns("example.org".into()),
            GeneralNameView::Dns("*.example.org".into()),
            GeneralNameView::Ip("192.0.2.1".into()),
            GeneralNameView::Ip("2001:db8::1".into()),
            GeneralNameView::Ip("::1".into()),
            GeneralNameView::Email("admin@example.org".into()),
            GeneralNameView::Uri("https://example.org/x".into()),
        ];
        assert_eq!(names, expected);
    }

    #[rstest]
    #[case("a.example\nb..example", 2, "is not a host name: its labels have 1 to 63 characters")]
    #[case("10.0.0.0/8", 1, "is a network; a certificate names single addresses")]
    #[case("www.example.org:443", 1, "has a port; certificates name hosts without ports")]
    #[case("300.1.2.3", 1, "is not an IP address")]
    #[case("zürich.example", 1, "has letters beyond ASCII; write it in its xn-- form (RFC 5890)")]
    #[case("www.*.example", 1, "has “*” elsewhere than as the first label")]
    #[case("w*.example", 1, "has “*” elsewhere than as the whole first label")]
    #[case("-a.example", 1, "is not a host name: a label begins or ends with a hyphen")]
    #[case("a@", 1, "is not an e-mail address: its domain is no host name")]
    fn the_line_of_a_bad_name_is_named(#[case] text: &str, #[case] line: usize, #[case] reason: &str) {
        let problems = names(text).unwrap_err();
        assert_eq!((problems[0].line, problems[0].reason), (line, reason));
    }
}
