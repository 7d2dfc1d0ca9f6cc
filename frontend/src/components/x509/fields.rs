//! Every field of a certificate, as facts.

use crate::view::*;
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::x509::fingerprint::{colons, md5_hex, sha1_hex};
use certdeck_shared::x509::usage;
use certdeck_shared::x509::view::{CertificateView, GeneralNameView};

use crate::components::data::facts::{Fact, fact, fact_code, fact_view};
use crate::components::icon::state;
use crate::state::clock;
use crate::state::row::Row;

/// A fingerprint cut in the middle; the whole is copied.
pub fn cut_hex(hex: &str) -> String {
    let whole = colons(hex);
    if whole.len() <= 44 {
        return whole;
    }
    let (head, tail) = (whole.get(..29).unwrap_or_default(), whole.get(whole.len() - 11..).unwrap_or_default());
    [head, " … ", tail].concat()
}

fn hex_fact(name: &'static str, hex: &str) -> Fact {
    let whole = colons(hex);
    fact_view(name, whole.clone(), view! { <code title=whole>{cut_hex(hex)}</code> })
}

/// The facts of the pane beside the list.
pub fn short_facts(row: &Row, view: &CertificateView) -> Vec<(&'static str, Vec<Fact>)> {
    let names: Vec<&str> = view.subject_alternative_names.iter().filter_map(crate::state::row::name_text).collect();
    let mut facts = vec![fact_view("Subject", view.subject.to_string(), readable(&view.subject))];
    if !names.is_empty() {
        let shown: Vec<&str> = names.iter().take(8).copied().collect();
        let more = names.len().saturating_sub(8);
        let mut words = shown.join(", ");
        if more > 0 {
            words.push_str(&format!(" +{more}"));
        }
        facts.push(fact_view("Names", names.join("\n"), view! { <span>{words}</span> }));
    }
    facts.push(fact_view("Issuer", view.issuer.to_string(), readable(&view.issuer)));
    facts.push(validity(view));
    let key = view.public_key.short();
    let here = row.has_key();
    facts.push(fact_view(
        "Key",
        key.clone(),
        view! { <span>{key}" "{if here { state("ok", "ok", "here") } else { state("none", "off", "not here") }}</span> },
    ));
    facts.push(fact("Usage", usage::words(view).join(", ")));
    let whole = colons(&row.entry.fingerprint_sha256);
    let ends = [whole.get(..17).unwrap_or_default(), " … ", whole.get(whole.len().saturating_sub(8)..).unwrap_or_default()].concat();
    facts.push(fact_view("SHA-256", whole.clone(), view! { <code title=whole>{ends}</code> }));
    vec![("", facts)]
}

/// A name for the eye: RFC 4514 with a space behind each comma. What is copied is the exact text.
fn readable(name: &DistinguishedName) -> String {
    let parts = name.rdns.iter().rev().flatten().map(|attribute| [attribute.short_name(), "=", &attribute.value].concat());
    parts.collect::<Vec<_>>().join(", ")
}

fn validity(view: &CertificateView) -> Fact {
    let text = [clock::exact(view.not_before), clock::exact(view.not_after)].join(" to ");
    let days = [clock::date(view.not_before), clock::date(view.not_after)].join(" to ");
    fact_view(
        "Valid",
        text.clone(),
        view! { <span title=text>{days}" "<span class="faint">{clock::time_of_day(view.not_after)}</span></span> },
    )
}

/// The whole, left column: who, and which key.
pub fn identity(row: &Row, view: &CertificateView, in_database: bool, now: i64) -> Vec<(&'static str, Vec<Fact>)> {
    let mut validity = vec![
        fact_view("From", clock::exact(view.not_before), time(view.not_before, now)),
        fact_view("Until", clock::exact(view.not_after), time(view.not_after, now)),
    ];
    let days = (view.not_after - view.not_before).whole_days();
    let used = ((now - row.not_before) as f64 / (row.not_after - row.not_before).max(1) as f64 * 100.0).clamp(0.0, 100.0);
    validity.push(fact("Life", format!("{days} days, {used:.0} % used")));
    let key = &view.public_key;
    let mut algorithm = key.short();
    if let Some(exponent) = &key.exponent {
        algorithm.push_str(", exponent ");
        algorithm.push_str(exponent);
    }
    let mut keys = vec![fact("Algorithm", algorithm)];
    if in_database {
        keys.push(if row.has_key() {
            fact_view("Private key", row.entry.key_id.clone().unwrap_or_default(), state("ok", "ok", "In this database"))
        } else {
            fact_view("Private key", "not in this database", state("none", "off", "Not in this database"))
        });
    }
    if let Some(id) = &key.nss_key_id {
        keys.push(hex_fact("NSS key id", id));
    }
    keys.push(fact_view(
        "Signature",
        view.signature_algorithm.to_string(),
        view! { <span title=view.signature_algorithm_oid.to_string()>{view.signature_algorithm.to_string()}</span> },
    ));
    vec![
        ("Subject", attributes(&view.subject)),
        ("Issuer", attributes(&view.issuer)),
        ("Identity", vec![hex_fact("Serial", &view.serial_number), fact("Version", format!("{}", view.version))]),
        ("Validity", validity),
        ("Key", keys),
    ]
}

