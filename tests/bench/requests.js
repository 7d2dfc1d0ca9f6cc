// Key and request as the page makes them: the key by WebCrypto, what is signed and the request around it in WASM.
import load, { signed, to_be_signed } from '/certdeck.js'

const ROUNDS = 15
const ec = { name: 'ECDSA', namedCurve: 'P-256' }
const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }

const once = async (algorithm) => {
  const began = performance.now()
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const key = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const information = to_be_signed('CN=www.example.org, O=Example, C=CH', 'www.example.org example.org', key)
  const signature = new Uint8Array(await crypto.subtle.sign({ ...algorithm, hash: 'SHA-256' }, pair.privateKey, information))
  const pem = signed(information, key, signature)
  return { milliseconds: performance.now() - began, pem }
}

const rounds = async (algorithm) => {
  const all = []
  for (let round = 0; round < ROUNDS; round += 1) all.push(await once(algorithm))
  return all
}

try {
  await load()
  window.result = { ec: await rounds(ec), rsa: await rounds(rsa) }
} catch (cause) {
  window.result = { failed: String(cause) }
}
