#!/usr/bin/env python3
"""Asks the real OPA what io.jwt.* and crypto.* answer, and writes builtins-crypto.json.

Needs OPA's Go library as the Python module `opa_bindings` (on PYTHONPATH), and the package `cryptography`.
Keys are made anew in each run; every case holds all that it needs.

A case: the function, its arguments, and one of
  want   the value,
  error  OPA ends a strict evaluation with a built-in's error,
  abort  OPA ends every evaluation.
"""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import os
import re
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, utils, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from opa_bindings import OpaEngine, OpaError, OpaUndefinedError

CASES = []

# Python's floats lose OPA's digits: they are kept as marked texts, and unmarked in the file.
MARK = "\u0001number:"
loads = json.loads
json.loads = lambda text, **more: loads(text, parse_float=lambda digits: MARK + digits, **more)
STRICT_DIR = os.path.dirname(os.path.abspath(__file__))


def ask(function, arguments):
    names = ", ".join(f"input.a[{i}]" for i in range(len(arguments)))
    engine = OpaEngine()
    try:
        engine.add_policy("t.rego", f"package t\nr := {function}({names})")
        try:
            return {"want": engine.eval_document("t", {"a": arguments})["r"]}
        except OpaUndefinedError:
            return {"undefined": True}
    except OpaError as error:
        if error.code == "panic":
            return {"abort": True}
        if error.code == "eval_error":
            return {"error": True}
        raise SystemExit(f"{function}: {error.code}: {error.message}")


# Members that repeat the argument, left out of long lists of answers.
LONG = ["Raw", "RawTBSCertificate", "RawSubjectPublicKeyInfo", "PublicKey", "Signature"]
BRIEF = False


def case(note, function, *arguments):
    CASES.append({"note": note, "function": function, "arguments": list(arguments), **ask(function, list(arguments))})
    if BRIEF and "want" in CASES[-1]:
        for made in CASES[-1]["want"]:
            for member in LONG:
                del made[member]
        CASES[-1]["without"] = LONG
    return CASES[-1].get("want")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text(value):
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def pem_public(key):
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


SHA = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
DIGEST = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}

# Small, so that the answers are.
RSA = rsa.generate_private_key(65537, 1280)
RSA_2048 = rsa.generate_private_key(65537, 2048)
RSA_3 = rsa.generate_private_key(3, 2048)
RSA_1024 = rsa.generate_private_key(65537, 1024)
RSA_ODD = rsa.generate_private_key(65537, 2049)
P224 = ec.generate_private_key(ec.SECP224R1())
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
P521 = ec.generate_private_key(ec.SECP521R1())
K256 = ec.generate_private_key(ec.SECP256K1())
ED = ed25519.Ed25519PrivateKey.generate()
X = x25519.X25519PrivateKey.generate()
DSA = dsa.generate_private_key(2048)
SIZES = {"secp224r1": 28, "secp256r1": 32, "secp384r1": 48, "secp521r1": 66, "secp256k1": 32}
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "secp256k1"}


def sign(algorithm, key, message, salt=None):
    kind, bits = algorithm[:2], algorithm[2:]
    if kind == "HS":
        return hmac.new(key, message, DIGEST[bits]).digest()
    if kind == "RS":
        return key.sign(message, padding.PKCS1v15(), SHA[bits])
    if kind == "PS":
        size = SHA[bits].digest_size if salt is None else salt
        return key.sign(message, padding.PSS(padding.MGF1(SHA[bits]), size), SHA[bits])
    if kind == "ES":
        size = SIZES[key.curve.name]
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(SHA[bits])))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return key.sign(message)


def token(algorithm, key, payload, header=None, salt=None, sign_as=None):
    if header is None:
        header = {"alg": algorithm, "typ": "JWT"}
    message = b64(text(header)) + "." + b64(text(payload))
    return message + "." + b64(sign(sign_as or algorithm, key, message.encode(), salt))


def jwk(key, private=False, **more):
    if isinstance(key, bytes):
        members = {"kty": "oct", "k": b64(key)}
    elif isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        public = numbers.public_numbers
        members = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
        if private:
            members |= {
                "d": number(numbers.d), "p": number(numbers.p), "q": number(numbers.q),
                "dp": number(numbers.dmp1), "dq": number(numbers.dmq1), "qi": number(numbers.iqmp),
            }
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        size = SIZES[key.curve.name]
        numbers = key.private_numbers()
        public = numbers.public_numbers
        members = {"kty": "EC", "crv": CURVES[key.curve.name], "x": number(public.x, size), "y": number(public.y, size)}
        if private:
            members["d"] = number(numbers.private_value, size)
    else:
        name = "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "X25519"
        raw = serialization.Encoding.Raw
        members = {"kty": "OKP", "crv": name, "x": b64(key.public_key().public_bytes(raw, serialization.PublicFormat.Raw))}
        if private:
            members["d"] = b64(key.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()))
    members |= more
    return {name: value for name, value in members.items() if value is not ...}


def jwks(*keys, **more):
    return json.dumps({"keys": list(keys), **more})


def certificate(key, issuer_key=None, subject="subject", issuer="issuer", edit=None, digest=None):
    name = lambda common: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 2, 3, 4, 5))
        .not_valid_after(datetime.datetime(2049, 12, 31, 23, 59, 59))
    )
    if edit:
        builder = edit(builder)
    signer = issuer_key or RSA
    if digest is None and not isinstance(signer, ed25519.Ed25519PrivateKey):
        digest = hashes.SHA256()
    return builder.sign(signer, digest).public_bytes(serialization.Encoding.PEM).decode()


ALL = [(f"{kind}{bits}", key) for bits in SHA for kind, key in
       (("RS", RSA), ("PS", RSA), ("HS", b"secret"))] + [
    ("ES256", P256), ("ES384", P384), ("ES512", P521), ("EdDSA", ED)]


def hash_cases():
    texts = ["", "a", "abc", "é☃", "x" * 200]
    for function in ("md5", "sha1", "sha256"):
        for value in texts + [1, None, [], {}, True]:
            case("hash", f"crypto.{function}", value)
    for function in ("md5", "sha1", "sha256", "sha512"):
        for value in texts:
            for key in ("", "k", "k" * 300):
                case("hmac", f"crypto.hmac.{function}", value, key)
        case("types", f"crypto.hmac.{function}", 1, "k")
        case("types", f"crypto.hmac.{function}", "m", 1)
    for a, b in (("", ""), ("a", "a"), ("a", "b"), ("a", "aa"), (1, "a"), ("a", 1)):
        case("equal", "crypto.hmac.equal", a, b)


def decode_cases():
    good = token("HS256", b"secret", {"sub": "a"})
    header, payload, signature = good.split(".")
    case("good", "io.jwt.decode", good)
    for other in ("", "a", "a.b", "..", "a.b.c", "a.b.c.d", good + ".", "." + good, good + "\n", " " + good, 1, None, [good]):
        case("parts", "io.jwt.decode", other)
    for value in (b"", b"null", b"[]", b"1", b"{", b"{} {}", b"{} null", b"{}null", b"{} nullx", b"{} null {", b"{} nul", b"{}true", b"{}x", b" {} \n", b"{\"a\":1,\"a\":2}", b"{\"a\":\"\xff\xfe\"}",
                  b"{\"a\":\"\xe2\x98\"}", b"{\"a\":\"\\ud800\"}", b"{\"a\":\"\\ud83d\\ude00\"}", b"{\"a\":\"\\ud83dx\"}",
                  b"{\"a\":\"\\udc00\\ud800\"}", b"{\"a\":\"\\ud800\\u0041\"}",
                  b"{\"a\":1.50}", b"{\"a\":1e400}", b"{\"a\":12345678901234567890123}", b"{\"a\":-0}", b"{\"a\":01}",
                  b"{\"a\":1.}", b"{\"a\":.1}", b"{\"a\":+1}", b"{\"a\":1e}", b"{\"a\":NaN}", b"{\"a\":tru}", b"{'a':1}", b"{\"a\":1,}",
                  b"{,}", b"{\"a\"}", b"{\"a\":[1,]}", b"{\"a\":\"\x01\"}", b"{\"a\":\"\\x\"}", b"{\"a\":\"\\u12g4\"}", b"\xef\xbb\xbf{}",
                  b"{\"a\":\"\x7f\"}", b"{\"$serde_json::private::Number\":\"1\"}", b"{\"a\":" * 60 + b"1" + b"}" * 60,
                  b"{\"a\":\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"}", b"{1:2}"):
        case("header", "io.jwt.decode", b64(value) + "." + payload + "." + signature)
        case("payload", "io.jwt.decode", header + "." + b64(value) + "." + signature)
    for part in ("e30", "e30=", "e30==", "e3", "e", "e30 ", " e30", "e30\n", "e\n30", "e30.", "e3A", "e31", "eyJhIjoiPz8_In0", "eyJhIjoiPz8/In0", "eyJhIjoifn5-In0", "eyJhIjoifn5+In0", "é", "====", "e30=\n", "e30\r\n="):
        case("base64 header", "io.jwt.decode", part + "." + payload + "." + signature)
        case("base64 payload", "io.jwt.decode", header + "." + part + "." + signature)
        case("base64 signature", "io.jwt.decode", header + "." + payload + "." + part)
        case("base64 signature", "io.jwt.verify_hs256", header + "." + payload + "." + part, "secret")
    for more in ({"enc": "x"}, {"enc": None}, {"cty": "JWT"}, {"cty": "jwt"}, {"cty": "x"}, {"cty": 1}, {"cty": None}, {"crit": 1}, {"alg": 1}, {"zip": "DEF"}):
        case("header member", "io.jwt.decode", token("HS256", b"secret", {"sub": "a"}, {"alg": "HS256", **more}))
    nested = token("HS256", b"secret", good.encode(), {"alg": "HS256", "cty": "JWT"})
    quoted = token("HS256", b"secret", f"\"'{good}'\"".encode(), {"alg": "HS256", "cty": "JWT"})
    twice = token("HS256", b"secret", nested.encode(), {"alg": "HS256", "cty": "JWT"})
    for value in (nested, quoted, twice):
        case("nested", "io.jwt.decode", value)
        case("nested", "io.jwt.decode_verify", value, {"secret": "secret"})