fn time(time: time::OffsetDateTime, now: i64) -> impl IntoView {
    view! { <span title=clock::exact(time)>{clock::date(time)}" "{clock::time_of_day(time)}" "<span class="faint">{clock::relative(time, now)}</span></span> }
}

fn attributes(name: &DistinguishedName) -> Vec<Fact> {
    if name.is_empty() {
        return vec![fact_view("Name", "", view! { <span class="faint">"none"</span> })];
    }
    name.rdns
        .iter()
        .flatten()
        .map(|attribute| fact(attribute_words(&attribute.oid), attribute.value.clone()).with_note(attribute.short_name()))
        .collect()
}

fn attribute_words(oid: &str) -> &'static str {
    match oid {
        "2.5.4.3" => "Common name",
        "2.5.4.6" => "Country",
        "2.5.4.7" => "Locality",
        "2.5.4.8" => "State",
        "2.5.4.10" => "Organisation",
        "2.5.4.11" => "Unit",
        "2.5.4.5" => "Serial number",
        "2.5.4.9" => "Street",
        "2.5.4.97" => "Organisation id",
        "0.9.2342.19200300.100.1.25" => "Domain",
        "0.9.2342.19200300.100.1.1" => "User id",
        "1.2.840.113549.1.9.1" => "E-mail",
        _ => "Attribute",
    }
}

/// The whole, right column: what it may do, where it is found.
pub fn purpose(row: &Row, view: &CertificateView) -> Vec<(&'static str, Vec<Fact>)> {
    let mut may = Vec::new();
    let critical = |name: &str| view.extensions.iter().any(|extension| extension.critical && extension.name.as_deref() == Some(name));
    if let Some(constraints) = view.basic_constraints {
        let words = match (constraints.ca, constraints.path_length) {
            (true, Some(length)) => format!("CA, path length {length}"),
            (true, None) => "CA, any path length".to_owned(),
            (false, _) => "no CA".to_owned(),
        };
        may.push(with_tag("Constraints", words, critical("basicConstraints")));
    } else {
        may.push(fact_view("Constraints", "none", view! { <span class="faint">"none"</span> }));
    }
    if let Some(usages) = &view.key_usage {
        let words = usages.iter().map(|usage| usage::key_word(usage)).collect::<Vec<_>>().join(", ");
        may.push(with_tag("Key usage", words, critical("keyUsage")));
    }
    if let Some(usages) = &view.extended_key_usage {
        let words = usages.iter().map(|usage| usage::extended_word(usage)).collect::<Vec<_>>().join(", ");
        may.push(with_tag("Extended", words, critical("extKeyUsage")));
    }
    for policy in &view.policies {
        let name = policy.name.as_ref().map(|name| [" ", name.as_ref()].concat()).unwrap_or_default();
        let cps = policy.cps.join(" ");
        may.push(fact_view(
            "Policy",
            policy.oid.to_string(),
            view! { <code>{policy.oid.to_string()}</code>{name}" "<span class="faint">{cps}</span> },
        ));
    }
    let names: Vec<Fact> = view.subject_alternative_names.iter().map(alternative_name).collect();
    let mut found = vec![
        hex_fact("SHA-256", &row.entry.fingerprint_sha256),
        hex_fact("SHA-1", &sha1_hex(&row.entry.der.0)),
        hex_fact("MD5", &md5_hex(&row.entry.der.0)),
    ];
    for (name, id) in [("Subject key id", &view.subject_key_identifier), ("Authority key", &view.authority_key_identifier)] {
        if let Some(id) = id {
            found.push(hex_fact(name, id));
        }
    }
    let mut asked = Vec::new();
    for (name, addresses) in [("CRL", &view.crl_distribution_points), ("OCSP", &view.ocsp), ("Issuer at", &view.ca_issuers)] {
        asked.extend(addresses.iter().map(|address| fact(name, address.clone())));
    }
    let stamps = view
        .signed_certificate_timestamps
        .iter()
        .map(|stamp| fact_view("SCT", stamp.log_id.clone(), view! { <span title=clock::exact(stamp.timestamp)>{clock::date(stamp.timestamp)}" "<code class="faint">{cut_hex(&stamp.log_id)}</code></span> }))
        .collect();
    vec![("Names", names), ("May do", may), ("Found by", found), ("Asked at", asked), ("Logged in", stamps)]
}

fn with_tag(name: &'static str, words: String, critical: bool) -> Fact {
    let tag = critical.then(|| view! { " "<span class="tag">"critical"</span> });
    fact_view(name, words.clone(), view! { <span>{words}{tag}</span> })
}

fn alternative_name(name: &GeneralNameView) -> Fact {
    match name {
        GeneralNameView::Dns(text) => fact("DNS", text.clone()),
        GeneralNameView::Ip(text) => fact("IP", text.clone()),
        GeneralNameView::Email(text) => fact("E-mail", text.clone()),
        GeneralNameView::Uri(text) => fact("URI", text.clone()),
        GeneralNameView::DirectoryName(text) => fact("Directory", text.clone()),
        GeneralNameView::RegisteredId(text) => fact_code("Registered id", text.clone()),
        GeneralNameView::OtherName { oid, value } => fact_code("Other name", [oid.as_str(), " ", value].concat()),
        GeneralNameView::Unknown { tag, hex } => fact_code("Unknown", format!("[{tag}] {hex}")),
    }
}
