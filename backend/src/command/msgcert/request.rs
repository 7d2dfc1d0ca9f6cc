//! `request-cert`: a new key pair in the database, and the request for it.

use std::io::Write as _;
use std::net::IpAddr;

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::detect;
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::request::RequestForm;

use super::Failure;
use super::connection::{Place, said};
use super::options::{RequestCert, RequestFormat, Subject};
use crate::host::files;

/// The request goes to standard output or to a file, binary unless ASCII is asked for.
pub(super) async fn request(place: &Place, options: &RequestCert) -> Result<(), Failure> {
    let form = form(&options.subject)?;
    let unlocked = place.unlock(options.password.file.as_deref()).await?;
    let tracking = Tracking {
        // The manual's command gives no alias before the answer comes.
        nickname: common_name(&form).unwrap_or_else(|| form.subject.clone()).chars().take(255).collect(),
        accept: vec!["no-alternative-names".to_owned()],
        ..Tracking::default()
    };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::Rsa2048, form, tracking };
    let outcome = place.client.create_request(place.id(), &new).await.map_err(said);
    let made = unlocked.leave(outcome).await?;
    let octets = match options.format {
        RequestFormat::Ascii => made.pem.into_bytes(),
        RequestFormat::Binary => {
            let found = detect::read(made.pem.as_bytes()).requests.into_iter().next();
            found.ok_or("the console answered with something that is no request")?.der
        }
    };
    match &options.output {
        Some(file) => files::write_atomically(file, &octets, 0o644, None)?,
        None => std::io::stdout().write_all(&octets)?,
    }
    Ok(())
}

/// Whom the options describe. A name that a server can have becomes its alternative name, because nothing else counts today.
pub(super) fn form(subject: &Subject) -> Result<RequestForm, Failure> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut form = match &subject.distinguished_name {
        Some(name) => {
            name.parse::<DistinguishedName>().map_err(|error| format!("-S {name}: {error}"))?;
            RequestForm { subject: name.clone(), ..RequestForm::default() }
        }
        None => RequestForm {
            common_name: text(&subject.name),
            organization: text(&subject.org),
            organizational_unit: text(&subject.org_unit),
            locality: text(&subject.city),
            state_or_province: text(&subject.state),
            country: text(&subject.country).to_uppercase(),
            ..RequestForm::default()
        },
    };
    form.subject_alternative_names = common_name(&form).filter(|name| names_a_server(name)).unwrap_or_default();
    Ok(form)
}

fn common_name(form: &RequestForm) -> Option<String> {
    if form.subject.is_empty() {
        return Some(form.common_name.clone()).filter(|name| !name.is_empty());
    }
    form.subject.parse::<DistinguishedName>().ok()?.common_name().map(str::to_owned)
}

fn names_a_server(name: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'*');
    name.parse::<IpAddr>().is_ok() || name.split('.').all(is_label)
}
