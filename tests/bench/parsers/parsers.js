// Each parser reads of each certificate what the page's view holds: names, serial number, dates, key, algorithm, alternative names,
// usages, constraints, key identifiers, policies, addresses, and the list of extensions. What a library reads only when asked is asked for.
import 'reflect-metadata'
import * as peculiar from '@peculiar/x509'
import * as pkijs from 'pkijs'
import { X509 } from 'jsrsasign'
import forge from 'node-forge'
import load, { Views } from '/certdeck.js'

const certdeck = () => {
  const views = new Views()
  return { parse: (der) => views.parse(der), finish: () => { const substance = views.substance(); views.free(); return substance } }
}

// The JavaScript parsers keep their views of a round too.
const keeping = (parse) => () => {
  const views = []
  return { parse: (der) => { try { views.push(parse(der)); return true } catch { return false } }, finish: () => views.length }
}

const withPeculiar = keeping((der) => {
  const certificate = new peculiar.X509Certificate(der)
  return [
    certificate.subject, certificate.issuer, certificate.serialNumber, certificate.notBefore, certificate.notAfter,
    certificate.publicKey.algorithm, certificate.signatureAlgorithm, certificate.extensions.map((extension) => [extension.type, extension.critical]),
    certificate.getExtension(peculiar.SubjectAlternativeNameExtension)?.names.toJSON(),
    certificate.getExtension(peculiar.KeyUsagesExtension)?.usages,
    certificate.getExtension(peculiar.ExtendedKeyUsageExtension)?.usages,
    certificate.getExtension(peculiar.BasicConstraintsExtension)?.ca,
    certificate.getExtension(peculiar.SubjectKeyIdentifierExtension)?.keyId,
    certificate.getExtension(peculiar.AuthorityKeyIdentifierExtension)?.keyId,
    certificate.getExtension(peculiar.CertificatePolicyExtension)?.policies,
  ]
})

const withPkijs = keeping((der) => {
  const certificate = pkijs.Certificate.fromBER(der)
  const text = (name) => name.typesAndValues.map(({ type, value }) => [type, value.valueBlock.value])
  return [
    text(certificate.subject), text(certificate.issuer), certificate.serialNumber.valueBlock.toString(),
    certificate.notBefore.value, certificate.notAfter.value, certificate.subjectPublicKeyInfo.parsedKey, certificate.signatureAlgorithm.algorithmId,
    certificate.extensions?.map((extension) => [extension.extnID, extension.critical, extension.parsedValue]),
  ]
})

const hexadecimal = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))
const withJsrsasign = keeping((der) => {
  const certificate = new X509()
  let hex = ''
  for (const octet of der) hex += hexadecimal[octet]
  certificate.readCertHex(hex)
  return certificate.getParam()
})

const withForge = keeping((der) => forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.createBuffer(der))))

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

// Certificates a second: the median of the rounds of two seconds, after a second in which the compilers warm up. A round parses the set
// again and again for a tenth of a second, because the browser's clock is coarse.
const measure = async (start, certificates) => {
  let refused = 0
  const round = () => {
    const parser = start()
    let parsed = 0
    let elapsed = 0
    refused = 0
    const started = performance.now()
    do {
      for (const certificate of certificates) if (!parser.parse(certificate)) refused += 1
      parsed += certificates.length
      elapsed = performance.now() - started
    } while (elapsed < 100)
    if (parser.finish() === 0) throw new Error('nothing was read')
    return parsed / (elapsed / 1000)
  }
  const repeat = async (milliseconds) => {
    const rates = []
    for (const end = performance.now() + milliseconds; performance.now() < end || rates.length < 3;) { rates.push(round()); await wait(0) }
    return rates
  }
  await repeat(1000)
  return { rate: median(await repeat(2000)), refused, certificates: certificates.length }
}

const decode = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

const main = async () => {
  await load({ module_or_path: '/certdeck_bg.wasm' })
  const { all, rsa } = await (await fetch('/certificates.json')).json()
  const sets = { all: all.map(decode), rsa: rsa.map(decode) }
  const result = {}
  for (const [name, start, set] of [
    ['certdeck', certdeck, 'all'], ['peculiar', withPeculiar, 'all'], ['pkijs', withPkijs, 'all'], ['jsrsasign', withJsrsasign, 'all'],
    ['certdeck_rsa', certdeck, 'rsa'], ['forge_rsa', withForge, 'rsa'],
  ]) result[name] = await measure(start, sets[set])
  return result
}

main().then((result) => { window.result = result }, (cause) => { window.result = { failed: String(cause?.stack ?? cause) } })
