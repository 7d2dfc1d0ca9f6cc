//! Keys that are made in this browser (WebCrypto) and kept in it (IndexedDB), or leave it encrypted. They never go to the server.

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::request::{ITERATIONS, Protection, SignatureAlgorithm};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode, SubtleCrypto};

const DATABASE: &str = "certdeck";
const STORE: &str = "keys";

/// A private key of this browser.
pub struct BrowserKey {
    private: CryptoKey,
}

/// What the browser said when it refused.
pub type Refusal = String;

fn refusal(error: JsValue) -> Refusal {
    let message = Reflect::get(&error, &"message".into()).ok().and_then(|message| message.as_string());
    message.filter(|words| !words.is_empty()).unwrap_or_else(|| "The browser refused.".to_owned())
}

/// The browser's cryptography; browsers have it only over HTTPS and on the machine itself.
fn subtle() -> Result<SubtleCrypto, Refusal> {
    let crypto = window().crypto().map_err(refusal)?;
    match Reflect::get(&crypto, &"subtle".into()) {
        Ok(subtle) if !subtle.is_undefined() => Ok(subtle.unchecked_into()),
        _ => Err("Browsers make keys only over HTTPS. Open the console by its https:// address.".to_owned()),
    }
}

async fn awaited(promise: Result<Promise, JsValue>) -> Result<JsValue, Refusal> {
    JsFuture::from(promise.map_err(refusal)?).await.map_err(refusal)
}

async fn octets(promise: Result<Promise, JsValue>) -> Result<Vec<u8>, Refusal> {
    Ok(Uint8Array::new(&awaited(promise).await?).to_vec())
}

fn random(count: usize) -> Result<Vec<u8>, Refusal> {
    let mut octets = vec![0; count];
    window().crypto().map_err(refusal)?.get_random_values_with_u8_array(&mut octets).map_err(refusal)?;
    Ok(octets)
}

fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

fn usages(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from_str(name)).collect()
}

/// The algorithm as WebCrypto names it; none for those that not every browser has.
fn parameters(algorithm: KeyAlgorithm) -> Option<Object> {
    let rsa = |bits: u32| {
        object(&[
            ("name", "RSASSA-PKCS1-v1_5".into()),
            ("modulusLength", bits.into()),
            ("publicExponent", Uint8Array::from(&[1, 0, 1][..]).into()),
            ("hash", "SHA-256".into()),
        ])
    };
    let ec = |curve: &str| object(&[("name", "ECDSA".into()), ("namedCurve", curve.into())]);
    Some(match algorithm {
        KeyAlgorithm::Rsa2048 => rsa(2048),
        KeyAlgorithm::Rsa3072 => rsa(3072),
        KeyAlgorithm::Rsa4096 => rsa(4096),
        KeyAlgorithm::EcP256 => ec("P-256"),
        KeyAlgorithm::EcP384 => ec("P-384"),
        KeyAlgorithm::Ed25519 => object(&[("name", "Ed25519".into())]),
        KeyAlgorithm::EcP521 => return None,
    })
}

/// Whether keys of the algorithm can be made here.
pub fn makes(algorithm: KeyAlgorithm) -> bool {
    parameters(algorithm).is_some()
}

/// Makes a key pair; the second is the SubjectPublicKeyInfo, DER. One that is not extractable can never be taken out of this browser.
pub async fn make(algorithm: KeyAlgorithm, extractable: bool) -> Result<(BrowserKey, Vec<u8>), Refusal> {
    let subtle = subtle()?;
    let parameters = parameters(algorithm).ok_or("Browsers make RSA, P-256, P-384 and Ed25519 keys.")?;
    let pair = awaited(subtle.generate_key_with_object(&parameters, extractable, &usages(&["sign", "verify"]))).await;
    // Ed25519 came to browsers late: Firefox 129, Safari 17, Chromium 137.
    let pair = pair.map_err(|words| ["This browser makes no ", algorithm.words(), " key: ", &words].concat())?;
    let half = |name: &str| Reflect::get(&pair, &name.into()).map(JsCast::unchecked_into::<CryptoKey>).map_err(refusal);
    let public = octets(subtle.export_key("spki", &half("publicKey")?)).await?;
    Ok((BrowserKey { private: half("privateKey")? }, public))
}

