//! What the page asks of the browser about passkeys (Web Authentication Level 3): to make one, and to have one answer.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::passkey::{NewPasskey, PasskeyAssertion, PasskeyCreation, PasskeyRequest};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Lets an authenticator make a passkey.
pub async fn create(options: &PasskeyCreation, name: String) -> Result<NewPasskey, ClientError> {
    let algorithms: Array =
        options.algorithms.iter().map(|number| object(&[("type", "public-key".into()), ("alg", (*number).into())])).collect();
    let user = [("id", octets(&options.user_handle)), ("name", text(&options.user_name)), ("displayName", text(&options.user_name))];
    let chosen = object(&[("residentKey", "discouraged".into()), ("userVerification", "discouraged".into())]);
    let public_key = object(&[
        ("challenge", octets(&options.challenge)),
        ("rp", object(&[("id", text(&options.host)), ("name", "Certdeck".into())])),
        ("user", object(&user)),
        ("pubKeyCredParams", algorithms.into()),
        ("excludeCredentials", credentials(&options.excluded)),
        ("authenticatorSelection", chosen),
        ("attestation", "none".into()),
        ("timeout", options.timeout_milliseconds.into()),
    ]);
    let made = asked("create", public_key).await.map_err(|error| refusal(&error))?;
    let response = member(&made, "response");
    let of = |name| bytes(&member(&response, name)).ok_or_else(|| refusal(&JsValue::NULL));
    Ok(NewPasskey { name, client_data: of("clientDataJSON")?, attestation_object: of("attestationObject")? })
}

/// Lets one of these passkeys answer.
pub async fn get(request: &PasskeyRequest) -> Result<PasskeyAssertion, ClientError> {
    let public_key = object(&[
        ("challenge", octets(&request.challenge)),
        ("rpId", text(&request.host)),
        ("allowCredentials", credentials(&request.credentials)),
        ("userVerification", "discouraged".into()),
        ("timeout", request.timeout_milliseconds.into()),
    ]);
    let given = asked("get", public_key).await.map_err(|error| refusal(&error))?;
    let response = member(&given, "response");
    let of = |name| bytes(&member(&response, name));
    let all = || {
        Some(PasskeyAssertion {
            credential_id: bytes(&member(&given, "rawId"))?,
            client_data: of("clientDataJSON")?,
            authenticator_data: of("authenticatorData")?,
            signature: of("signature")?,
            user_handle: of("userHandle"),
        })
    };
    all().ok_or_else(|| refusal(&JsValue::NULL))
}

/// `navigator.credentials.create` or `.get`.
async fn asked(method: &str, public_key: JsValue) -> Result<JsValue, JsValue> {
    let container = member(&window().navigator(), "credentials");
    let function: Function = member(&container, method).dyn_into()?;
    let promise: Promise = function.call1(&container, &object(&[("publicKey", public_key)]))?.dyn_into()?;
    JsFuture::from(promise).await
}

/// What the browser did not do, in words.
fn refusal(error: &JsValue) -> ClientError {
    let name = member(error, "name").as_string().unwrap_or_default();
    let words = match name.as_str() {
        "NotAllowedError" => "The browser was told no, or nobody answered in time. Try again.".to_owned(),
        "InvalidStateError" => "This authenticator has a passkey of the account already.".to_owned(),
        "SecurityError" => "The browser takes no passkeys at this address.".to_owned(),
        "" => "This browser knows no passkeys here: they need TLS whose certificate it trusts.".to_owned(),
        _ => member(error, "message").as_string().unwrap_or(name),
    };
    ClientError::Problem(Box::new(Problem::new(ProblemCode::PasskeysUnavailable, words)))
}

fn credentials(ids: &[Base64]) -> JsValue {
    ids.iter().map(|id| object(&[("type", "public-key".into()), ("id", octets(id))])).collect::<Array>().into()
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &text(name), value);
    }
    object.into()
}

fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &text(name)).unwrap_or_default()
}

fn octets(bytes: &Base64) -> JsValue {
    Uint8Array::from(bytes.0.as_slice()).into()
}

fn bytes(buffer: &JsValue) -> Option<Base64> {
    buffer.is_object().then(|| Base64(Uint8Array::new(buffer).to_vec()))
}
