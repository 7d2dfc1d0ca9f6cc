"""What schemathesis asks of each answer beside the description, and the identifiers of things that are there."""

import json
import os
import random

import schemathesis

PLANTED = json.load(open(os.environ["CERTDECK_PLANTED"]))
SECRETS = [secret.encode() for secret in PLANTED["secrets"]]
THERE = PLANTED["there"]
# Who calls, and what all the others are about: taken away, every further call would be refused, and nothing tried.
KEPT = PLANTED["kept"]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    # Identifiers are also taken from answers.
    takes_away = case.method.upper() == "DELETE" or case.path.startswith(("/api/v1/users/", "/api/v1/api-tokens/"))
    if takes_away and isinstance(case.path_parameters, dict) and len(case.path_parameters) == 1:
        for name, value in case.path_parameters.items():
            if value in KEPT:
                case.path_parameters[name] = "kept"


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    # What is there, two times out of three; but nothing that the others need is taken away.
    if isinstance(path_parameters, dict) and ctx.operation.method.upper() != "DELETE":
        for name in path_parameters:
            if name in THERE and random.random() < 0.66:
                path_parameters[name] = THERE[name]
    return path_parameters


def with_what_is_there(value):
    if isinstance(value, dict):
        return {name: THERE[name] if name in THERE and isinstance(part, str) and random.random() < 0.66 else with_what_is_there(part)
                for name, part in value.items()}
    return [with_what_is_there(part) for part in value] if isinstance(value, list) else value


@schemathesis.hook
def map_body(ctx, body):
    return with_what_is_there(body)


@schemathesis.check
def the_console_has_no_fault(ctx, response, case):
    if response.status_code < 500:
        return
    # Gateways, full disks and programs that are busy have words of their own.
    code = json.loads(response.content).get("code")
    assert response.status_code != 500 and code != "internal", f"{response.status_code} {response.content[:500]!r}"


@schemathesis.check
def no_secret_is_told(ctx, response, case):
    said = response.content + repr(dict(response.headers)).encode()
    for number, secret in enumerate(SECRETS):
        assert secret not in said, f"planted secret {number} is in the answer"


@schemathesis.check
def every_answer_has_its_headers(ctx, response, case):
    headers = {name.lower() for name in response.headers}
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id"]:
        assert name in headers, f"{name} is missing"


@schemathesis.serializer("application/pkix-crl", "application/x-pem-file", "application/pkix-cert", "application/x-pkcs12")
def octets(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()
