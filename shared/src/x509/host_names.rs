//! Names of hosts in certificates, and whether one is that of a host (RFC 6125, RFC 9525).

use std::net::IpAddr;

use super::view::{CertificateView, GeneralNameView};

/// Host names and addresses of a certificate. The common name counts where there is no other, as older clients have it.
#[must_use]
pub fn of_certificate(view: &CertificateView) -> Vec<String> {
    let names = view.subject_alternative_names.iter().filter_map(|name| match name {
        GeneralNameView::Dns(name) | GeneralNameView::Ip(name) => Some(name.clone()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    if !names.is_empty() {
        return names;
    }
    view.subject.common_name().filter(|name| is_host_name(name.trim_start_matches("*."))).map(str::to_owned).into_iter().collect()
}

/// Whether a word is the name of a host: no pattern and no word such as `_`.
#[must_use]
pub fn is_host_name(name: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    name.split('.').all(label)
}

/// Whether a name of a certificate is that of a host. A star stands for the whole first label, and for no part of an address.
#[must_use]
pub fn fits(name: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    if let Ok(address) = host.parse::<IpAddr>() {
        return name.parse() == Ok(address);
    }
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(first, domain)| !first.is_empty() && domain.eq_ignore_ascii_case(rest)),
        None => name.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_label_and_addresses_are_compared_as_such() {
        for (name, host, good) in [
            ("mail.example.com", "MAIL.example.com", true),
            ("mail.example.com", "mail.example.com.", true),
            ("*.example.com", "mail.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.mail.example.com", false),
            ("example.com", "mail.example.com", false),
            ("2001:db8::1", "2001:DB8:0::1", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("*.0.2.1", "192.0.2.1", false),
        ] {
            assert_eq!(fits(name, host), good, "{name} {host}");
        }
    }
}
