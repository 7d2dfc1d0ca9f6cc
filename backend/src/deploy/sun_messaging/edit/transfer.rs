//! SMTP and submission: STARTTLS is a keyword of a channel in `imta.cnf`, TLS from the first byte a port in `dispatcher.cnf`.

use certdeck_shared::api::service::Endpoint;
use certdeck_shared::sun;

use super::{Configuration, Part, part};
use crate::deploy::change::{EditRefused, Wanted};
use crate::deploy::reading::place;
use crate::deploy::settings::What;
use crate::deploy::splice;
use crate::deploy::sun_messaging::{syntax, transfer};

/// The service that clients give their mail to.
const SUBMISSION: &str = "SMTP_SUBMIT";

impl Configuration<'_> {
    /// Offers STARTTLS at a service of the dispatcher, by a keyword of the channel that its mail comes in by. Submission demands it:
    /// passwords would go in clear otherwise (RFC 8314).
    pub(super) fn offer(&mut self, name: &str, all: &[Wanted]) -> Result<(), EditRefused> {
        let dispatcher = self.file("dispatcher.cnf", syntax::dispatcher)?;
        let services = transfer::services(&dispatcher);
        let Some(channel) = services.iter().find(|service| service.name == name).map(|service| service.channel.as_str()) else {
            return Err(EditRefused::because(format!("dispatcher.cnf has no service {name} any more.")));
        };
        let sharing: Vec<&str> =
            services.iter().filter(|service| service.channel == channel).map(|service| service.name.as_str()).collect();
        let is_wanted = |endpoint: &Endpoint| {
            let at = self.observation.endpoints.iter().position(|one| one.name == endpoint.name);
            all.iter().any(|wish| matches!(wish, Wanted::Tls { endpoint, .. } if Some(*endpoint) == at))
        };
        let with_it = |endpoint: &&Endpoint| matches!(part(endpoint), Part::Transfer(other) if sharing.contains(&other.as_str()));
        if let Some(other) =
            self.observation.endpoints.iter().filter(with_it).find(|endpoint| !endpoint.name.ends_with("/TLS") && !is_wanted(endpoint))
        {
            let words = format!("{} takes mail in by the channel {channel}, too: turn STARTTLS on there as well.", other.name);
            return Err(EditRefused { place: other.place.clone(), words });
        }
        let keyword = if sharing.iter().all(|name| *name == SUBMISSION) { "musttlsserver" } else { "maytlsserver" };
        let channel = channel.to_owned();
        self.set_keyword(&channel, keyword)
    }

    fn set_keyword(&mut self, channel: &str, keyword: &str) -> Result<(), EditRefused> {
        let document = self.file("imta.cnf", syntax::imta)?;
        let found = document.entries.iter().find_map(|entry| match &entry.what {
            What::Open(block) if block.name == channel => Some((block, entry)),
            _ => None,
        });
        let Some((block, entry)) = found else {
            return Err(EditRefused::because(format!("imta.cnf has no channel {channel}, by which the mail comes in.")));
        };
        let all = transfer::keywords(&document, channel).map(|words| words.value).unwrap_or_default();
        if sun::stance(all.split_whitespace()).server > 0 {
            return Ok(());
        }
        let line = document.bytes().get(block.value.clone()).unwrap_or_default();
        let text = std::str::from_utf8(line).map_err(|_| EditRefused::at(&place(&document, entry.line), "The channel is no UTF-8."))?;
        // The last keyword about the server counts.
        let last = words(text).filter(|(_, word)| ["notls", "notlsserver"].iter().any(|off| word.eq_ignore_ascii_case(off))).last();
        let changed = match last {
            Some((at, word)) => {
                let start = block.value.start + at;
                // What it says of mail that is sent goes on to hold.
                let text = if word.eq_ignore_ascii_case("notls") { format!("notlsclient {keyword}") } else { keyword.to_owned() };
                splice::replaced(document.bytes(), &(start..start + word.len()), &text)
            }
            None => splice::replaced(document.bytes(), &(block.value.end..block.value.end), &format!(" {keyword}")),
        };
        self.drafts.put(&document.path, changed)
    }

    /// Listens for submission with TLS from the first byte.
    pub(super) fn listen_for_submission(&mut self, port: u16) -> Result<(), EditRefused> {
        let document = self.file("dispatcher.cnf", syntax::dispatcher)?;
        let (mut within, mut ports, mut anchor) = (false, None, None);
        for entry in &document.entries {
            match &entry.what {
                What::Open(section) => {
                    within = section.text == SUBMISSION;
                    if within {
                        anchor = Some(&entry.span);
                    }
                }
                What::Setting(setting) if within && setting.name.eq_ignore_ascii_case("TLS_PORT") => ports = Some(setting),
                What::Setting(setting) if within && setting.name.eq_ignore_ascii_case("PORT") => anchor = Some(&entry.span),
                _ => {}
            }
        }
        let Some(anchor) = anchor else {
            return Err(EditRefused::because("dispatcher.cnf has no section [SERVICE=SMTP_SUBMIT], which submission is taken in by."));
        };
        let changed = match ports {
            Some(ports) if ports.text.split(',').any(|one| one.trim() == port.to_string()) => return Ok(()),
            Some(ports) if ports.text.is_empty() => splice::replaced(document.bytes(), &ports.value, &port.to_string()),
            Some(ports) => splice::replaced(document.bytes(), &(ports.value.end..ports.value.end), &format!(",{port}")),
            None => splice::with_line_after(document.bytes(), anchor, &format!("TLS_PORT={port}")),
        };
        self.drafts.put(&document.path, changed)
    }
}

/// The words of a text with their places; the backslash of a line that goes on is none.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().filter(|word| *word != "\\").map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
