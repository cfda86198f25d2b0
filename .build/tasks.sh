# shellcheck shell=bash
# The tasks of build.sh.

# --- build

task_build() {
  build_filter || exit 1
  say "  target/doorward.wasm    $(file_facts "$wasm")"
  if builds_native; then say "  target/libdoorward.so   $(file_facts "$native")"; fi
}

filter="" # built | failed, once tried

build_filter() {
  filter=failed
  setup_rust && setup_wasm_target wasm32-wasip1 || return 1
  step build "the filter for wasm32-wasip1 ($wasm_toolchain toolchain)" "mend the code; the first error is above" \
    compile_filter || return 1
  if builds_native; then
    step build-native "the filter as a dynamic module" "mend the code; the first error is above" compile_native || return 1
  fi
  filter=built
}

# Envoy's dynamic modules are tried on Linux only.
builds_native() {
  [ "$(uname -s)" = Linux ]
}

compile_native() {
  export_cargo_progress
  cargo build --locked -p doorward-native --profile "$NATIVE_PROFILE"
  put_in_place "$out/$NATIVE_PROFILE/libdoorward.so" "$native"
}

# Renamed into place, and only when it differs: an Envoy may be reading the old one.
put_in_place() {
  if ! cmp -s "$1" "$2"; then
    cp "$1" "$2.new"
    mv "$2.new" "$2"
  fi
}

compile_filter() {
  export_cargo_progress
  wasm_cargo wasm32-wasip1 build --locked -p doorward-wasm --profile "$WASM_PROFILE"
  put_in_place "$(wasm_target_dir)/wasm32-wasip1/$WASM_PROFILE/doorward.wasm" "$wasm"
}

# file_facts FILE
file_facts() {
  local bytes sum
  bytes=$(wc -c <"$1" | tr -d ' ')
  sum=$( (sha256sum "$1" 2>/dev/null || shasum -a 256 "$1") | cut -d' ' -f1)
  printf '%s bytes (%s.%s MiB)  sha256 %s' "$bytes" $((bytes / 1048576)) $((bytes % 1048576 * 10 / 1048576)) "$sum"
}

# The live line shows cargo's bar; the log does not keep it.
export_cargo_progress() {
  export CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 CARGO_TERM_COLOR=never
}

# --- demo, check, fmt, clean, bench

task_demo() {
  build_filter || exit 1
  setup_envoy || exit 1
  step demo-build "the demo's tools" "mend the code; the first error is above" compile_demo || exit 1
  # In place of this shell: its signals and its end are the demo's own.
  export DOORWARD_WASM="$wasm" DOORWARD_NATIVE="$native"
  exec "$out/debug/demo" "$@"
}

compile_demo() {
  export_cargo_progress
  cargo build --locked -p doorward-tests --bin demo
}

task_check() {
  setup_rust || exit 1
  step check-build "the doorward command" "mend the code; the first error is above" compile_cli >&2 || exit 1
  cd "$caller_dir"
  exec "$out/debug/doorward" check "$@"
}

compile_cli() {
  export_cargo_progress
  cargo build --locked -p doorward-cli
}

task_fmt() {
  setup_rust && setup_lint_tools || exit 1
  exec cargo fmt --all "$@"
}

task_clean() {
  case "${1:-}" in
    "") ;;
    --cache) rm -rf "$cache" ;;
    *) die "clean takes --cache or nothing" ;;
  esac
  rm -rf "$out"
}

