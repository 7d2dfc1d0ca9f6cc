//! What can be changed in `server.xml`.

use std::path::Path;

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::tls_profiles::recommendation;

use super::elements::{self, Element};
use super::pairs::{self, Files};
use super::sheet::{Sheet, path};
use super::targets::{Target, Targets, is_old, is_openssl};
use super::{Tomcat, listener, takeover, watch};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

impl ServiceEditor for Tomcat {
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules {
        // The group that may read server.xml, which has passwords, is Tomcat's.
        let group = observation.config_files.first().map(|file| file.group.as_str()).filter(|group| *group != "root");
        let group = group.unwrap_or("tomcat");
        FileRules {
            directory: config.parent().unwrap_or(Path::new("/etc/tomcat10")).join("ssl"),
            key: Rights::of("root", group, 0o640),
            key_directory: Rights::of("root", group, 0o750),
            certificate: Rights::of("root", "root", 0o644),
            // Java's jdk.tls.disabledAlgorithms.
            fewest_rsa_bits: 1024,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, _: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        let mut sheet = Sheet::new(tree, config);
        let targets = Targets::of(&sheet.elements()?);
        let base = &elements::base(tree, config);
        for wish in wanted {
            one(&mut sheet, (tree, config, base), &targets, wish)?;
        }
        for wish in wanted {
            if let Wanted::Tls { endpoint, .. } = wish {
                listener::check(&sheet, targets.get(*endpoint)?, base)?;
            }
        }
        Ok(sheet.finish())
    }

    /// None but the administrator's own: `configtest` ends with 0 whatever it finds, and takes the ports of the running one.
    fn own_check(&self, _: &Tree, _: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        control.check.clone().map(takeover::run)
    }

    fn takeover(
        &self,
        tree: &Tree,
        config: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        edits: &Edits,
    ) -> Result<Takeover, EditRefused> {
        takeover::of(tree, config, running, control, edits)
    }
}

fn one(sheet: &mut Sheet<'_>, (tree, config, base): (&Tree, &Path, &Path), targets: &Targets, wish: &Wanted) -> Result<(), EditRefused> {
    match wish {
        Wanted::Pair { endpoints, pair, certificate, key, chain } => {
            pairs::set(sheet, base, targets, (endpoints, *pair), Files { certificate, key, chain: chain.as_deref() })
        }
        Wanted::Tls { endpoint, tls } => listener::turn_on(sheet, targets.get(*endpoint)?, *tls),
        Wanted::Listener { protocol, tls, port, address, server_name, pair } => {
            listener::add(sheet, (*protocol, *tls), (address.as_deref(), *port), server_name.as_deref(), pair.as_ref())
        }
        Wanted::Nickname { .. } => Err(wish.beyond("Tomcat")),
        Wanted::CertificateWatch => watch::add(sheet, tree, config),
        Wanted::Profile { endpoints, profile } => {
            let recommended = recommendation(*profile);
            versions(sheet, targets, endpoints, recommended.lowest, None)?;
            // Java's own list is good for TLS 1.3; a list without suites of 1.3 would leave nothing.
            let names = recommended.iana_names().join(",");
            for target in each(targets, endpoints)? {
                let is_listed = |element: &Element| element.attribute("ciphers").is_some() || element.attribute("SSLCipherSuite").is_some();
                let elements = sheet.elements()?;
                let (connector, host) = target.find(&elements)?;
                if !recommended.suites.is_empty() || is_listed(host.unwrap_or(connector)) {
                    ciphers(sheet, target, &names)?;
                }
                let order = |element: &Element| element.value("honorCipherOrder") == "true" && !recommended.server_order;
                if host.is_some_and(order) {
                    on(sheet, target, &|sheet, element, _| sheet.set(element, "honorCipherOrder", "false"))?;
                }
            }
            Ok(())
        }
        Wanted::Protocols { endpoints, lowest, highest } => versions(sheet, targets, endpoints, *lowest, *highest),
        Wanted::Ciphers { endpoints, ciphers: list } => {
            each(targets, endpoints)?.into_iter().try_for_each(|target| ciphers(sheet, target, list))
        }
        Wanted::ClientCa { endpoints, file } => {
            each(targets, endpoints)?.into_iter().try_for_each(|target| client_ca(sheet, base, target, file))
        }
        Wanted::ClientVerification { endpoints, verification, depth } => {
            each(targets, endpoints)?.into_iter().try_for_each(|target| verify(sheet, target, *verification, *depth))
        }
    }
}

fn each<'a>(targets: &'a Targets, endpoints: &[usize]) -> Result<Vec<&'a Target>, EditRefused> {
    endpoints.iter().map(|endpoint| targets.get(*endpoint)).collect()
}

/// Which form the settings of an endpoint have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `SSLHostConfig`, 8.5 and later.
    Host,
    /// Attributes of the connector for Java's own TLS.
    Java,
    /// Attributes of the connector for the native library.
    Native,
}