def verify_cases():
    for algorithm, key in ALL:
        value = token(algorithm, key, {"sub": "a"})
        function = "io.jwt.verify_" + algorithm.lower()
        keys = ["secret", "", "Secret"] if isinstance(key, bytes) else [
            pem_public(key.public_key()), certificate(key), json.dumps(jwk(key)), jwks(jwk(key)),
            json.dumps(jwk(key, private=True)), pem_public((P256 if key is not P256 else ED).public_key())]
        for k in keys:
            case(algorithm, function, value, k)
            if not isinstance(key, bytes):
                case(algorithm, "io.jwt.decode_verify", value, {"cert": k})
        if isinstance(key, bytes):
            for k in keys:
                case(algorithm, "io.jwt.decode_verify", value, {"secret": k})
            case(algorithm, "io.jwt.decode_verify", value, {"cert": json.dumps(jwk(key))})
            case(algorithm, "io.jwt.decode_verify", value, {"cert": json.dumps(jwk(b"other"))})
            case(algorithm, function, value, json.dumps(jwk(key)))
        damaged = value[:-6] + ("A" if value[-6] != "A" else "B") + value[-5:]
        k = keys[0]
        for other in (damaged, value[:-4], value + "AAAA", value.rsplit(".", 1)[0] + ".", "a.b.c", "x", 1):
            case("damaged " + algorithm, function, other, k)
            case("damaged " + algorithm, "io.jwt.decode_verify", other, {"secret" if isinstance(key, bytes) else "cert": k})
        case("types", function, value, 1)
    # Each function with each key's token.
    for algorithm, key in ALL:
        if isinstance(key, bytes):
            continue
        value = token(algorithm, key, {"sub": "a"})
        for other, _ in ALL:
            case("other function", "io.jwt.verify_" + other.lower(), value, pem_public(key.public_key()))
    # The hash of another curve.
    for bits in SHA:
        for key in (P224, P256, P384, P521):
            value = token("ES" + bits, key, {"sub": "a"})
            case("any curve", "io.jwt.verify_es" + bits, value, pem_public(key.public_key()))
            case("any curve", "io.jwt.decode_verify", value, {"cert": pem_public(key.public_key())})
    # Numbers of other lengths.
    value = token("ES256", P256, {"sub": "a"})
    message, signature = value.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(signature + "==")
    for bytes_ in (b"\0" + raw[:32] + b"\0" + raw[32:], b"\0\0" + raw[:32] + b"\0\0" + raw[32:], raw[:32], b"", raw + b"\0", b"\0" * 64, raw[32:] + raw[:32]):
        case("lengths", "io.jwt.verify_es256", message + "." + b64(bytes_), pem_public(P256.public_key()))
        case("lengths", "io.jwt.decode_verify", message + "." + b64(bytes_), {"cert": pem_public(P256.public_key())})
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    high = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    for bytes_ in (high, raw[:32] + order.to_bytes(32, "big")):
        case("other half", "io.jwt.verify_es256", message + "." + b64(bytes_), pem_public(P256.public_key()))
        case("other half", "io.jwt.decode_verify", message + "." + b64(bytes_), {"cert": pem_public(P256.public_key())})
    # Salts.
    for salt in (0, 20, 32, 64, 100, padding.PSS.MAX_LENGTH):
        for key in (RSA, RSA_ODD):
            value = token("PS256", key, {"sub": "a"}, salt=salt)
            case("salt", "io.jwt.verify_ps256", value, pem_public(key.public_key()))
            case("salt", "io.jwt.decode_verify", value, {"cert": pem_public(key.public_key())})
    for key in (RSA_3, RSA_1024, RSA_ODD, RSA_2048):
        value = token("RS256", key, {"sub": "a"})
        for k in (pem_public(key.public_key()), json.dumps(jwk(key)), certificate(key)):
            case("rsa sizes", "io.jwt.verify_rs256", value, k)
            case("rsa sizes", "io.jwt.decode_verify", value, {"cert": k})
    # The representative plus the modulus.
    value = token("PS256", RSA_ODD, {"sub": "a"})
    message, signature = value.rsplit(".", 1)
    n = RSA_ODD.public_key().public_numbers().n
    s = int.from_bytes(base64.urlsafe_b64decode(signature + "=="), "big") + n
    case("too large", "io.jwt.verify_ps256", message + "." + number(s, 257), pem_public(RSA_ODD.public_key()))


