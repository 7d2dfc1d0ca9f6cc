//! Light, dark, or as the system says.

use super::browser;

/// The theme chosen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme this browser remembers; the loader has already applied it.
    pub fn stored() -> Self {
        match browser::stored("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The other one of light and dark, seen from what shows now.
    pub fn toggled(self) -> Self {
        let dark = match self {
            Self::Dark => true,
            Self::Light => false,
            Self::System => browser::prefers("(prefers-color-scheme: dark)"),
        };
        if dark { Self::Light } else { Self::Dark }
    }

    /// Shows and remembers it.
    pub fn apply(self) {
        let name = match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        };
        browser::remember("theme", name);
        browser::set_root_attribute("data-theme", name);
    }
}
