"""Puts what the tests have of other projects before the fuzz targets as well: certificates, requests, revocation lists, key stores, configurations."""

import base64
import gzip
import hashlib
import json
import pathlib

ROOT = pathlib.Path(__file__).parent.parent
# Longer ones teach a fuzzer nothing and slow it down.
LONGEST = 16384


def put(octets, *targets):
    """Writes an input for each of these targets, under its own digest."""
    if len(octets) <= LONGEST:
        for target in targets:
            place = ROOT / "fuzz" / "corpus" / target
            place.mkdir(parents=True, exist_ok=True)
            (place / hashlib.sha1(octets).hexdigest()).write_bytes(octets)


def objects(path):
    """The lines of a corpus."""
    with gzip.open(ROOT / path, "rt") as lines:
        return [json.loads(line) for line in lines]


CORPUS = "shared/tests/corpus/"
for name, targets in {
    "certificates": ("certificate", "asn1", "detect"),
    "requests": ("request", "asn1", "detect"),
    "crls": ("revocation_list", "asn1", "detect"),
    "pkcs7": ("asn1", "detect"),
    "damaged_pem": ("detect", "pem"),
}.items():
    for line in objects(f"{CORPUS}{name}.jsonl.gz"):
        put(base64.b64decode(line["der"]), *targets)
for store in (ROOT / "backend/tests/keystores").rglob("*"):
    if store.suffix in (".p12", ".pfx", ".jks"):
        put(store.read_bytes(), "jks" if store.suffix == ".jks" else "pkcs12", "detect")
for line in objects("backend/tests/configurations/corpus.jsonl.gz"):
    put(line["text"].encode(), "configurations")
