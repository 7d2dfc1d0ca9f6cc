//! What holds for a server or one of its virtual hosts, directive by directive.

use certdeck_shared::api::service::Place;

use super::syntax::arguments;

/// A directive that holds somewhere.
#[derive(Debug, Clone)]
pub struct Directive {
    /// Name in lower case.
    pub name: String,
    /// What follows it, variables replaced.
    pub text: String,
    /// Where it is.
    pub place: Place,
    /// Which of the entries of its file it is.
    pub entry: usize,
    /// How many sections it stands in.
    pub depth: usize,
}

impl Directive {
    /// Its first argument, without quotes.
    #[must_use]
    pub fn first(&self) -> String {
        arguments(&self.text).into_iter().next().unwrap_or_default()
    }

    /// Whether it is this one: the same entry of the same file.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.entry == other.entry && self.place.file == other.place.file
    }
}

/// A place that makes what holds uncertain: a condition that Apache decides when it is started, or a macro.
#[derive(Debug, Clone)]
pub struct Unclear {
    /// The directive it is about, in lower case; all of them when absent.
    pub name: Option<String>,
    /// Where it is.
    pub place: Place,
    /// What makes it uncertain, as a sentence.
    pub words: &'static str,
}

/// What holds for a server or a virtual host.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Addresses of a virtual host.
    pub addresses: Vec<String>,
    /// Where it begins.
    pub place: Option<Place>,
    /// Directives outside of inner sections.
    pub directives: Vec<Directive>,
    /// What may hold for it or not.
    pub unclear: Vec<Unclear>,
    /// The entries of its file that it begins and ends with, once it has ended.
    pub entries: Option<(usize, usize)>,
    /// How many sections its directives stand in.
    pub depth: usize,
}

impl Scope {
    /// All directives of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Directive> {
        self.directives.iter().filter(move |directive| directive.name == name)
    }

    /// The one that counts: the last.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&Directive> {
        self.all(name).last()
    }
}

/// A virtual host over the server.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// The server.
    pub server: &'a Scope,
    /// The host, or nothing at all where the server has none.
    pub own: &'a Scope,
}

impl<'a> Host<'a> {
    /// The directive that counts: its own last, or the server's.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&'a Directive> {
        self.own.last(name).or_else(|| self.server.last(name))
    }

    /// Directives that are counted through: each of its own takes the place of the server's of the same number, as mod_ssl does it with
    /// certificates and keys.
    #[must_use]
    pub fn numbered(&self, name: &str) -> Vec<&'a Directive> {
        let mut all: Vec<&Directive> = self.own.all(name).collect();
        all.extend(self.server.all(name).skip(all.len()));
        all
    }

    /// Whether TLS is on.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.last("sslengine").is_some_and(|engine| engine.first().eq_ignore_ascii_case("on"))
    }
}
