//! What asks again who one is, or for a second person: calls that the server turned away for that wait here until the dialog is answered.
//! Answered well, they go out once more; else they end as they were answered.

use std::cell::RefCell;

use certdeck_shared::api::problem::{Problem, ProblemCode};
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::view::RwSignal;

/// What a call waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Whoever sits there proves who they are; what would break.
    Confirmation(String),
    /// A second person approves it; the identifier of the request for that.
    Approval(String),
}

/// What the dialog asks for; it is open as long as there is something.
pub type Asking = RwSignal<Option<Wanted>>;

struct Desk {
    asking: Asking,
    waiting: Vec<Function>,
}

thread_local! {
    /// The one dialog of the page. The transport knows no owner that it could ask for it.
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// The dialog's signal, at the start of the page.
pub fn begin() -> Asking {
    let asking = RwSignal::new(None);
    DESK.set(Some(Desk { asking, waiting: Vec::new() }));
    asking
}

/// What a refused call waits for, if it is one that would go through then.
pub fn wanted(status: u16, body: &[u8]) -> Option<Wanted> {
    let problem: Problem = (status == 403).then(|| serde_json::from_slice(body).ok())??;
    if let Some(approval) = problem.approval {
        return Some(Wanted::Approval(approval));
    }
    let why = || Wanted::Confirmation(problem.errors.into_iter().next().map(|reason| reason.message).unwrap_or_default());
    (problem.code == ProblemCode::ConfirmationRequired).then(why)
}

/// Waits for the answer of whoever sits there: whether the call goes out once more.
pub async fn asked(wanted: Wanted) -> bool {
    let promise = Promise::new(&mut |resolve, _| {
        let asking = DESK.with_borrow_mut(|desk| {
            let desk = desk.as_mut()?;
            desk.waiting.push(resolve);
            Some(desk.asking)
        });
        if let Some(asking) = asking {
            asking.set(Some(wanted.clone()));
        }
    });
    JsFuture::from(promise).await.is_ok_and(|answer| answer.is_truthy())
}

/// Answers all that wait, and closes the dialog.
pub fn answer(confirmed: bool) {
    let Some((asking, waiting)) = DESK.with_borrow_mut(|desk| desk.as_mut().map(|desk| (desk.asking, std::mem::take(&mut desk.waiting))))
    else {
        return;
    };
    asking.set(None);
    for resolve in waiting {
        let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(confirmed));
    }
}