/// Changes the element that has the settings of an endpoint, which is made where there is none.
fn on(
    sheet: &mut Sheet<'_>,
    target: &Target,
    act: &dyn Fn(&mut Sheet<'_>, &Element, Form) -> Result<(), EditRefused>,
) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    match target.find(&elements)? {
        (_, Some(host)) => act(sheet, host, Form::Host),
        (connector, None) if is_old(connector) => {
            let native =
                connector.attributes.iter().any(|(attribute, _)| attribute.name.starts_with("SSL") && attribute.name != "SSLEnabled");
            act(sheet, connector, if native { Form::Native } else { Form::Java })
        }
        (connector, None) => {
            sheet.add(connector, "<SSLHostConfig>\n</SSLHostConfig>")?;
            let elements = sheet.elements()?;
            let host = target.find(&elements)?.1.ok_or_else(|| EditRefused::because("The SSLHostConfig that was made is not there."))?;
            act(sheet, host, Form::Host)
        }
    }
}

fn versions(
    sheet: &mut Sheet<'_>,
    targets: &Targets,
    endpoints: &[usize],
    lowest: TlsVersion,
    highest: Option<TlsVersion>,
) -> Result<(), EditRefused> {
    let names: Vec<&str> = TlsVersion::between(lowest, highest.unwrap_or(TlsVersion::Tls13)).map(TlsVersion::openssl_name).collect();
    if names.is_empty() {
        return Err(EditRefused::because("The highest version of TLS is below the lowest."));
    }
    for target in each(targets, endpoints)? {
        on(sheet, target, &|sheet, element, form| {
            let (name, between) = match form {
                Form::Host => ("protocols", "+"),
                Form::Java => ("sslEnabledProtocols", ","),
                Form::Native => ("SSLProtocol", "+"),
            };
            let mut now: Vec<&str> = element.value(name).split([',', '+', ' ']).filter(|word| !word.is_empty()).collect();
            now.sort_unstable();
            if now == names { Ok(()) } else { sheet.set(element, name, &names.join(between)) }
        })?;
    }
    Ok(())
}

fn ciphers(sheet: &mut Sheet<'_>, target: &Target, list: &str) -> Result<(), EditRefused> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || ":+!@=_-., ".contains(letter);
    if list.trim().is_empty() || !list.chars().all(known) {
        return Err(EditRefused::because(format!("{list:?} is no list of cipher suites as Tomcat takes it.")));
    }
    on(sheet, target, &|sheet, element, form| sheet.set(element, if form == Form::Native { "SSLCipherSuite" } else { "ciphers" }, list))
}

fn client_ca(sheet: &mut Sheet<'_>, base: &Path, target: &Target, file: &Path) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, _) = target.find(&elements)?;
    if !is_openssl(connector) && connector.attribute("SSLCertificateFile").is_none() {
        // Seen with 10.1.60: the file is passed over without a word, and every CA that Java knows is trusted.
        let words = "Java's own TLS takes CA certificates from a key store alone (truststoreFile) and passes over PEM files: it would trust \
                     every public CA. Make a trust store, or set sslImplementationName to OpenSSL's.";
        return Err(EditRefused::at(&connector.place, words));
    }
    on(sheet, target, &|sheet, element, form| {
        let name = if form == Form::Host { "caCertificateFile" } else { "SSLCACertificateFile" };
        let is_so = element.file(name, base).is_some_and(|now| Path::new(&now.value) == file);
        if is_so { Ok(()) } else { sheet.set(element, name, path(file)?) }
    })
}

fn verify(sheet: &mut Sheet<'_>, target: &Target, verification: ClientVerification, depth: Option<u8>) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, host) = target.find(&elements)?;
    let holder = host.unwrap_or(connector);
    let store = ["truststoreFile", "SSLCACertificateFile", "SSLCACertificatePath"].iter().any(|name| holder.attribute(name).is_some());
    let files =
        is_openssl(connector) && (holder.attribute("caCertificateFile").is_some() || holder.attribute("caCertificatePath").is_some());
    if verification != ClientVerification::Off && !store && !files {
        let words = "No CA for client certificates is named that this connector reads (truststoreFile): it would trust every public CA.";
        return Err(EditRefused::at(&holder.place, words));
    }
    on(sheet, target, &|sheet, element, form| {
        let (name, value) = match (form, verification) {
            (Form::Host, ClientVerification::Off) => ("certificateVerification", "none"),
            (Form::Host, ClientVerification::Optional) => ("certificateVerification", "optional"),
            (Form::Host, ClientVerification::Required) => ("certificateVerification", "required"),
            (Form::Java, ClientVerification::Off) => ("clientAuth", "false"),
            (Form::Java, ClientVerification::Optional) => ("clientAuth", "want"),
            (Form::Java, ClientVerification::Required) => ("clientAuth", "true"),
            (Form::Native, ClientVerification::Off) => ("SSLVerifyClient", "none"),
            (Form::Native, ClientVerification::Optional) => ("SSLVerifyClient", "optional"),
            (Form::Native, ClientVerification::Required) => ("SSLVerifyClient", "require"),
        };
        let off_by_itself = verification == ClientVerification::Off && element.attribute(name).is_none();
        if off_by_itself { Ok(()) } else { sheet.set(element, name, value) }
    })?;
    let Some(depth) = depth else { return Ok(()) };
    on(sheet, target, &|sheet, element, form| {
        let name = match form {
            Form::Host => "certificateVerificationDepth",
            Form::Java => "trustMaxCertLength",
            Form::Native => "SSLVerifyDepth",
        };
        sheet.set(element, name, &depth.to_string())
    })
}
