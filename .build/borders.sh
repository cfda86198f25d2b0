#!/usr/bin/env bash
# The crates' borders, proved on the dependency tree and on the sources. Every finding is shown; one fails the run.
# Method calls and re-exports that a search cannot see are denied by policy-core/.clippy.toml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
broken=0

# broken_rule RULE FINDINGS
broken_rule() {
  printf 'error: %s\n%s\n\n' "$1" "$2"
  broken=1
}

# no_dependency CRATE TARGET RULE NAMES: none of the names in the crate's normal dependency tree.
no_dependency() {
  local tree found
  tree=$(cargo tree --locked -p "$1" --target "$2" -e normal --prefix none -f '{p}' | cut -d' ' -f1 | sort -u)
  found=$(grep -xE "$4" <<<"$tree" || true)
  if [ -n "$found" ]; then broken_rule "$3" "$found"; fi
}

# nowhere RULE PATTERN FILES...: no line of code that names it. Comments may.
nowhere() {
  local rule=$1 pattern=$2 found
  shift 2
  if [ $# -eq 0 ]; then return 0; fi
  found=$(grep -nHE "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true)
  if [ -n "$found" ]; then broken_rule "$rule" "$found"; fi
}

# sources FOLDER [NOT-BELOW...]: the Rust files of a folder.
sources() {
  local folder=$1 skip
  shift
  local args=()
  for skip in "$@"; do args+=(-not -path "$skip/*"); done
  find "$folder" -name '*.rs' -not -path '*/target/*' ${args[@]+"${args[@]}"}
}

network='tokio|async-std|smol|mio|socket2|hyper|reqwest|ureq|curl|h2|tonic|rustls|native-tls|openssl|notify|ctrlc'
for target in wasm32-wasip1 wasm32-unknown-unknown; do
  no_dependency policy-core $target \
    "policy-core depends on nothing that opens a socket, a runtime or a file ($target)" "$network"
done
no_dependency doorward-wasm wasm32-wasip1 "the filter depends on nothing that opens a socket or a runtime" "$network"
no_dependency doorward-native x86_64-unknown-linux-gnu "the module depends on nothing that opens a socket or a runtime" "$network"
no_dependency doorward-flow wasm32-wasip1 "the flow is told in host traits and knows no proxy SDK" 'proxy-wasm'
no_dependency policy-core wasm32-wasip1 "policy-core knows no proxy" 'proxy-wasm|doorward-.*'

# shellcheck disable=SC2046 # the names of our own sources hold no spaces
{
  nowhere "policy-core reads no clock: \`now\` is an argument" \
    '\b(SystemTime|Instant)\b|\b(Utc|Local|OffsetDateTime)::now' $(sources policy-core/src)
  nowhere "policy-core reads no environment, file, process or network (addresses: core::net)" \
    '\bstd::(env|fs|net|process)\b|\bstd::\{[^}]*\b(env|fs|net|process)\b' $(sources policy-core/src)
  nowhere "policy-core asks for no randomness" \
    '\b(rand|getrandom|fastrand)::|\buse (rand|getrandom|fastrand)\b|\b(OsRng|thread_rng)\b' \
    $(sources policy-core/src)
  nowhere "regorus is compared with in benches/ only" '\bregorus::|\buse regorus\b|\bextern crate regorus\b' \
    $(sources . './benches')
  nowhere "jsonwebtoken is named in policy-core/src/jwt (and in tests/) only" \
    '\bjsonwebtoken::|\buse jsonwebtoken\b|\bextern crate jsonwebtoken\b' \
    $(sources . './policy-core/src/jwt' './policy-core/tests' './tests' './benches')
  nowhere "proxy-wasm is named in filter/wasm only, and in the filter that does nothing" \
    '\bproxy_wasm::|\buse proxy_wasm\b' $(sources . './filter/wasm' './benches/empty/wasm')
  nowhere "the wasm and native adapters only may be unsafe" '\bunsafe (fn|impl|extern|\{)|\bunsafe\(' \
    $(sources policy-core) $(sources filter/flow) $(sources filter/cli)
  nowhere "the native adapter is unsafe in its calls to the proxy and in the hooks that it calls only (and in its tests)" \
    '\bunsafe (fn|impl|extern|\{)|\bunsafe\(' \
    $(sources filter/native './filter/native/src/tests' 'filter/native/src/tests' | grep -vxE 'filter/native/src/(abi|envoy|hooks)\.rs')
  nowhere "of the tests' tools, one file calls C and is unsafe" '\bunsafe (fn|impl|extern|\{)|\bunsafe\(' \
    $(sources tests | grep -vx 'tests/opa/src/library.rs')
  nowhere "dependencies of one crate: regorus" '^regorus\b' $(find policy-core filter tests -name Cargo.toml)
  nowhere "dependencies of one crate: jsonwebtoken (and of tests/)" '^jsonwebtoken\b' $(find filter -name Cargo.toml)
}

# A test module that forgets the wasm test attribute would silently not run as wasm.
found=$(sources policy-core/src | while read -r file; do
  if grep -q '#\[test\]' "$file" && ! grep -q 'wasm_bindgen_test' "$file"; then printf '%s\n' "$file"; fi
done)
if [ -n "$found" ]; then
  broken_rule "every test module of policy-core runs as wasm too: in it, under cfg(target_arch = \"wasm32\"), \
use wasm_bindgen_test::wasm_bindgen_test as test" "$found"
fi

if [ "$broken" -eq 0 ]; then printf 'all borders hold\n'; fi
exit "$broken"
