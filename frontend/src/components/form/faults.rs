//! What the server refused: beside the field it is about, or in a callout when it is about none of them.

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::problem::Problem;

use crate::components::icon::glyph;

/// The last refusal of a form.
#[derive(Clone, Copy)]
pub struct Faults {
    error: RwSignal<Option<ClientError>>,
    /// Pointers that a field shows.
    covered: StoredValue<Vec<String>>,
    /// Pointers whose field was changed since.
    changed: RwSignal<Vec<String>>,
}

impl Faults {
    /// Nothing refused.
    pub fn new() -> Self {
        Self { error: RwSignal::new(None), covered: StoredValue::new(Vec::new()), changed: RwSignal::new(Vec::new()) }
    }

    /// A field shows what concerns this pointer.
    pub fn covers(self, pointer: &str) {
        self.covered.update_value(|covered| covered.push(pointer.to_owned()));
    }

    /// The field of this pointer was changed: what was said about it no longer holds.
    pub fn forget(self, pointer: &str) {
        if self.error.with_untracked(Option::is_some) {
            self.changed.update(|changed| changed.push(pointer.to_owned()));
        }
    }

    /// Shows a refusal.
    pub fn set(self, error: ClientError) {
        self.changed.set(Vec::new());
        self.error.set(Some(error));
    }

    /// Nothing refused any more.
    pub fn clear(self) {
        self.error.set(None);
    }

    /// The refusal.
    pub fn get(self) -> Option<ClientError> {
        self.error.get()
    }

    /// What was said about a member of the body.
    pub fn at(self, pointer: &str) -> Option<String> {
        if self.changed.with(|changed| changed.iter().any(|changed| changed == pointer)) {
            return None;
        }
        self.error.with(|error| {
            let problem = error.as_ref()?.problem()?;
            problem.errors.iter().find(|error| same(&error.pointer, pointer)).map(|error| error.message.clone())
        })
    }

    /// The part that no field shows, in a callout.
    pub fn callout(self) -> View {
        let words = move || {
            let error = self.error.get()?;
            let Some(problem) = error.problem() else { return Some((error.to_string(), Vec::new(), None)) };
            let rest = self.uncovered(problem);
            if rest.is_empty() && !problem.errors.is_empty() {
                return None;
            }
            Some((problem.detail.clone(), rest, problem.instance.clone().filter(|_| problem.status >= 500)))
        };
        let view = move || {
            words().map(|(detail, rest, instance)| {
                view! {
                    <div class="callout bad">
                        {glyph("expired")}
                        <div>
                            <p>{detail}</p>
                            {rest.into_iter().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>()}
                            {instance.map(|instance| view! { <p class="note">"In the log of the console: "<code>{instance}</code></p> })}
                        </div>
                    </div>
                }
            })
        };
        view! { <div role="alert">{view}</div> }
    }

    fn uncovered(self, problem: &Problem) -> Vec<String> {
        let covered = self.covered.get_value();
        let open = problem.errors.iter().filter(|error| !covered.iter().any(|pointer| same(&error.pointer, pointer)));
        open.map(|error| format!("{}: {}", error.pointer.trim_start_matches(['/', '?']), error.message)).collect()
    }
}

/// A field also shows what is said about parts of its value.
fn same(pointer: &str, field: &str) -> bool {
    pointer.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The same refusal with other pointers: for rows whose numbers stay when others are taken out, while the server counts their places.
pub fn repointed(mut error: ClientError, pointer: &dyn Fn(&str) -> Option<String>) -> ClientError {
    if let ClientError::Problem(problem) = &mut error {
        for fault in &mut problem.errors {
            if let Some(other) = pointer(&fault.pointer) {
                fault.pointer = other;
            }
        }
    }
    error
}
