//! The `.cfg` files of the multiplexor: `default:NAME VALUE`, and the ports of all proxies in the list of services.

use super::Configuration;
use crate::deploy::change::EditRefused;
use crate::deploy::reading::place;
use crate::deploy::settings::{Document, Setting};
use crate::deploy::splice;
use crate::deploy::sun_messaging::multiplexor::{LIST, Proxy, is_default, ports};
use crate::deploy::sun_messaging::{is_yes, syntax};

impl Configuration<'_> {
    /// What a proxy's own file says.
    pub(super) fn proxy_value(&self, proxy: &Proxy, name: &str) -> Result<Option<String>, EditRefused> {
        let document = self.file(proxy.file, syntax::multiplexor)?;
        Ok(last(&document, name).map(|setting| setting.text.clone()))
    }

    /// Sets what a proxy's own file says.
    pub(super) fn set_proxy_value(&mut self, proxy: &Proxy, name: &str, value: &str) -> Result<(), EditRefused> {
        let document = self.file(proxy.file, syntax::multiplexor)?;
        let bytes = document.bytes();
        let known = last(&document, name);
        let is_quoted = |setting: &Setting| bytes.get(setting.value.end) == Some(&b'"');
        let text = if value.contains(' ') && !known.is_some_and(is_quoted) { format!("\"{value}\"") } else { value.to_owned() };
        let changed = match known {
            Some(setting) if setting.text == value => return Ok(()),
            Some(setting) if setting.value.is_empty() => splice::replaced(bytes, &setting.value, &format!(" {text}")),
            Some(setting) => splice::replaced(bytes, &setting.value, &text),
            None => splice::with_line_at_end(bytes, &format!("default:{name} {text}")),
        };
        self.drafts.put(&document.path, changed)
    }

    /// TLS from the first byte, at the port that the file names or the usual one, where the list of services must have it, too.
    pub(super) fn enable(&mut self, proxy: &'static Proxy) -> Result<(), EditRefused> {
        if !self.proxy_value(proxy, "SSLEnable")?.is_some_and(|value| is_yes(&value)) {
            self.set_proxy_value(proxy, "SSLEnable", "yes")?;
        }
        let named = self.proxy_value(proxy, "SSLPorts")?.filter(|ports| !ports.is_empty());
        let wanted = named.clone().unwrap_or_else(|| proxy.tls_port.to_owned());
        if named.is_none() {
            self.set_proxy_value(proxy, "SSLPorts", &wanted)?;
        }
        self.list(proxy, &wanted)
    }

    fn list(&mut self, proxy: &Proxy, wanted: &str) -> Result<(), EditRefused> {
        let document = self.file(LIST, syntax::multiplexor)?;
        let Some(setting) = last(&document, "ServiceList") else {
            return Err(EditRefused::because(format!("{LIST} has no ServiceList, in which the port would stand.")));
        };
        let line = document.settings().find(|(one, _)| *one == setting).map_or(1, |(_, line)| line);
        let refused = |words: String| EditRefused::at(&place(&document, line), words);
        let value = document.bytes().get(setting.value.clone()).unwrap_or_default();
        let text = std::str::from_utf8(value).map_err(|_| refused("The list is no UTF-8.".to_owned()))?;
        let entry = text.split_whitespace().find_map(|entry| Some((entry, proxy.ports_of(entry)?)));
        let Some((entry, present)) = entry else {
            return Err(refused(format!("ServiceList does not start {}: add it with its ports.", proxy.program)));
        };
        let missing: String = ports(wanted).filter(|port| !ports(present).any(|one| one == *port)).map(|port| format!("|{port}")).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let end = setting.value.start + (entry.as_ptr() as usize - text.as_ptr() as usize) + entry.len();
        self.drafts.put(&document.path, splice::replaced(document.bytes(), &(end..end), &missing))
    }
}

fn last<'a>(document: &'a Document, name: &str) -> Option<&'a Setting> {
    document.settings().map(|(setting, _)| setting).filter(|setting| is_default(&setting.name, name)).last()
}
