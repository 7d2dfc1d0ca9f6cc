//! Parameters: what they are, what they are to be, and the lines of `configutil` that make it so.

use super::Configuration;
use crate::deploy::change::ByHand;
use crate::deploy::sun_messaging::is_yes;

impl Configuration<'_> {
    /// A parameter with the wishes so far; the last of a name counts.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let wanted = self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let given = || self.main.settings().filter(|(setting, _)| setting.name == name).last();
        wanted.or_else(|| given().map(|(setting, _)| setting.text.clone())).filter(|value| !value.is_empty())
    }

    /// Wants a value, which is another one than now.
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value));
    }

    /// Turns something on that is off.
    pub(super) fn set_yes(&mut self, name: &str) {
        if !self.parameter(name).is_some_and(|value| is_yes(&value)) {
            self.set(name, "yes".to_owned());
        }
    }

    /// `configutil -o NAME -v VALUE` for each, with the program where it is installed.
    pub(super) fn lines(&self) -> Vec<ByHand> {
        let places = ["sbin", "bin"].into_iter().filter_map(|place| Some(self.directory.parent()?.join(place).join("configutil")));
        let program = places.into_iter().find(|program| self.drafts.tree().attributes(program).is_ok());
        let program = program.map_or_else(|| "configutil".to_owned(), |program| program.display().to_string());
        let line = |(name, value): &(String, String)| ByHand {
            arguments: [program.as_str(), "-o", name, "-v", value].map(str::to_owned).to_vec(),
            why: "Parameters of Messaging Server are set by its own program alone, which also says whether it takes them.".to_owned(),
        };
        self.parameters.iter().map(line).collect()
    }
}
