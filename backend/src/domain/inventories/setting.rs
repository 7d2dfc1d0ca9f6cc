//! Which versions of TLS a setting means, in the words of the programs that have it.

use certdeck_shared::api::inventory::ProtocolVersion;

/// The versions that anything still knows, the oldest first.
const VERSIONS: [ProtocolVersion; 5] =
    [ProtocolVersion::Ssl30, ProtocolVersion::Tls10, ProtocolVersion::Tls11, ProtocolVersion::Tls12, ProtocolVersion::Tls13];

/// The versions that a value allows; nothing when it is not understood. SSL 3.0 is only meant by its name: the libraries of today do not have it.
pub(super) fn versions(name: &str, value: &str) -> Option<Vec<ProtocolVersion>> {
    let from = |lowest: ProtocolVersion| VERSIONS.into_iter().filter(|version| *version >= lowest).collect();
    let value = value.trim();
    if name.to_ascii_lowercase().contains("min") {
        return version(value).map(from);
    }
    let mut known: Option<Vec<ProtocolVersion>> = None;
    // Tomcat joins names by plus signs, Apache begins words with them.
    let words = value.split([',', ' ', ':', '\t']).flat_map(|word| word.split_inclusive('+')).filter(|word| !matches!(*word, "" | "+"));
    for word in words {
        let word = word.trim_end_matches('+');
        let all = || VERSIONS.into_iter().filter(|version| *version != ProtocolVersion::Ssl30).collect::<Vec<_>>();
        if let Some(lowest) = word.strip_prefix(">=") {
            known = Some(from(version(lowest)?));
        } else if let Some(highest) = word.strip_prefix("<=") {
            let highest = version(highest)?;
            known = Some(known.unwrap_or_else(all).into_iter().filter(|version| *version <= highest).collect());
        } else if let Some(not) = word.strip_prefix(['!', '-']) {
            match (not.to_ascii_lowercase().as_str(), version(not)) {
                ("all", _) => known = Some(Vec::new()),
                ("sslv2", _) => known = Some(known.unwrap_or_else(all)),
                (_, Some(not)) => known = Some(known.unwrap_or_else(all).into_iter().filter(|version| *version != not).collect()),
                (_, None) => return None,
            }
        } else if word.eq_ignore_ascii_case("all") {
            known = Some(all());
        } else if !word.eq_ignore_ascii_case("sslv2hello") {
            known.get_or_insert_default().push(version(word)?);
        }
    }
    let mut known = known?;
    known.sort_unstable();
    known.dedup();
    Some(known)
}

/// OpenSSL's names, Java's, and the numbers that slapd has: 3.3 is TLS 1.2.
fn version(name: &str) -> Option<ProtocolVersion> {
    Some(match name.trim_start_matches('+') {
        "SSLv3" | "3.0" => ProtocolVersion::Ssl30,
        "TLSv1" | "TLSv1.0" | "3.1" => ProtocolVersion::Tls10,
        "TLSv1.1" | "3.2" => ProtocolVersion::Tls11,
        "TLSv1.2" | "3.3" => ProtocolVersion::Tls12,
        "TLSv1.3" | "3.4" => ProtocolVersion::Tls13,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::versions;

    #[test]
    fn each_program_has_words_of_its_own() {
        let told = |name: &str, value: &str| {
            versions(name, value).map(|known| known.into_iter().map(|version| &version.name()[4..]).collect::<Vec<_>>().join(" "))
        };
        for (name, value, meant) in [
            ("ssl_protocols", "TLSv1.2 TLSv1.3", "1.2 1.3"),
            ("ssl_protocols", "!SSLv2 !SSLv3", "1.0 1.1 1.2 1.3"),
            ("ssl_min_protocol", "TLSv1.2", "1.2 1.3"),
            ("SSLProtocol", "all -SSLv3", "1.0 1.1 1.2 1.3"),
            ("SSLProtocol", "all -SSLv3 -TLSv1 -TLSv1.1", "1.2 1.3"),
            ("SSLProtocol", "-all +TLSv1.2", "1.2"),
            ("SSLProtocol", "+TLSv1.2 +TLSv1.3", "1.2 1.3"),
            ("smtpd_tls_protocols", ">=TLSv1.2", "1.2 1.3"),
            ("smtpd_tls_protocols", ">=TLSv1, <=TLSv1.2", "1.0 1.1 1.2"),
            ("smtpd_tls_mandatory_protocols", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1", "1.2 1.3"),
            ("protocols", "TLSv1.2+TLSv1.3", "1.2 1.3"),
            ("sslEnabledProtocols", "TLSv1,TLSv1.2", "1.0 1.2"),
            ("TLSProtocolMin", "3.3", "1.2 1.3"),
        ] {
            assert_eq!(told(name, value).as_deref(), Some(meant), "{name} {value}");
        }
        for (name, value) in [("ssl_tlsv1", "YES"), ("ssl_protocols", ""), ("SSLProtocol", "all -Nothing")] {
            assert_eq!(told(name, value), None, "{name} {value}");
        }
    }
}