def odd_key(n, e):
    """A public key of numbers that no library would make."""
    def tlv(tag, body):
        length = bytes([len(body)]) if len(body) < 128 else (lambda l: bytes([0x80 | len(l)]) + l)(
            len(body).to_bytes((len(body).bit_length() + 7) // 8, "big"))
        return bytes([tag]) + length + body
    integer = lambda v: tlv(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))
    key = tlv(0x30, integer(n) + integer(e))
    algorithm = tlv(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    der = tlv(0x30, algorithm + tlv(3, b"\0" + key))
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"


def key_cases():
    value = token("RS256", RSA, {"sub": "a"})
    es = token("ES256", P256, {"sub": "a"})
    ed = token("EdDSA", ED, {"sub": "a"})
    hs = token("HS256", b"secret", {"sub": "a"})
    pem = pem_public(RSA.public_key())
    body = pem.split("\n", 1)[1].rsplit("-----END", 1)[0]
    n = RSA.public_key().public_numbers().n

    def both(note, key, v=value, f="io.jwt.verify_rs256"):
        if not isinstance(key, str):
            key = json.dumps(key)
        case(note, f, v, key)
        case(note, "io.jwt.decode_verify", v, {"cert": key})

    for text_ in ("", " ", "x", "{}", "[]", "null", "1", "\"x\"", pem + "\n", pem + " ", pem + "x", "\n" + pem, "junk\n" + pem, "junk" + pem, pem.rstrip("\n"),
                  pem.replace("\n", "\r\n"), pem.replace("-----\n", "-----  \n"), pem + pem, pem.replace("PUBLIC", "PUBLIK"), pem.replace("END PUBLIC", "END PRIVATE"),
                  pem.replace("-----BEGIN PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\nA: b\n\n"), pem.replace("-----BEGIN PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\nA: b\n"),
                  "-----BEGIN X-----\n" + pem, "-----BEGIN X-----\nAAAA\n-----END X-----\n" + pem, "-----BEGIN X-----\n!!\n-----END X-----\n" + pem,
                  "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\n" + body.replace("\n", " \n\t") + "-----END PUBLIC KEY-----",
                  "-----BEGIN PUBLIC KEY-----\n" + body.replace("\n", "") + "\n-----END PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----" + body + "-----END PUBLIC KEY-----",
                  "-----BEGIN PUBLIC KEY-----\n" + body[:-3] + "\n-----END PUBLIC KEY-----\n", "-----BEGIN RSA PUBLIC KEY-----\n" + body + "-----END RSA PUBLIC KEY-----\n",
                  "-----BEGIN CERTIFICATE-----\n" + body + "-----END CERTIFICATE-----\n", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                  "-----BEGIN A-----\nb: c\n-----END A: -----\n" + pem):
        both("text", text_)
    for key in (DSA, X, K256, ed448.Ed448PrivateKey.generate(), RSA_1024):
        both("other kinds", pem_public(key.public_key()))
        if key is not X:
            both("other kinds", certificate(key))
    numbers = RSA.private_numbers()
    both("private pem", RSA.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())
    for e in (1, 2, 3, 65536, 65537, 2**31 - 1, 2**31 + 1, 2**33 + 1, 2**62 + 1, 2**63 + 1, 2**64 + 1):
        both("exponents", odd_key(n, e))
        both("exponents", jwk(RSA, e=number(e)))
    for m in (n + 1, 15, 2**1023 + 1, 2**2047 + 1, 2**2048 + 1):
        both("moduli", odd_key(m, 65537))
        both("moduli", jwk(RSA, n=number(m)))
    p256 = P256.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    prefix = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    both("compressed", "-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(prefix + p256).decode() + "\n-----END PUBLIC KEY-----\n", es, "io.jwt.verify_es256")
    der = base64.b64decode(body)
    for other in (der + b"\0", der[:-1], der[:1] + b"\x83\0" + der[2:], der.replace(b"\x05\x00", b"\x05\x01"), b"\x31" + der[1:]):
        both("der", "-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(other).decode() + "-----END PUBLIC KEY-----\n")

    # Members of a JWK.
    for more in ({"kty": "EC"}, {"kty": "rsa"}, {"kty": None}, {"kty": 1}, {"kty": ...}, {"kty": ..., "KTY": "RSA"}, {"kty": ..., "Kty": "RSA"}, {"kty": ..., "\u212aty": "RSA"}, {"KTY": "EC"}, {"KTY": 1}, {"KTY": None},
                 {"D": "AA"}, {"d": None}, {"d": 1}, {"d": ""}, {"d": "AQ"}, {"p": 1},
                 {"alg": "RS256"}, {"alg": "RS512"}, {"alg": "ES256"}, {"alg": "RSA-OAEP"}, {"alg": "none"}, {"alg": "Ed25519"}, {"alg": "x"}, {"alg": ""}, {"alg": None}, {"alg": 1},
                 {"kid": "k"}, {"kid": ""}, {"kid": None}, {"kid": 1}, {"use": "sig"}, {"use": "enc"}, {"use": "x"}, {"use": None}, {"use": 1},
                 {"key_ops": ["verify"]}, {"key_ops": ["x"]}, {"key_ops": None}, {"key_ops": []}, {"key_ops": "verify"}, {"key_ops": [1]}, {"key_ops": [None]},
                 {"x5t": "a"}, {"x5t": 1}, {"x5t#S256": "a"}, {"x5t#S256": 1}, {"x5u": "a"}, {"x5u": 1}, {"x5u": None},
                 {"n": ...}, {"n": ""}, {"n": None}, {"n": 1}, {"n": "!"}, {"n": number(n) + "="}, {"n": number(n).replace("-", "+").replace("_", "/")}, {"n": "AA" + "AA" + number(n)},
                 {"n": base64.b64encode(b"\0" + n.to_bytes(256, "big")).decode()}, {"n": base64.b64encode(n.to_bytes(256, "big")).decode()}, {"n": number(n)[:20] + "\n" + number(n)[20:]},
                 {"e": ...}, {"e": ""}, {"e": "AQAB="}, {"e": "AAEAAQ"}, {"e": "AQABAA"}, {"e": None},
                 {"x5c": []}, {"x5c": None}, {"x5c": "a"}, {"x5c": [1]}, {"x5c": ["a"]}, {"x5c": [""]}, {"x5c": [None]},
                 {"crv": 1}, {"x": 1}, {"other": {"a": [1]}}):
        both("members " + ",".join(more), jwk(RSA, **more))
        both("members in a set " + ",".join(more), jwks(jwk(RSA, **more)))
    chain = "".join(certificate(RSA).split("\n")[1:-2])
    for x5c in ([chain], [chain, chain], [" " + chain[:50] + "\n" + chain[50:]], [chain[:-4]], [chain.replace("+", "-").replace("/", "_")], [certificate(RSA)], ["".join(certificate(P256).split("\n")[1:-2])]):
        both("x5c", jwk(RSA, x5c=x5c))
    both("private", jwk(RSA, private=True))
    for more in ({"p": ...}, {"q": ...}, {"dp": ...}, {"qi": ...}, {"d": ""}, {"p": ""}, {"p": 1}, {"dp": 1}, {"dp": "AQ"}, {"p": "AQ"}):
        both("private " + ",".join(more), jwk(RSA, private=True, **more))
    for key in (P256, P384):
        v = token("ES256", key, {"sub": "a"})
        for more in ({}, {"crv": "P-384"}, {"crv": "P-256K"}, {"crv": "Ed25519"}, {"crv": None}, {"crv": ...}, {"crv": 1}, {"x": ...}, {"x": ""}, {"x": "AA"}, {"y": number(0, 32)},
                     {"x": number(0, 32), "y": number(0, 32)}, {"x": "AA" + jwk(key)["x"]}, {"d": None}, {"d": "AQ"}, {"alg": "ES256"}, {"alg": "ES384"}, {"kty": "OKP"}, {"n": 1}):
            both("ec", jwk(key, **more), v, "io.jwt.verify_es256")
        both("ec private", jwk(key, private=True), v, "io.jwt.verify_es256")
        both("ec private", jwk(key, private=True, d="AQ"), v, "io.jwt.verify_es256")
        both("ec private", jwk(key, private=True, d=number(0, SIZES[key.curve.name])), v, "io.jwt.verify_es256")
    both("koblitz", jwk(K256), es, "io.jwt.verify_es256")
    for more in ({}, {"crv": "X25519"}, {"crv": "Ed448"}, {"crv": "X448"}, {"crv": "P-256"}, {"crv": ...}, {"x": ...}, {"x": ""}, {"x": number(2, 32)}, {"x": number(2, 31)}, {"x": b64(bytes(32))}, {"x": b64(b"\xff" * 32)},
                 {"d": None}, {"d": "AQ"}, {"d": number(1, 32)}, {"alg": "EdDSA"}, {"alg": "Ed25519"}):
        both("okp", jwk(ED, **more), ed, "io.jwt.verify_eddsa")
    both("okp private", jwk(ED, private=True), ed, "io.jwt.verify_eddsa")
    both("x25519", jwk(X), ed, "io.jwt.verify_eddsa")
    both("x25519 private", jwk(X, private=True), ed, "io.jwt.verify_eddsa")
    # A key of small order, with which anybody signs: R = A = identity, S = 0.
    small = bytes([1] + [0] * 31)
    forged = b64(text({"alg": "EdDSA"})) + "." + b64(b"{}") + "." + b64(small + bytes(32))
    both("small order", jwk(ED, x=b64(small)), forged, "io.jwt.verify_eddsa")
    for more in ({}, {"k": ""}, {"k": ...}, {"k": None}, {"k": 1}, {"k": "!"}, {"k": "c2VjcmV0="}, {"d": "x"}, {"alg": "HS256"}, {"alg": "HS512"}):
        both("oct", jwk(b"secret", **more), hs, "io.jwt.verify_rs256")

    # Sets.
    good, other = jwk(RSA), jwk(RSA_3)
    for keys in ([], [good], [other, good], [good, other], [other], [good, 1], [good, {}], [good, {"kty": "x"}], [good, {"kty": "EC"}], [jwk(P256), good], [jwk(b"secret"), good], [good] * 3,
                 [jwk(RSA, alg="RSA-OAEP"), good], [jwk(RSA, alg="RS512"), jwk(RSA, alg="PS256")], [jwk(RSA, alg="RS512"), jwk(RSA, alg="RS256")], [jwk(X), good]):
        both("set", jwks(*keys))
    both("set", jwks(good, extra=1))
    both("set", json.dumps({"keys": None}))
    both("set", json.dumps({"keys": {}}))
    both("set", json.dumps({"keys": "x"}))
    both("set", json.dumps({"Keys": [good]}))
    both("set", json.dumps({"keys": [good], **good}))
    both("set", json.dumps({"keys": [], **good}))
    both("set twice", "{\"keys\":[" + json.dumps(other) + "],\"keys\":[" + json.dumps(good) + "]}")
    both("set twice", "{\"keys\":[" + json.dumps(good) + "],\"keys\":[]}")
    both("behind", json.dumps(good) + " {}")
    both("behind", json.dumps(good) + "x")
    both("behind", jwks(good) + " {}")
    both("behind", jwks(good) + "\n")
    both("behind", "[" + json.dumps(good) + "]")
    both("member twice", "{\"n\":\"AQ\"," + json.dumps(good)[1:])
    both("member twice", json.dumps(good)[:-1] + ",\"n\":\"AQ\"}")
    both("member twice", "{\"alg\":\"x\",\"alg\":\"RS256\"," + json.dumps(good)[1:])
    both("member twice", "{\"kty\":\"EC\"," + json.dumps(good)[1:])
    # Names of keys.
    named = token("RS256", RSA, {"sub": "a"}, {"alg": "RS256", "kid": "a"})
    for keys in ([jwk(RSA, kid="a")], [jwk(RSA, kid="b")], [jwk(RSA_3, kid="a"), jwk(RSA, kid="b")], [jwk(RSA, kid="b"), jwk(RSA_3, kid="a")], [jwk(RSA_3, kid="a"), jwk(RSA, kid="a")], [jwk(RSA, kid="a"), jwk(RSA_3, kid="a")],
                 [jwk(RSA, kid="a", alg="RS512")], [jwk(RSA, kid="a", alg="RSA-OAEP")], [jwk(RSA, kid="a", use="enc")], [jwk(RSA_3), jwk(RSA)], [jwk(P256, kid="a"), jwk(RSA)], [jwk(RSA, kid="a", private=True)]):
        both("kid", jwks(*keys), named)
    for header in ({"alg": "RS256", "kid": ""}, {"alg": "RS256", "kid": 1}, {"alg": "RS256", "kid": None}, {"alg": "RS256", "typ": 1}, {"alg": "RS256", "cty": 1}, {"alg": "RS256", "cty": "x"}, {"alg": "RS256", "cty": "jWt"},
                   {"alg": "RS256", "crit": 1}, {"alg": "RS256", "crit": []}, {"alg": "RS256", "crit": ["alg"]}, {"alg": "RS256", "crit": ["x"]}, {"alg": "RS256", "crit": ["x"], "x": 1}, {"alg": "RS256", "crit": [1]}, {"alg": "RS256", "crit": ["x", 1], "x": 1}, {"alg": "RS256", "crit": [1, "x"], "x": 1},
                   {"alg": "RS256", "x": 1}, {"alg": "RS256", "enc": "x"}, {"alg": "RS256", "jwk": good}, {"alg": "RS256", "b64": False, "crit": ["b64"]},
                   {"alg": "RS384"}, {"alg": "HS256"}, {"alg": "none"}, {"alg": "None"}, {"alg": ""}, {"alg": 1}, {"alg": None}, {}, {"alg": "rs256"}, {"alg": "PS256"}, {"alg": "RSA_PKCS1v15_WITH_SHA256"}, {"alg": "RSA_PSS_WITH_SHA256"}, {"ALG": "RS256"}):
        both("header", good, token("RS256", RSA, {"sub": "a"}, header))
        both("header", jwk(RSA, alg="RS256"), token("RS256", RSA, {"sub": "a"}, header))
    both("header twice", good, token("RS256", RSA, {"sub": "a"}, b"{\"alg\":\"x\",\"alg\":\"RS256\"}"))
    both("header twice", good, token("RS256", RSA, {"sub": "a"}, b"{\"alg\":\"RS256\",\"alg\":1}"))
    for name, key, as_ in (("HMAC_WITH_SHA256", b"secret", "HS256"), ("ECDSA_WITH_P256_AND_SHA256", P256, "ES256"), ("EDDSA", ED, "EdDSA"), ("Ed25519", ED, "EdDSA"), ("EdDSA", ED, "EdDSA"), ("HS256", b"", "HS256")):
        v = token("x", key, {"sub": "a"}, {"alg": name}, sign_as=as_)
        case("names", "io.jwt.decode_verify", v, {"cert": json.dumps(jwk(key))})
        if isinstance(key, bytes):
            case("names", "io.jwt.decode_verify", v, {"secret": key.decode()})
    # A public key as a secret.
    confused = token("HS256", pem.encode(), {"sub": "a"})
    case("confusion", "io.jwt.decode_verify", confused, {"cert": pem})
    case("confusion", "io.jwt.decode_verify", confused, {"secret": pem})


def constraint_cases():
    def dv(note, payload, constraints, header=None):
        case(note, "io.jwt.decode_verify", token("HS256", b"secret", payload, header), constraints)
    s = {"secret": "secret"}
    for constraints in ({}, s, {"secret": ""}, {"secret": 1}, {"cert": 1}, {"cert": "x"}, {"cert": jwks()}, {**s, "cert": jwks()}, {"secret": "", "cert": jwks()}, {**s, "alg": "HS256"}, {**s, "alg": "HS512"}, {**s, "alg": ""}, {**s, "alg": 1},
                        {**s, "alg": "x"}, {**s, "x": 1}, {**s, "iss": "a"}, {**s, "iss": ""}, {**s, "iss": 1}, {**s, "aud": "a"}, {**s, "aud": ""}, {**s, "aud": ["a"]}, {**s, "time": 1}, {**s, "time": 0}, {**s, "time": -1}, {**s, "time": -2}, {**s, "time": -0.5}, {**s, "time": "1"},
                        {**s, "time": 1.5}, {**s, "time": 1e300}, {**s, "time": None}, "x", 1, [], None):
        dv("constraints", {"sub": "a"}, constraints)
        dv("constraints", {"iss": "a", "aud": "a", "exp": 10, "nbf": 0}, constraints)
    for iss in ("a", "b", "", 1, None, ["a"]):
        for want in ({}, {"iss": "a"}):
            dv("iss", {"iss": iss}, {**s, **want})
    for aud in ("a", "b", "", [], ["a"], ["b"], ["b", "a"], [1, "a"], [["a"]], 1, None, {}, {"a": "a"}):
        for want in ({}, {"aud": "a"}, {"aud": ""}):
            dv("aud", {"aud": aud}, {**s, **want})
    for name in ("exp", "nbf"):
        for value in (0, 9, 10, 11, 9.999999999, 10.0, 10.5, 10.000000001, -1, 1e10, 10**30, "10", None, [], True):
            for time in (10_000_000_000, 9_999_999_999, 10_000_000_001, 10_500_000_000, 0, 1):
                dv(name, {name: value}, {**s, "time": time})
        dv(name, {name: 2**60}, s)
        dv(name, {name: 1}, s)
        dv(name, b"{\"%s\":1e1}" % name.encode(), {**s, "time": 10_000_000_000})
        dv(name, b"{\"%s\":1e400}" % name.encode(), {**s, "time": 10_000_000_000})
        dv(name, b"{\"%s\":-1e400}" % name.encode(), {**s, "time": 10_000_000_000})
        dv(name, b"{\"%s\":10.00000000000000000000000000001}" % name.encode(), {**s, "time": 10_000_000_000})
        dv(name, {name: 1_700_000_000}, {**s, "time": 1_700_000_000_000_000_000})
        dv(name, {name: 1_700_000_000}, {**s, "time": 1_699_999_999_999_999_999})
        dv(name, {name: 1_700_000_000}, {**s, "time": 1_699_999_999_999_999_800})
        dv(name, {name: 1_700_000_000}, {**s, "time": 1_699_999_999_000_000_000})
    for payload in (b"", b"[]", b"1", b"{", b"null", b"\xff"):
        dv("payload", payload, s)
    dv("nested in time", token("HS256", b"other", {"a": 1}).encode(), s, {"alg": "HS256", "cty": "JWT"})
    dv("nested", token("HS256", b"secret", {"iss": "a"}).encode(), {**s, "iss": "a"}, {"alg": "HS256", "cty": "jwt"})
    dv("nested", b"\"" + token("HS256", b"secret", {"iss": "a"}).encode() + b"\"", {**s, "iss": "a"}, {"alg": "HS256", "cty": "JWT"})
    dv("nested", b"x", s, {"alg": "HS256", "cty": "JWT"})


def sign_cases():
    secret = jwk(b"secret")
    headers = {"alg": "HS256", "typ": "JWT"}
    raw = "io.jwt.encode_sign_raw"
    for payload in ({}, {"sub": "a<b>&c\u2028\u2029\x00\x1f\x7f\"\\/é☃😀\b\f\n\r\t"}, {"b": 1, "a": [1, 1.5, None, True, "x"], "": {}}, {"n": 10**30, "e": 1e100}):
        case("payload", "io.jwt.encode_sign", headers, payload, secret)
    for algorithm, key in ALL:
        if algorithm[:2] in ("ES", "PS"):
            continue
        case(algorithm, "io.jwt.encode_sign", {"alg": algorithm}, {"sub": "a"}, jwk(key, private=True))
        case(algorithm, raw, json.dumps({"alg": algorithm}), "{\"sub\" : \"a\"}", json.dumps(jwk(key, private=True)))
        case(algorithm, "io.jwt.encode_sign", {"alg": algorithm}, {"sub": "a"}, jwk(P384, private=True))
        case("public", "io.jwt.encode_sign", {"alg": algorithm}, {"sub": "a"}, jwk(RSA))
        case("wrong kind", "io.jwt.encode_sign", {"alg": algorithm}, {"sub": "a"}, jwk(b"x"))
    for key in ({}, {"keys": []}, {"keys": [secret]}, {"keys": [secret, 1]}, {"keys": [1, secret]}, {"keys": [jwk(RSA), secret]}, {"kty": "x"}, {**secret, "alg": "HS512"}, {**secret, "alg": "x"}, {**secret, "use": "enc"}):
        case("key", "io.jwt.encode_sign", headers, {}, key)
    for more in ({"p": ...}, {"q": ...}, {"dp": ...}, {"dq": ...}, {"qi": ...}, {"d": "AQAB"}, {"p": "AQ"}, {"dp": "AQAB"}, {"qi": "AQAB"}, {"e": "Aw"}):
        case("rsa " + ",".join(more), "io.jwt.encode_sign", {"alg": "RS256"}, {}, jwk(RSA, private=True, **more))
    # What we sign with these is checked by our own verification.
    for key in (RSA, P256, P384, P521, ED):
        case("private keys", "io.jwt.encode_sign", headers, {}, jwk(key, private=True))
    for key in (ED, X, P256):
        for private in (False, True):
            for algorithm in ("HS256", "EdDSA"):
                case("bytes", "io.jwt.encode_sign", {"alg": algorithm}, {}, jwk(key, private=private))
    for key in (ED, X):
        for private in (False, True):
            secret_ = base64.urlsafe_b64decode(jwk(key, private=True)["x"] + "=")
            case("bytes", "io.jwt.decode_verify", token("HS256", secret_, {}), {"cert": json.dumps(jwk(key, private=private))})
    case("rsa size", "io.jwt.encode_sign", {"alg": "RS256"}, {}, jwk(RSA_1024, private=True))
    case("rsa size", "io.jwt.encode_sign", {"alg": "RS512"}, {}, jwk(RSA_3, private=True))
    case("rsa size", "io.jwt.encode_sign", {"alg": "RS512"}, {}, jwk(RSA_ODD, private=True))
    for h in ({}, {"alg": "x"}, {"alg": 1}, {"alg": "none"}, {"alg": "Ed25519"}, {"alg": "HMAC_WITH_SHA256"}, {"alg": "HS256", "typ": 1}, {"alg": "HS256", "typ": "x"}, {"alg": "HS256", "a": "<"}, "x", 1):
        case("headers", "io.jwt.encode_sign", h, {}, secret)
    for h, p in (("{\"alg\":\"HS256\"}", "x"), ("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "x"), ("{\"alg\":\"HS256\",\"typ\":\"text\"}", "x"), ("{\"alg\":\"HS256\",\"typ\":1}", "x"), ("{\"alg\":\"HS256\",\"typ\":1}", "1 "),
                 ("{\"alg\":\"HS256\"}", "\"x\""), ("{\"alg\":\"HS256\"}", ""), ("[]", "{}"), ("{\"alg\":\"HS256\",\"alg\":\"HS512\"}", "{}"), (" {\"alg\" : \"HS256\"} ", " {} "), (1, "{}"), ("{}", 1)):
        case("raw", raw, h, p, json.dumps(secret))
    case("raw", raw, "{\"alg\":\"HS256\"}", "{}", 1)
    case("raw", raw, "{\"alg\":\"HS256\"}", "{}", "x")
    case("raw", raw, "{\"alg\":\"HS256\"}", "{}", json.dumps(secret) + "x")


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body


def to_der(pem):
    return base64.b64decode("".join(pem.split("\n")[1:-2]))


def add(oid, value, critical=False):
    return lambda builder: builder.add_extension(x509.UnrecognizedExtension(ObjectIdentifier(oid), value), critical)


def certificate_cases():
    global BRIEF
    parse = "crypto.x509.parse_certificates"
    pem = certificate(RSA)
    der = to_der(pem)
    body = base64.b64encode(der).decode()
    for text_ in ("", "x", pem, pem + pem, pem + "\n", pem + "junk", "junk\n" + pem, "\n" + pem, body, base64.b64encode(pem.encode()).decode(), base64.b64encode(der + der).decode(),
                  base64.b64encode(der + b"\0").decode(), base64.b64encode(der[:-1]).decode(), body + "\n", " " + body, base64.urlsafe_b64encode(der).decode(), pem.replace("CERTIFICATE", "X"),
                  pem + pem.replace("CERTIFICATE", "X"), pem.replace("-----END", "----END"), "-----BEGIN", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", 1, None, [pem]):
        case("text", parse, text_)
    for key in (RSA, RSA_1024, RSA_3, RSA_ODD, P224, P256, P384, P521, K256, ED, X, DSA, ed448.Ed448PrivateKey.generate()):
        case("key", parse, certificate(key))
    for key, digests in ((RSA, (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())), (P256, (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())), (ED, (None,)), (DSA, (hashes.SHA256(), hashes.SHA384()))):
        for digest in digests:
            case("signature", parse, certificate(RSA, issuer_key=key, digest=digest))
    for hash_ in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        for salt in (32, 48, 64, 20):
            name = x509.Name([])
            made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(RSA.public_key()).serial_number(1)
                    .not_valid_before(datetime.datetime(1950, 1, 1)).not_valid_after(datetime.datetime(9999, 12, 31, 23, 59, 59))
                    .sign(RSA, hash_, rsa_padding=padding.PSS(padding.MGF1(hash_), salt)))
            case("pss", parse, made.public_bytes(serialization.Encoding.PEM).decode())
    pem = certificate(ED, issuer_key=ED)
    der = to_der(pem)
    # Names.
    oids = [NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.LOCALITY_NAME, NameOID.STATE_OR_PROVINCE_NAME, NameOID.STREET_ADDRESS,
            NameOID.POSTAL_CODE, NameOID.SERIAL_NUMBER, NameOID.COMMON_NAME, NameOID.EMAIL_ADDRESS, NameOID.DOMAIN_COMPONENT, NameOID.USER_ID]
    attribute = lambda oid, value: x509.NameAttribute(oid, value)
    rdns = [x509.RelativeDistinguishedName([attribute(oid, "AB")]) for oid in oids] + [
        x509.RelativeDistinguishedName([attribute(NameOID.COMMON_NAME, "é☃"), attribute(NameOID.ORGANIZATION_NAME, "x<y>&z")]),
        x509.RelativeDistinguishedName([attribute(NameOID.SERIAL_NUMBER, "2")])]
    BRIEF = True
    case("name", parse, certificate(ED, issuer_key=ED, edit=lambda b: (setattr(b, "_subject_name", x509.Name(rdns)), b)[1]))
    for tag in (12, 18, 19, 20, 22, 26, 27, 28, 30, 4, 5):
        for value in (b"", b"12 ", b"a*b&c", b"a_b", b"a@b", b"\xe9", "é".encode(), b"\0a\0b", b"\0a\0\0", b"\xd8\0", b"\xff\xfe", b"a\0b"):
            wanted = tlv(0x30, bytes.fromhex("0603550403"), bytes([12]) + bytes([len("subject")]) + b"subject")
            changed = tlv(0x30, bytes.fromhex("0603550403"), tlv(tag, value))
            case(f"string {tag}", parse, rebuilt(der, tlv(0x30, tlv(0x31, wanted)), tlv(0x30, tlv(0x31, changed))))
    case("name", parse, rebuilt(der, tlv(0x30, tlv(0x31, wanted)), tlv(0x30)))
    case("name", parse, rebuilt(der, tlv(0x30, tlv(0x31, wanted)), tlv(0x30, tlv(0x31))))
    case("name", parse, rebuilt(der, tlv(0x30, tlv(0x31, wanted)), tlv(0x30, tlv(0x31, wanted + wanted))))
    case("name", parse, rebuilt(der, tlv(0x30, tlv(0x31, wanted)), tlv(0x30, tlv(0x31, tlv(0x30, bytes.fromhex("0603550403"))))))
    # Times.
    for tag, values in ((0x17, (b"200102030405Z", b"2001020304Z", b"490102030405Z", b"500102030405Z", b"680102030405Z", b"690102030405Z", b"990102030405Z", b"000229000000Z", b"010229000000Z", b"201302030405Z", b"200102240405Z", b"200102030460Z", b"200102030405", b"200102030405.5Z", b"", b"Z", b"2001020304057", b"20010203040aZ")),
                        (0x18, (b"20200102030405Z", b"19500102030405Z", b"20500102030405Z", b"99991231235959Z", b"00010101000000Z", b"00000101000000Z", b"202001020304Z", b"20200102030405.1Z", b"20200102030405", b"20201302030405Z")),
                        (0x16, (b"20200102030405Z",))):
        for value in values:
            case("time", parse, rebuilt(der, tlv(0x17, b"200102030405Z"), tlv(tag, value)))
    # Versions, serial numbers, unique identifiers.
    for value in (b"\xa0\x03\x02\x01\x00", b"\xa0\x03\x02\x01\x01", b"\xa0\x03\x02\x01\x03", b"\xa0\x03\x02\x01\xff", b"\xa0\x04\x02\x02\x00\x02", b"\xa0\x06\x02\x01\x02\x02\x01\x02", b"", b"\xa0\x00"):
        case("version", parse, rebuilt(der, b"\xa0\x03\x02\x01\x02", value))
    extended = to_der(certificate(ED, issuer_key=ED, edit=add("1.2.3.4", b"x", True)))
    for value in (b"", b"\xa0\x03\x02\x01\x00", b"\xa0\x03\x02\x01\x01"):
        case("version", parse, rebuilt(extended, b"\xa0\x03\x02\x01\x02", value))
    serial = x509.load_der_x509_certificate(der).serial_number
    old = tlv(2, serial.to_bytes(serial.bit_length() // 8 + 1, "big"))
    for value in (b"\0", b"\1", b"\0\x80", b"\x80", b"\0\1", b"", b"\x7f" * 40, b"\xff"):
        case("serial", parse, rebuilt(der, old, tlv(2, value)))
    # Extensions.
    for oid, values in (
        ("2.5.29.15", (b"\x03\x02\x05\xa0", b"\x03\x03\x07\xff\x80", b"\x03\x02\x07\xff", b"\x03\x01\x00", b"\x03\x01\x01", b"\x04\x00", b"", b"\x03\x02\x05\xa0\0")),
        ("2.5.29.19", (tlv(0x30), tlv(0x30, b"\1\1\xff"), tlv(0x30, b"\1\1\x00"), tlv(0x30, b"\1\1\x01"), tlv(0x30, b"\1\1\xff\2\1\0"), tlv(0x30, b"\1\1\xff\2\1\5"), tlv(0x30, b"\2\1\5"), tlv(0x30, b"\2\1\xff"), tlv(0x30, b"\2\x09\0" + b"\xff" * 8), tlv(0x30, b"\x04\0"), b"", b"\x31\0")),
        ("2.5.29.14", (tlv(4, b"id"), tlv(4), b"", b"\x30\0", tlv(4, b"x") + b"y")),
        ("2.5.29.35", (tlv(0x30), tlv(0x30, tlv(0x80, b"id")), tlv(0x30, tlv(0x80)), tlv(0x30, tlv(0x81, b"x")), tlv(0x30, tlv(0x80, b"id"), tlv(0x82, b"\1")), b"", b"\4\0")),
        ("2.5.29.37", (tlv(0x30), tlv(0x30, bytes.fromhex("0604551d2500")), tlv(0x30, *(b"\x06\x08\x2b\6\1\5\5\7\3" + bytes([i]) for i in range(1, 12))), tlv(0x30, b"\6\2\x2a\3"), tlv(0x30, b"\6\0"), tlv(0x30, b"\6\1\x80"), tlv(0x30, bytes.fromhex("060a2b0601040182370a0303"), bytes.fromhex("06096086480186f8420401"), bytes.fromhex("060a2b060104018237020116"), bytes.fromhex("060a2b0601040182373d0101")), tlv(0x30, b"\4\0"), b"")),
        ("2.5.29.17", (tlv(0x30), tlv(0x30, tlv(0x82, b"a.b"), tlv(0x81, b"a@b"), tlv(0x86, b"spiffe://td/a"), tlv(0x87, b"\1\2\3\4"), tlv(0x88, b"\x2a\3")), tlv(0x30, tlv(0x88, b"\x2a")), tlv(0x30, tlv(0x82, b"\xe9")), tlv(0x30, tlv(0x82)), tlv(0x30, tlv(0x81, b"\xff")),
                       tlv(0x30, tlv(0x87, b"\1")), tlv(0x30, tlv(0x87, bytes(16))), tlv(0x30, tlv(0x87, bytes(10) + b"\xff\xff\1\2\3\4")), tlv(0x30, tlv(0x87, bytes(15) + b"\1")), tlv(0x30, tlv(0x87, bytes.fromhex("20010db8000000000001000000000001"))), tlv(0x30, tlv(0xa4, b"x")), tlv(0x30, tlv(0xa2, b"x")), tlv(0x30, tlv(2, b"x")), b"", b"\x31\0",
                       *(tlv(0x30, tlv(0x86, uri)) for uri in (b"SPIFFE://Td/A", b"https://a.b:8443/c/d?e=f&g#h", b"spiffe://td", b"spiffe://td/", b"https://a.b.", b"https://a..b/", b"a+b.c-d://e/f", b"https://a:/", b"https://td/a;b=c,d@e:f$g&h+i"))) ),
        ("2.5.29.30", (tlv(0x30), tlv(0x30, tlv(0xa0)), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"a.b")))), tlv(0x30, tlv(0xa1, tlv(0x30, tlv(0x82, b".a.b")), tlv(0x30, tlv(0x81, b"a.b")), tlv(0x30, tlv(0x86, b"c.d")), tlv(0x30, tlv(0x87, b"\x0a\0\0\0\xff\0\0\0")))),
                       tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, b"\x0a\0\0\0\xff\0\xff\0")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, b"\x0a\0\0\0\xfe\0\0\0")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, b"\x0a\0\0\0\xfd\0\0\0")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, bytes(32))))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, b"\xff" * 8)))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, bytes(6))))),
                       tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0xa4, tlv(0x30))))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82)))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b".")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"a.")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"..a")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"a b")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"\xe9")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x86, b"1.2.3.4")))), tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x86, b"::1")))), tlv(0x30, tlv(0xa2, b"")), tlv(0x30, tlv(0xa0, tlv(0x30))), b"", tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"a")))) + b"\0")),
        ("2.5.29.31", (tlv(0x30), tlv(0x30, tlv(0x30, tlv(0xa0, tlv(0xa0, tlv(0x86, b"http://a"), tlv(0x86, b"\xe9"), tlv(0x82, b"x"), tlv(0x86, b"y"))))), tlv(0x30, tlv(0x30)), tlv(0x30, tlv(0x30, tlv(0x81, b"\0\1"))), tlv(0x30, tlv(0x30, tlv(0xa0, tlv(0xa1, b"")))), tlv(0x30, tlv(0x30, tlv(0xa0))), tlv(0x30, b"\4\0"), b"")),
        ("2.5.29.32", (tlv(0x30), tlv(0x30, tlv(0x30, b"\6\2\x2a\3")), tlv(0x30, tlv(0x30, b"\6\2\x2a\3"), tlv(0x30, b"\6\2\x2a\3")), tlv(0x30, tlv(0x30, b"\6\4\x55\x1d\x20\0", tlv(0x30))), tlv(0x30, tlv(0x30, b"\6\x0b\x2a" + b"\xff" * 9 + b"\x7f")), tlv(0x30, tlv(0x30, b"\6\1\x80")), tlv(0x30, tlv(0x30, b"\6\0")), tlv(0x30, tlv(0x30, b"\6\2\x88\x37")), tlv(0x30, tlv(0x30, b"\6\2\x4f\1"), tlv(0x30, b"\6\2\x50\1"), tlv(0x30, b"\6\2\x27\1"), tlv(0x30, b"\6\2\x28\1")), tlv(0x30, tlv(0x30)), b"")),
        ("2.5.29.33", (tlv(0x30), tlv(0x30, tlv(0x30, b"\6\2\x2a\3", b"\6\2\x2a\4")), tlv(0x30, tlv(0x30, b"\6\2\x2a\3")), b"")),
        ("2.5.29.36", (tlv(0x30), tlv(0x30, tlv(0x80, b"\0")), tlv(0x30, tlv(0x80, b"\5"), tlv(0x81, b"\0")), tlv(0x30, tlv(0x81, b"\7")), tlv(0x30, tlv(0x80, b"\0\1")), tlv(0x30, tlv(0x80)), tlv(0x30, tlv(0x80, b"\xff")), b"")),
        ("2.5.29.54", (b"\2\1\0", b"\2\1\5", b"\2\1\xff", b"\4\0", b"", b"\2\x09\1" + bytes(8))),
        ("2.5.29.99", (b"", b"x")),
        ("1.2.3.4", (b"", b"x")),
        ("1.3.6.1.5.5.7.1.1", (tlv(0x30), tlv(0x30, tlv(0x30, bytes.fromhex("06082b06010505073001"), tlv(0x86, b"http://o")), tlv(0x30, bytes.fromhex("06082b06010505073002"), tlv(0x86, b"http://i\xff")), tlv(0x30, b"\6\2\x2a\3", tlv(0x86, b"x")), tlv(0x30, b"\6\2\x2a\3", tlv(0x82, b"x"))), tlv(0x30, tlv(0x30)), tlv(0x30, tlv(0x30, b"\6\2\x2a\3")), b"")),
    ):
        for value in values:
            for critical in (False, True):
                case("extension " + oid, parse, certificate(ED, edit=add(oid, value, critical), issuer_key=ED))
    BRIEF = True
    twice = to_der(certificate(ED, issuer_key=ED, edit=lambda b: add("1.2.3.4", b"x")(add("1.2.3.5", b"x")(b))))
    case("twice", parse, base64.b64encode(twice).decode())
    case("twice", parse, rebuilt(twice, b"\x2a\3\5", b"\x2a\3\4"))
    der = to_der(certificate(ED))
    case("algorithms", parse, base64.b64encode(der.replace(bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d01010c"), 1)).decode())
    for oid in ("2a864886f70d010104", "2a864886f70d010105", "2a864886f70d010199", "2a864886f70d01010a", "2a864886f70d010180"):
        der = to_der(certificate(ED))
    case("algorithms", parse, base64.b64encode(der.replace(bytes.fromhex("2a864886f70d01010b"), bytes.fromhex(oid))).decode())
    # Each byte of the structure damaged.
    BRIEF = True
    seed = to_der(certificate(ED, edit=lambda b: add("2.5.29.19", tlv(0x30, b"\1\1\xff"), True)(add("2.5.29.17", tlv(0x30, tlv(0x82, b"a.b"), tlv(0x86, b"spiffe://td/a")))(b)), issuer_key=ED))
    for place in range(len(seed)):
        for value in ((0x80, seed[place] ^ 1)[place % 2],):
            if value != seed[place]:
                case("damaged", parse, base64.b64encode(seed[:place] + bytes([value]) + seed[place + 1:]).decode())
    BRIEF = False


def private_pem(key, form=serialization.PrivateFormat.PKCS8):
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def private_cases():
    old_form = serialization.PrivateFormat.TraditionalOpenSSL
    names = ("crypto.parse_private_keys", "crypto.x509.parse_rsa_private_key")

    def both(note, text_):
        for name in names:
            case(note, name, text_)

    for key in (RSA, RSA_1024, RSA_3, P224, P256, P384, P521, K256, ED, X, DSA, ed448.Ed448PrivateKey.generate()):
        both("pkcs8", private_pem(key))
        if isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
            both("old form", private_pem(key, old_form))
    pem = private_pem(ED)
    for text_ in ("", "x", "AAAA", pem + pem, pem + private_pem(P256), private_pem(P256) + pem, pem_public(RSA.public_key()), certificate(ED) + pem, pem + "junk", "junk\n" + pem, "junk" + pem, base64.b64encode(pem.encode()).decode(),
                  base64.b64encode(base64.b64encode(pem.encode())).decode(), base64.b64encode(to_der(pem)).decode(), pem.replace("PRIVATE", "EC PRIVATE"), pem.replace("PRIVATE", "RSA PRIVATE"), pem.replace("PRIVATE", "X PRIVATE"), "-----BEGIN", 1, None):
        both("text", text_)

    def block(label, der):
        return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"

    integer = lambda v: tlv(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))
    small = rsa.generate_private_key(65537, 1024)
    n = small.private_numbers()
    numbers = [n.public_numbers.n, n.public_numbers.e, n.d, n.p, n.q, n.dmp1, n.dmq1, n.iqmp]
    whole = lambda *values, version=0, more=b"": tlv(0x30, integer(version), *(v if isinstance(v, bytes) else integer(v) for v in values), more)
    both("rsa", block("RSA PRIVATE KEY", whole(*numbers)))
    for version in (1, 2):
        both("rsa version", block("RSA PRIVATE KEY", whole(*numbers, version=version)))
    for place in range(8):
        for value in (0, 1, 2, 3, numbers[place] + 2, numbers[place] + 1, tlv(2, b"\xff"), tlv(2, b"\0\1"), tlv(4, b"\1"), b""):
            changed = list(numbers)
            changed[place] = value
            both(f"rsa number {place}", block("RSA PRIVATE KEY", whole(*changed)))
    both("rsa short", block("RSA PRIVATE KEY", whole(*numbers[:5])))
    both("rsa short", block("RSA PRIVATE KEY", whole(*numbers[:7])))
    both("rsa swapped", block("RSA PRIVATE KEY", whole(*numbers[:3], n.q, n.p)))
    both("rsa d plus", block("RSA PRIVATE KEY", whole(*numbers[:2], n.d + (n.p - 1) * (n.q - 1), n.p, n.q)))
    both("rsa behind", block("RSA PRIVATE KEY", whole(*numbers) + b"\0"))
    both("rsa more", block("RSA PRIVATE KEY", whole(*numbers, more=tlv(4, b"x"))))
    value = P256.private_numbers().private_value.to_bytes(32, "big")
    name = tlv(6, bytes.fromhex("2a8648ce3d030107"))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for body in ((integer(1), tlv(4, value), tlv(0xa0, name)), (integer(1), tlv(4, b"\0\0" + value), tlv(0xa0, name)), (integer(1), tlv(4, b"\1" + value), tlv(0xa0, name)), (integer(1), tlv(4, value[1:]), tlv(0xa0, name)), (integer(1), tlv(4), tlv(0xa0, name)), (integer(1), tlv(4, bytes(32)), tlv(0xa0, name)),
                 (integer(1), tlv(4, order.to_bytes(32, "big")), tlv(0xa0, name)), (integer(1), tlv(4, (order - 1).to_bytes(32, "big")), tlv(0xa0, name)), (integer(0), tlv(4, value), tlv(0xa0, name)), (integer(1), tlv(4, value)), (integer(1), tlv(4, value), tlv(0xa0, name), tlv(0xa1, tlv(3, b"\0x"))),
                 (integer(1), tlv(4, value), tlv(0xa0, name), tlv(0xa1, b"x")), (integer(1), tlv(4, value), tlv(0xa0, name), b"\5\0"), (integer(1), tlv(4, value), tlv(0xa0, tlv(6, b"\x2a\3"))), (integer(1), tlv(4, value), tlv(0xa0))):
        both("sec1", block("EC PRIVATE KEY", tlv(0x30, *body)))
        for parameters in (name, b"\5\0", b"", tlv(6, bytes.fromhex("2b81040022"))):
            algorithm = tlv(0x30, tlv(6, bytes.fromhex("2a8648ce3d0201")), parameters)
            both("ec in pkcs8", block("PRIVATE KEY", tlv(0x30, integer(0), algorithm, tlv(4, tlv(0x30, *body)))))
    for more in (b"x", b"\5\0", b"\5\1", b"\5", b"\4\1x", b"\xa0\0", b"\xa1\0"):
        both("sec1 more", block("EC PRIVATE KEY", tlv(0x30, integer(1), tlv(4, value), tlv(0xa0, name), more)))
        both("rsa more", block("RSA PRIVATE KEY", whole(*numbers, more=more)))
        both("rsa more", block("RSA PRIVATE KEY", whole(*numbers[:5], more=more)))
    both("sec1 behind", block("EC PRIVATE KEY", tlv(0x30, integer(1), tlv(4, value), tlv(0xa0, name)) + b"x"))
    for oid in ("2b6570", "2b656e"):
        for parameters in (b"", b"\5\0"):
            for seed in (tlv(4, bytes(range(32))), tlv(4, bytes(31)), tlv(4, bytes(33)), bytes(32), tlv(4, bytes(range(32))) + b"x", b""):
                both("curve25519", block("PRIVATE KEY", tlv(0x30, integer(0), tlv(0x30, tlv(6, bytes.fromhex(oid)), parameters), tlv(4, seed))))
    both("pkcs8 behind", block("PRIVATE KEY", to_der(pem) + b"x"))
    both("pkcs8 more", block("PRIVATE KEY", tlv(0x30, integer(7), tlv(0x30, tlv(6, bytes.fromhex("2b6570"))), tlv(4, tlv(4, bytes(32))), tlv(0xa0, b"x"))))

    pair = "crypto.x509.parse_keypair"
    for key in (RSA, P224, P256, P521, ED, X, DSA):
        case("pair", pair, certificate(key), private_pem(key))
        case("another's", pair, certificate(key), private_pem(P384))
    cert, key = certificate(P256, edit=add("2.5.29.17", tlv(0x30, tlv(0x86, b"spiffe://td/a")))), private_pem(P256)
    encoded = lambda text_: base64.b64encode(text_ if isinstance(text_, bytes) else text_.encode()).decode()
    for c, k in ((cert + certificate(ED), key), (certificate(ED) + cert, key), (cert, private_pem(P256, old_form)), (cert, cert + key), (cert + key, key), (key + cert, key), (key, key), (cert, cert), ("", key), (cert, ""), ("x", key), (encoded(cert), encoded(key)), (encoded(to_der(cert)), encoded(to_der(key))), (encoded(to_der(cert) * 2), key),
                 (cert, key.replace("PRIVATE", "X PRIVATE")), (cert, key.replace("PRIVATE", "RSA PRIVATE")), ("\n" + cert, key), (cert, "junk\n" + key), (cert.replace("CERTIFICATE", "X"), key), (1, key), (cert, 1)):
        case("pair texts", pair, c, k)


def request_cases():
    parse = "crypto.x509.parse_certificate_request"
    oid = x509.oid.AttributeOID
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "é"), x509.NameAttribute(NameOID.COUNTRY_NAME, "AB"), x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@b")])
    empty = x509.CertificateSigningRequestBuilder().subject_name(name)
    names = x509.SubjectAlternativeName([x509.DNSName("a.b"), x509.UniformResourceIdentifier("spiffe://td/a"), x509.IPAddress(ipaddress.ip_address("::1"))])
    full = empty.add_extension(names, False).add_extension(x509.BasicConstraints(True, 1), True).add_attribute(oid.CHALLENGE_PASSWORD, b"x")
    as_pem = lambda request: request.public_bytes(serialization.Encoding.PEM).decode()
    for key, digest in ((RSA, hashes.SHA256()), (P224, hashes.SHA256()), (P256, hashes.SHA256()), (P384, hashes.SHA384()), (P521, hashes.SHA512()), (K256, hashes.SHA256()), (ED, None), (DSA, hashes.SHA256())):
        for builder in (empty, full):
            case("key", parse, as_pem(builder.sign(key, digest)))
    pem = as_pem(full.sign(ED, None))
    der = to_der(pem)
    encoded = base64.b64encode(der).decode()
    for text_ in ("", "x", "\n" + pem, pem + "x", encoded, base64.b64encode(pem.encode()).decode(), base64.b64encode(b"junk\n" + pem.encode()).decode(), base64.b64encode(certificate(ED).encode()).decode(), certificate(ED), base64.b64encode(to_der(certificate(ED))).decode(),
                  base64.b64encode(der + b"\0").decode(), pem.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), pem + pem, pem.replace("-----END", "----END"), 1, None):
        case("text", parse, text_)
    raw = ED.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    algorithm = tlv(0x30, tlv(6, bytes.fromhex("2b6570")))
    wish = bytes.fromhex("06092a864886f70d01090e")

    def made(*attributes, subject=tlv(0x30), version=tlv(2, b"\0"), end=None):
        info = tlv(0x30, version, subject, raw, tlv(0xa0, *attributes) if end is None else end)
        return base64.b64encode(tlv(0x30, info, algorithm, tlv(3, b"\0sig"))).decode()

    extension_ = tlv(0x30, tlv(6, b"\x2a\3"), tlv(4, b"x"))
    for attributes in ((), (tlv(0x30, wish, tlv(0x31)),), (tlv(0x30, wish, tlv(0x31, tlv(0x30))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, extension_))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, extension_, extension_))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, extension_), tlv(0x30, extension_))),),
                       (tlv(0x30, wish, tlv(0x31, tlv(0x30, extension_))),) * 2, (tlv(0x30, wish, tlv(0x31, tlv(4, b"x"))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, tlv(4, b"x")))),), (tlv(0x30, wish, tlv(0x30, tlv(0x30, extension_))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, extension_)), b"\5\0"),),
                       (tlv(0x30, wish, tlv(0x31, tlv(0x30, tlv(0x30, tlv(6, b"\x2a\3"), b"\1\1\xff", tlv(4, b"x"))))),), (tlv(0x30, wish, tlv(0x31, tlv(0x30, tlv(0x30, tlv(6, b"\x2a\3"), b"\1\1\1", tlv(4, b"x"))))),), (tlv(4, b"x"),), (tlv(0x30, wish),), (b"x",), (tlv(0x31, wish),),
                       *((tlv(0x30, tlv(6, b"\x2a\4"), tlv(0x31, tlv(0x30, tlv(0x30, tlv(6, b"\x2a\3"), value)))),) for value in (tlv(2, b"\5"), tlv(2, b"\0\1"), tlv(2, b"\1" * 9), tlv(3, b"\4\xf0"), tlv(3, b"\4\xff"), tlv(5), tlv(6, b"\x2a\3"), tlv(6), tlv(12, b"a"), tlv(12, b"\xff"), tlv(19, b"a_"), tlv(20, b"\xe9"), tlv(30, b"\0a"), tlv(26, b"a"), tlv(0x30), tlv(0x80, b"a"), tlv(1, b"\1"), b"", tlv(4) + b"junk")),
                       (tlv(0x30, tlv(6, b"\x2a\4"), tlv(0x31, tlv(0x30), tlv(0x30))),), (tlv(0x30, tlv(6, b"\x2a\4"), tlv(0x31, tlv(0x30), tlv(4))),), (tlv(0x30, tlv(6, b"\x2a\4"), tlv(0x31)),)):
        case("attributes", parse, made(*attributes))
    for subject in (tlv(0x30, tlv(0x31, tlv(0x30, tlv(6, b"\x55\4\3"), tlv(12, b"a")))), tlv(0x30, tlv(0x31, tlv(0x30, tlv(6, b"\x55\4\3"), tlv(19, b"a_")))), tlv(0x30, tlv(0x31)), tlv(0x30, tlv(0x30)), tlv(0x31), tlv(4), tlv(0x30, tlv(0x31, tlv(0x30, tlv(6, b"\x55\4\3"))))):
        case("subject", parse, made(subject=subject))
    for version in (tlv(2, b"\5"), tlv(2, b"\xff"), tlv(2), tlv(1, b"\0"), tlv(2, b"\1" * 9)):
        case("version", parse, made(version=version))
    for end in (b"", tlv(0xa1), tlv(0x80), tlv(0xa0) + b"\5\0"):
        case("end", parse, made(end=end))