impl BrowserKey {
    /// Signs as a request of this algorithm is signed.
    pub async fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let parameters = match algorithm {
            SignatureAlgorithm::EcdsaSha256 => object(&[("name", "ECDSA".into()), ("hash", "SHA-256".into())]),
            SignatureAlgorithm::Ed25519 => object(&[("name", "Ed25519".into())]),
            SignatureAlgorithm::EcdsaSha384 => object(&[("name", "ECDSA".into()), ("hash", "SHA-384".into())]),
            _ => object(&[("name", "RSASSA-PKCS1-v1_5".into())]),
        };
        let message = Uint8Array::from(message);
        let signature = octets(subtle()?.sign_with_object_and_buffer_source(&parameters, &self.private, &message)).await?;
        Ok(algorithm.signature_from_browser(&signature))
    }

    /// Whether it may leave, encrypted.
    pub fn may_leave(&self) -> bool {
        self.private.extractable()
    }

    /// EncryptedPrivateKeyInfo, DER, with a password.
    pub async fn encrypted(&self, password: &str) -> Result<Vec<u8>, Refusal> {
        let plain = octets(subtle()?.export_key("pkcs8", &self.private)).await?;
        let (protection, cipher) = encrypt(&plain, password).await?;
        Ok(protection.private_key(&cipher))
    }

    /// Keeps it in this browser under the identifier of its request.
    pub async fn keep(&self, request: &str) -> Result<(), Refusal> {
        let store = store(IdbTransactionMode::Readwrite).await?;
        done(&store.put_with_key(&self.private, &request.into()).map_err(refusal)?).await.map(drop)
    }
}

/// The key of a request, if this browser keeps it.
pub async fn of_request(request: &str) -> Option<BrowserKey> {
    let store = store(IdbTransactionMode::Readonly).await.ok()?;
    let found = done(&store.get(&request.into()).ok()?).await.ok()?;
    found.dyn_into().ok().map(|private| BrowserKey { private })
}

/// Forgets the key of a request; it cannot be had back.
pub async fn forget(request: &str) -> Result<(), Refusal> {
    let store = store(IdbTransactionMode::Readwrite).await?;
    done(&store.delete(&request.into()).map_err(refusal)?).await.map(drop)
}

/// Encrypts by PBES2 with a new salt.
pub async fn encrypt(plain: &[u8], password: &str) -> Result<(Protection, Vec<u8>), Refusal> {
    let subtle = subtle()?;
    let protection = Protection { salt: random(16)?, iterations: ITERATIONS, initialization_vector: random(16)? };
    let raw: Object = Uint8Array::from(password.as_bytes()).into();
    let base = awaited(subtle.import_key_with_str("raw", &raw, "PBKDF2", false, &usages(&["deriveKey"]))).await?;
    let derivation = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(protection.salt.as_slice()).into()),
        ("iterations", protection.iterations.into()),
    ]);
    let wanted = object(&[("name", "AES-CBC".into()), ("length", 256.into())]);
    let key = subtle.derive_key_with_object_and_object(&derivation, base.unchecked_ref(), &wanted, false, &usages(&["encrypt"]));
    let key: CryptoKey = awaited(key).await?.unchecked_into();
    let cipher = object(&[("name", "AES-CBC".into()), ("iv", Uint8Array::from(protection.initialization_vector.as_slice()).into())]);
    let encrypted = octets(subtle.encrypt_with_object_and_buffer_source(&cipher, &key, &Uint8Array::from(plain))).await?;
    Ok((protection, encrypted))
}

/// A random salt for the check sum of a PKCS#12 file.
pub fn salt() -> Result<Vec<u8>, Refusal> {
    random(16)
}

async fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, Refusal> {
    let unavailable = || "This browser keeps nothing (private window?).".to_owned();
    let factory = window().indexed_db().ok().flatten().ok_or_else(unavailable)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(DATABASE, 1).map_err(refusal)?;
    let opened = request.clone();
    let make = Closure::once_into_js(move || {
        if let Ok(database) = opened.result() {
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(make.unchecked_ref()));
    let database: IdbDatabase = done(&request).await?.unchecked_into();
    database.transaction_with_str_and_mode(STORE, mode).and_then(|transaction| transaction.object_store(STORE)).map_err(refusal)
}

/// The result of a request to IndexedDB.
async fn done(request: &IdbRequest) -> Result<JsValue, Refusal> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    let _ = JsFuture::from(promise).await.map_err(|_| "The browser's storage refused.".to_owned())?;
    request.result().map_err(refusal)
}
