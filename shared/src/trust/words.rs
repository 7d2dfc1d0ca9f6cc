//! Trust in words for people.

use super::{TrustFlags, UsageTrust};

impl TrustFlags {
    /// One sentence for each thing said: `Trusted to issue certificates for servers`. Never empty.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        let mut words = Vec::new();
        self.issues(&mut words);
        collect(self, |field| field.trusted_peer, "Trusted by itself for ", "", &mut words);
        collect(self, |field| field.prohibited, "Distrusted for ", "", &mut words);
        collect(self, |field| field.normalized().valid_ca, "A valid CA for ", ", but not trusted by itself", &mut words);
        if self.ssl.user || self.email.user || self.object_signing.user {
            words.push("Its private key is in this database".to_owned());
        }
        if words.is_empty() {
            words.push("No trust of its own: its issuer decides".to_owned());
        }
        words
    }

    /// For whom it may issue, as far as the flags say: `servers`, `clients`, `e-mail`, `object signing`.
    #[must_use]
    pub fn issues_for(self) -> Vec<&'static str> {
        [
            (self.ssl.trusted_ca, "servers"),
            (self.ssl.trusted_client_ca, "clients"),
            (self.email.trusted_ca, "e-mail"),
            (self.object_signing.trusted_ca, "object signing"),
        ]
        .into_iter()
        .filter_map(|(set, word)| set.then_some(word))
        .collect()
    }

    fn issues(self, words: &mut Vec<String>) {
        let usages = self.issues_for();
        if !usages.is_empty() {
            words.push(["Trusted to issue certificates for ", &listed(&usages)].concat());
        }
    }
}

fn collect(flags: TrustFlags, says: fn(UsageTrust) -> bool, before: &str, after: &str, words: &mut Vec<String>) {
    let usages: Vec<&str> = [(flags.ssl, "TLS"), (flags.email, "e-mail"), (flags.object_signing, "object signing")]
        .into_iter()
        .filter_map(|(field, word)| says(field).then_some(word))
        .collect();
    if !usages.is_empty() {
        words.push([before, &listed(&usages), after].concat());
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => [&first.join(", "), " and ", last].concat(),
    }
}