# bench [FILTER] [--table] [--write] [--quick] [-- CRITERION'S OPTIONS]; bench envoy is another one.
task_bench() {
  if [ "${1:-}" = envoy ]; then
    shift
    task_bench_envoy "$@"
    return
  fi
  local filter="" table_only="" measure=() criterion=()
  while [ $# -gt 0 ]; do
    case $1 in
      --table) table_only=1 ;;
      --write) measure+=(--write) ;;
      --quick)
        measure+=(--quick)
        criterion+=(--quick)
        ;;
      --)
        shift
        criterion+=("$@")
        break
        ;;
      -*) die "bench takes no $1" "./build.sh bench [FILTER] [--table] [--write] [--quick] [-- CRITERION'S OPTIONS]" ;;
      *)
        if [ -n "$filter" ]; then die "bench takes one filter: a part of GROUP/CASE"; fi
        filter=$1
        ;;
    esac
    shift
  done
  case " ${measure[*]-} " in
    *" --write "*) if [ -n "$filter" ] || [ ${#measure[@]} -gt 1 ]; then die "only a whole and thorough run is written"; fi ;;
  esac
  if [ -n "$filter" ]; then
    measure+=(--filter "$filter")
    criterion+=("$filter")
  fi

  setup_rust && setup_node && setup_wasm_target wasm32-wasip1 && setup_opa || exit 1
  local made=(--root "$root" --out "$out/bench")
  step bench-cases "the cases: keys, certificates, tokens" "the first error is above" make_bench_cases "${made[@]}" || exit 1
  step bench-native "what is measured, native" "mend the code; the first error is above" compile_bench_native || exit 1
  step bench-wasm "what is measured, as wasm ($wasm_toolchain toolchain)" "mend the code; the first error is above" \
    compile_bench_wasm || exit 1
  if [ -z "$table_only" ]; then
    run_foreground "$out/release/examples/criterion" --bench ${criterion[@]+"${criterion[@]}"} || exit 1
  fi
  run_foreground "$out/debug/table" measure "${made[@]}" ${measure[@]+"${measure[@]}"} \
    --native "$out/release/measure" --wasm "$(wasm_target_dir)/wasm32-wasip1/$WASM_PROFILE/measure.wasm" \
    --wasm-rustc "$(wasm_rustc_version)" || exit 1
}

# bench envoy [--quick] [--write]: what Envoy spends on a request, with filters and without.
task_bench_envoy() {
  local option
  for option in "$@"; do
    case $option in
      --quick | --write) ;;
      *) die "bench envoy takes no $option" "./build.sh bench envoy [--quick] [--write]" ;;
    esac
  done
  builds_native || die "bench envoy runs on Linux only: CPU time is read from /proc, and there is a native module"
  build_filter || exit 1
  setup_envoy || exit 1
  step bench-empty "filters that do nothing" "mend the code; the first error is above" compile_empty || exit 1
  step bench-envoy-build "what asks the proxies" "mend the code; the first error is above" compile_bench_envoy || exit 1
  run_foreground "$out/debug/envoy" --root "$root" --out "$out/bench/envoy" --wasm "$wasm" --native "$native" \
    --empty-wasm "$out/empty.wasm" --empty-native "$out/libempty.so" "$@" || exit 1
}

compile_empty() {
  export_cargo_progress
  wasm_cargo wasm32-wasip1 build --locked -p doorward-empty-wasm --profile "$WASM_PROFILE"
  put_in_place "$(wasm_target_dir)/wasm32-wasip1/$WASM_PROFILE/empty.wasm" "$out/empty.wasm"
  cargo build --locked -p doorward-empty-native --profile "$NATIVE_PROFILE"
  put_in_place "$out/$NATIVE_PROFILE/libempty.so" "$out/libempty.so"
}

compile_bench_envoy() {
  export_cargo_progress
  cargo build --locked -p doorward-benches --bin envoy
}

make_bench_cases() {
  export_cargo_progress
  cargo build --locked -p doorward-benches --bin table
  mkdir -p "$out/bench"
  "$out/debug/table" cases "$@"
}

# Without the lab, which makes the cases and is not measured.
compile_bench_native() {
  export_cargo_progress
  cargo build --locked --release -p doorward-benches --no-default-features --bin measure --example criterion
}

compile_bench_wasm() {
  export_cargo_progress
  wasm_cargo wasm32-wasip1 build --locked -p doorward-benches --no-default-features --bin measure --profile "$WASM_PROFILE"
}

wasm_rustc_version() {
  if [ "$wasm_toolchain" = debian ]; then /usr/bin/rustc --version; else rustc --version; fi
}

setup_node() {
  local major
  major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
  if [ -z "$major" ] || [ "$major" -lt "$NODE_MIN_MAJOR" ]; then
    say_error "Node.js is not installed or too old: it runs the core as wasm" "install Node $NODE_MIN_MAJOR or later"
    return 1
  fi
}

# --- lint

task_lint() {
  setup_rust && setup_lint_tools || exit 1
  check_format || exit 1
  lint_steps || exit 1
}

check_format() {
  step fmt "formatting" "./build.sh fmt" cargo fmt --all --check -- --color never
}

lint_steps() {
  setup_wasm_target wasm32-wasip1 || return 1
  step clippy "clippy, every crate" "mend what clippy names; exceptions are #[expect(lint, reason)]" clippy_all || return 1
  step borders "the crates' borders" "the rule is named above each finding" bash .build/borders.sh || return 1
  if command -v shellcheck >/dev/null; then
    step shellcheck "shellcheck" "mend what shellcheck names" shellcheck -xa build.sh .build/borders.sh .ci/run || return 1
  fi
}

clippy_all() {
  export_cargo_progress
  cargo clippy --locked --workspace --exclude doorward-wasm --exclude doorward-empty-wasm --all-targets -- -D warnings
  # The wasm filters only link for wasm. Where the host's toolchain lacks that target, its own is enough to check it.
  if [ "$wasm_toolchain" = host ]; then
    env -u RUSTFLAGS cargo clippy --locked -p doorward-wasm -p doorward-empty-wasm --target wasm32-wasip1 -- -D warnings
  else
    cargo clippy --locked -p doorward-wasm -p doorward-empty-wasm -- -D warnings
  fi
}
