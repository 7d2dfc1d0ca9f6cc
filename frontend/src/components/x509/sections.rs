//! The sections of a certificate that need no database: usages, fields, extensions, PEM, structure.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::x509::asn1;
use certdeck_shared::x509::usage;
use certdeck_shared::x509::view::{CertificateView, ExtensionView};

use super::asn1::structure;
use super::fields::{identity, purpose};
use super::pem::pem;
use crate::components::data::copy::{copy_button, copy_wide};
use crate::components::data::facts::facts;
use crate::components::icon::state;
use crate::state::row::Row;

/// What the certificate itself says it may be used for.
pub fn usages(view: &CertificateView) -> View {
    let ca = view.is_ca();
    let key_usage = |name: &str| view.key_usage.as_ref().is_none_or(|usages| usages.iter().any(|usage| usage.as_ref() == name));
    let extended =
        |name: &str| (usage::allows(view, name), if view.extended_key_usage.is_some() { "extended key usage" } else { "not restricted" });
    let leaf = |name: &str| {
        let (allowed, why) = extended(name);
        if ca { (false, "a CA") } else { (allowed, why) }
    };
    let lines: [(&str, (bool, &str)); 7] = [
        ("TLS server", leaf("serverAuth")),
        ("TLS client", leaf("clientAuth")),
        ("E-mail", leaf("emailProtection")),
        ("Object signing", leaf("codeSigning")),
        ("Sign certificates", (ca && key_usage("keyCertSign"), if ca { "constraints, key usage" } else { "no CA" })),
        ("Sign revocation lists", (ca && key_usage("cRLSign"), if ca { "key usage" } else { "no CA" })),
        ("Answer OCSP", (view.extended_key_usage.iter().flatten().any(|usage| usage.as_ref() == "OCSPSigning"), "extended key usage")),
    ];
    let rows: Vec<View> = lines
        .into_iter()
        .map(|(name, (may, why))| {
            let mark = if may { state("ok", "ok", "May") } else { state("none", "off", "No") };
            view! { <tr><th scope="row">{name}</th><td>{mark}</td><td class="note">{why}</td></tr> }
        })
        .collect();
    view! {
        <div class="sect-head"><h2>"Usages"</h2><span class="note">"as the certificate says"</span></div>
        <table class="matrix left">
            <colgroup><col class="w-name"/><col class="w-mark"/><col/></colgroup>
            <thead><tr><th scope="col">"Usage"</th><th scope="col">"Says"</th><th scope="col">"By"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Fields in two columns, extensions, PEM and structure.
pub fn everything(row: &Arc<Row>, view: &CertificateView, in_database: bool, now: i64) -> View {
    let armour = Arc::new(pem(&row.entry.der.0));
    let copied = Arc::clone(&armour);
    view! {
        <div class="cols">
            <div><section class="sect">{facts(identity(row, view, in_database, now))}</section></div>
            <div><section class="sect">{facts(purpose(row, view))}</section></div>
        </div>
        {extensions(view)}
        <section class="sect">{structure(row.entry.der.0.clone())}</section>
        <section class="sect">
            <div class="sect-head"><h2>"PEM"</h2><span class="note">{format!("{} bytes DER", row.entry.der.0.len())}</span><span class="push">{copy_wide("Copy", move || copied.to_string())}</span></div>
            <pre class="code" tabindex="0" aria-label="PEM">{armour.to_string()}</pre>
        </section>
    }
}

fn extensions(view: &CertificateView) -> Option<View> {
    if view.extensions.is_empty() {
        return None;
    }
    let rows: Vec<View> = view.extensions.iter().map(extension).collect();
    Some(view! {
        <section class="sect">
            <div class="sect-head"><h2>"Extensions"</h2><span class="note">"in the order of the certificate"</span></div>
            <ul class="extensions">{rows}</ul>
        </section>
    })
}

fn extension(extension: &ExtensionView) -> View {
    let critical = extension.critical.then(|| view! { <span class="tag">"critical"</span> });
    let name = extension.name.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let class = if extension.name.is_some() { "" } else { "faint" };
    let malformed = extension.malformed.clone().map(|reason| view! { <span class="state bad">{reason}</span> });
    let value = extension.value.as_ref().map(|value| view! { <pre class="code">{outline(&value.0)}</pre> });
    let oid = extension.oid.to_string();
    let copied = oid.clone();
    view! {
        <li><div class="row tight"><span class=class>{name}</span><code class="faint">{oid}</code>{copy_button("the OID", move || copied.clone())}{critical}{malformed}</div>{value}</li>
    }
}

/// A DER value as indented lines; its bytes when it is no DER.
fn outline(der: &[u8]) -> String {
    let Ok(nodes) = asn1::tree(der) else {
        return der.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    };
    let lines: Vec<String> = nodes
        .iter()
        .take(60)
        .map(|node| {
            let value = node.value.as_ref().map(|value| [" ", value].concat()).unwrap_or_default();
            format!("{}{}{value}", "  ".repeat(node.depth), node.tag)
        })
        .collect();
    lines.join("\n")
}
