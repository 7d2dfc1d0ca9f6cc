//! The request as it will be: its fields, or its PEM as far as it can be known before the key is made.

use crate::view::*;
use certdeck_shared::request::{self, Usages};

use super::draft::Draft;
use crate::components::data::facts::{fact, fact_code, facts};
use crate::components::x509::wanted::{name_facts, usage_facts};

/// The fields.
pub fn fields(draft: Draft) -> View {
    let form = draft.form();
    let algorithm = draft.key_algorithm();
    let existing = draft.place.with(|place| place == "existing");
    let name = request::distinguished_name(&form);
    let subject = name.to_string();
    let subject = if subject.is_empty() { "none".to_owned() } else { subject };
    let about = vec![
        fact_code("Subject", subject),
        fact_code("For certutil", name.to_rfc1485()),
        fact("Public key", if existing { algorithm.words().to_owned() } else { [algorithm.words(), ", made on submit"].concat() }),
        fact("Signature", algorithm.signature_words()),
        fact("Nickname", Some(draft.nickname_or_name()).filter(|name| !name.is_empty()).unwrap_or_else(|| "none".to_owned())),
    ];
    let names = match request::names(&form.subject_alternative_names) {
        Ok(names) if names.is_empty() => vec![fact("Alt names", "none")],
        Ok(names) => name_facts(&names),
        Err(_) => vec![fact("Alt names", "not readable yet")],
    };
    let mut asked = names;
    let usages = Usages::of(&form, algorithm.words().split(' ').next().unwrap_or_default());
    let path_length = usages.basic_constraints.and_then(|constraints| constraints.path_length).map(u32::from);
    let is_ca = usages.basic_constraints.is_some_and(|constraints| constraints.ca);
    asked.extend(usage_facts(&usages.key_usage, &usages.extended_key_usage, is_ca.then_some(path_length)));
    facts(vec![("CertificationRequest, PKCS#10", about), ("Extensions asked for", asked)])
}

/// The PEM down to the key.
pub fn outline(draft: Draft) -> View {
    let outline = request::outline(&draft.form(), draft.key_algorithm());
    let complete = outline.is_ok();
    let lines = outline.unwrap_or_default();
    let known = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let rest = match (complete, draft.place.with(|place| place == "existing")) {
        (false, _) => "appears when the form is complete\n",
        (true, false) => "key not made yet: the rest appears when you submit\n",
        (true, true) => "the rest appears when the key has signed it\n",
    };
    view! {
        <pre class="code" tabindex="0">"-----BEGIN CERTIFICATE REQUEST-----\n"{known}<span class="faint">{rest}</span>"-----END CERTIFICATE REQUEST-----"</pre>
    }
}
