//! How the page's calls travel: `fetch` to its own origin, with the session cookie that only the browser can read.

use certdeck_shared::api::client::{Client, Request, Response, Transport};
use js_sys::{Array, JsString, Uint8Array};
use leptos::prelude::{StoredValue, WithValue as _, on_cleanup};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, RequestCredentials, RequestInit};

use crate::state::confirmation;

/// The client every page uses.
pub type PageClient = Client<Fetch>;

/// `fetch`, and what ends it early.
#[derive(Debug, Clone, Default)]
pub struct Fetch {
    signal: Option<AbortSignal>,
}

/// A client for writes: they go on when the page that started them is left.
#[must_use]
pub fn client() -> PageClient {
    Client::new(Fetch::default())
}

/// A client for reads: what is still under way when the reactive owner goes away is given up.
#[must_use]
pub fn page_client() -> PageClient {
    let Ok(controller) = AbortController::new() else { return client() };
    let signal = controller.signal();
    let controller = StoredValue::new_local(controller);
    on_cleanup(move || {
        controller.try_with_value(AbortController::abort);
    });
    Client::new(Fetch { signal: Some(signal) })
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let mut answer = send(&request, self.signal.as_ref()).await;
        // First who one is, and then perhaps a second person.
        while let Some(wanted) = answer.as_ref().ok().and_then(|answer| confirmation::wanted(answer.status, &answer.body))
            && confirmation::asked(wanted).await
        {
            answer = send(&request, self.signal.as_ref()).await;
        }
        if self.signal.as_ref().is_some_and(AbortSignal::aborted) {
            // Nobody waits for it any more: the task ends here instead of telling an error to a page that is gone.
            return std::future::pending().await;
        }
        answer.map_err(|error| words(&error))
    }
}

async fn send(request: &Request, signal: Option<&AbortSignal>) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    if let Some(content_type) = request.content_type {
        headers.set("content-type", content_type)?;
    }
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.name());
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(signal);
    if let Some(body) = &request.body {
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: web_sys::Response = JsFuture::from(window.fetch_with_str_and_init(&request.target(), &init)).await?.unchecked_into();
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok(Response { status: response.status(), headers: fields(&response.headers()), body: Uint8Array::new(&body).to_vec() })
}

fn fields(headers: &Headers) -> Vec<(String, String)> {
    let pairs = headers.entries().into_iter().filter_map(Result::ok);
    pairs
        .filter_map(|pair| {
            let pair: Array = pair.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}

/// What the browser says went wrong; it does not tell more than "failed to fetch" for most faults of the network.
fn words(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &JsValue::from(JsString::from("message"))).ok();
    message.and_then(|message| message.as_string()).unwrap_or_else(|| "the connection failed".to_owned())
}
