#!/usr/bin/env python3
"""Makes the corpora beside this file from a directory of test data of public projects.

    make.py SOURCE

SOURCE holds one directory a project, PROVENANCE.jsonl (file, repo, commit, path, licence, permissive) and oracle/*.jsonl.gz: what
OpenSSL 3.0 and pyca/cryptography read in each object. Each line of a corpus is one object: base64 DER, where it comes from, and
what the oracles read. Objects are there once, by the SHA-256 of their DER. Only permissive licences are taken.
"""
import base64, collections, gzip, hashlib, json, pathlib, re, sys

HERE = pathlib.Path(__file__).parent
LARGEST = 60_000  # a few objects of 150 to 200 kB would double the size and show nothing new
PEM = re.compile(rb"-----BEGIN ([A-Z0-9# ]+)-----(.*?)-----END \1-----", re.S)


def outer(data):
    """The first DER element: OpenSSL's TRUSTED CERTIFICATE has its own settings behind it."""
    if len(data) < 2:
        return data
    length, header = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, header = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    return data[: header + length]


def candidates(path):
    """Every object a file may hold."""
    data = path.read_bytes()
    yield data
    for text in (data, data.replace(b"\\n", b"\n").replace(b"\\r", b"")):
        for match in PEM.finditer(text):
            body = b"".join(line for line in match[2].splitlines() if b":" not in line)
            body = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
            try:
                der = base64.b64decode(body + b"=" * (-len(body) % 4))
            except ValueError:
                continue
            yield der
            yield outer(der)
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        yield base64.b64decode(body + b"=" * (-len(body) % 4))
    except ValueError:
        pass


def lines(path):
    with gzip.open(path) as stream:
        return [json.loads(line) for line in stream]


def expectation(row):
    """What the tests compare: OpenSSL's reading, and pyca's where it is more precise."""
    openssl, pyca = row.get("openssl", {}), row.get("pyca", {})
    kept = {"openssl": bool(openssl.get("ok")), "pyca": bool(pyca.get("ok"))}
    for key in ("subject", "issuer", "serial", "not_before", "not_after", "san", "ku", "eku", "bc", "spki_bits", "certs", "crls"):
        if key in openssl:
            kept["o_" + key] = openssl[key]
    for key in ("version", "subject_rdns", "issuer_rdns", "sig_alg", "spki_alg_oid", "extensions", "key_usage", "eku", "basic_constraints",
                "ski", "aki", "aia", "crldp", "policies", "san", "scts", "spki", "fingerprints"):
        if key in pyca:
            kept["p_" + key] = pyca[key]
    return kept


def corpus(source, name, out, files):
    rows, seen, written, missing = lines(source / "oracle" / f"{name}.jsonl.gz"), set(), [], []
    by_file = collections.defaultdict(list)
    for row in rows:
        if row["permissive"] and row["der_sha256"] not in seen and row["der_bytes"] <= LARGEST:
            seen.add(row["der_sha256"])
            by_file[row["file"]].append(row)
    for file, wanted in sorted(by_file.items()):
        found = {hashlib.sha256(der).hexdigest(): der for der in candidates(source / file)}
        for row in wanted:
            der = found.get(row["der_sha256"])
            if der is None:
                missing.append(file)
                continue
            files[row["source"]] = row["licence"]
            line = {"from": file, "der": base64.b64encode(der).decode()} | expectation(row)
            written.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    with gzip.GzipFile(HERE / out, "wb", 9, mtime=0) as stream:
        stream.write("\n".join(written).encode() + b"\n")
    print(f"{out}: {len(written)} objects, {(HERE / out).stat().st_size} bytes, not found {len(missing)}: {missing[:5]}")


def texts(source, out, files):
    """Whole files that hold damaged PEM."""
    written = []
    for file in sorted({row["file"] for row in lines(source / "oracle" / "badpem.jsonl.gz") if row["permissive"]}):
        written.append(json.dumps({"from": file, "der": base64.b64encode((source / file).read_bytes()).decode()}))
        files.setdefault(file.split("/")[0], "see provenance")
    with gzip.GzipFile(HERE / out, "wb", 9, mtime=0) as stream:
        stream.write("\n".join(written).encode() + b"\n")


def main():
    source, files = pathlib.Path(sys.argv[1]), {}
    for name, out in (("certs", "certificates"), ("csrs", "requests"), ("crls", "crls"), ("pkcs7", "pkcs7")):
        corpus(source, name, f"{out}.jsonl.gz", files)
    texts(source, "damaged_pem.jsonl.gz", files)
    origins = {}
    for line in (source / "PROVENANCE.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row.get("source") in files:
            origins[row["source"]] = (row["repo"], row["commit"], row["licence"])
    table = ["| directory | repository | version | licence |", "| --- | --- | --- | --- |"]
    table += [f"| {name} | {repo} | {commit} | {licence} |" for name, (repo, commit, licence) in sorted(origins.items())]
    (HERE / "PROVENANCE.md").write_text(
        "# Where the objects come from\n\nEach line of a corpus says `from`: a directory of this table and the path in that repository at that version.\n\n"
        + "\n".join(table) + "\n")


main()
