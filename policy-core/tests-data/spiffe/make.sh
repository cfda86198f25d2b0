#!/usr/bin/env bash
# Makes the certificates of this folder again, with other keys and serial numbers. Needs OpenSSL 3.
# The private keys go to a temporary folder and are thrown away, unless KEYS names a folder to keep
# them in.
set -euo pipefail
cd "$(dirname "$0")"
keys=${KEYS:-$(mktemp -d)}
[ -n "${KEYS:-}" ] || trap 'rm -rf "$keys"' EXIT

# The tests give their own `now`.
life=(-startdate 20200101000000Z -enddate 21200101000000Z)

cat >"$keys/ca.cnf" <<X
[ca]
default_ca = test
[test]
database = $keys/index
new_certs_dir = $keys
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
C = optional
O = optional
CN = optional
X
: >"$keys/index"

# sign NAME OPTION...: the extensions come on the standard input.
sign() {
  openssl ca -batch -notext -config "$keys/ca.cnf" -keyfile "$keys/ca.key" "${life[@]}" -extfile - \
    -in "$keys/$1.csr" -out "$1.pem" "${@:2}" 2>"$keys/$1.log" || { cat "$keys/$1.log" >&2; exit 1; }
}

# request NAME SUBJECT
request() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$keys/$1.key"
  openssl req -new -key "$keys/$1.key" -subj "$2" -out "$keys/$1.csr"
}

leaf() {
  request "$1" "$2"
  sign "$1" -cert ca.pem
}

# An authority, after X509-SVID section 3.2: its SPIFFE ID has no path.
request ca "/C=US/O=SPIFFE"
sign ca -selfsign <<X
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
subjectAltName=URI:spiffe://example.org
X

# What SPIRE issues: subject, all key usages of a leaf, names not critical.
leaf spire-leaf "/C=US/O=SPIRE" <<X
keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement
extendedKeyUsage=serverAuth,clientAuth
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org/ns/shop/sa/frontend
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
X

# The same for a proxy.
leaf edge-leaf "/C=US/O=SPIRE" <<X
keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement
extendedKeyUsage=serverAuth,clientAuth
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org/edge
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
X

# What Istio issues: no subject, so names critical; no subject key identifier.
leaf istio-leaf "/" <<X
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
basicConstraints=critical,CA:FALSE
authorityKeyIdentifier=keyid
subjectAltName=critical,URI:spiffe://cluster.local/ns/shop/sa/frontend
X

# What step-ca issues: no basic constraints, names of several types, an extension of its own.
leaf step-leaf "/CN=frontend" <<X
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:frontend.shop.svc,IP:10.0.0.1,email:shop@example.org,URI:spiffe://example.org/ns/shop/sa/frontend
1.3.6.1.4.1.37476.9000.64.1=DER:300c02010104036a77740402aabb
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
X

# A certificate for clients only.
leaf client-only-leaf "/CN=frontend" <<X
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org/ns/shop/sa/frontend
X

# Refused: two URI SANs; none; one that names the trust domain; one that is no SPIFFE ID; a server's only.
leaf two-uris "/CN=frontend" <<X
keyUsage=critical,digitalSignature
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org/ns/shop/sa/frontend,URI:spiffe://example.org/ns/shop/sa/admin
X
leaf no-uri "/CN=frontend" <<X
keyUsage=critical,digitalSignature
basicConstraints=critical,CA:FALSE
subjectAltName=DNS:frontend.shop.svc
X
leaf trust-domain-leaf "/CN=frontend" <<X
keyUsage=critical,digitalSignature
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org
X
leaf https-uri "/CN=frontend" <<X
keyUsage=critical,digitalSignature
basicConstraints=critical,CA:FALSE
subjectAltName=URI:https://example.org/frontend
X
leaf server-only "/CN=frontend" <<X
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
basicConstraints=critical,CA:FALSE
subjectAltName=URI:spiffe://example.org/ns/shop/sa/frontend
X