def rebuilt(der, old, new):
    """The certificate with one value for another, and all lengths right again."""
    def build(data):
        if data == old:
            return new
        out, at, parts = b"", 0, []
        tag = data[0]
        header = 2 if data[1] < 128 else 2 + (data[1] & 0x7f)
        if tag & 0x20 and old in data:
            body = data[header:]
            while at < len(body):
                start = at
                size = body[at + 1]
                at += 2
                if size >= 128:
                    digits = size & 0x7f
                    size = int.from_bytes(body[at:at + digits], "big")
                    at += digits
                at += size
                parts.append(build(body[start:at]))
            return tlv(tag, *parts)
        return data if tag & 0x20 or old not in data else data.replace(old, new) if len(old) == len(new) else data
    return base64.b64encode(build(der)).decode()


FAMILIES = {"hash": hash_cases, "decode": decode_cases, "verify": verify_cases, "key": key_cases, "constraint": constraint_cases, "sign": sign_cases, "certificate": certificate_cases, "private": private_cases, "request": request_cases}


def main():
    for name, family in FAMILIES.items():
        start = len(CASES)
        family()
        print(name, len(CASES) - start, file=sys.stderr)
    lines = ",\n".join(json.dumps(c, ensure_ascii=True) for c in CASES)
    lines = re.sub(r'"\\u0001number:([^"]*)"', r"\1", lines)
    with open(os.path.join(STRICT_DIR, "builtins-crypto.json"), "w") as out:
        out.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
