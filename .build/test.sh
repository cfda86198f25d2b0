# shellcheck shell=bash
# `build.sh test`: the steps in order, cheap first, and the count of what really ran.

readonly TEST_STEPS="fmt lint unit core-wasm build e2e demo"

passed=0
failed=0
skipped=0
summary="" # one line a step
failures="" # one line a failed test

task_test() {
  local keep_going=${CI:+1} wanted="" name
  for name in "$@"; do
    case " $TEST_STEPS " in
      *" $name "*) wanted="$wanted $name" ;;
      *)
        if [ "$name" = --keep-going ]; then
          keep_going=1
          continue
        fi
        die "no test step named '$name'" "the steps: $TEST_STEPS"
        ;;
    esac
  done
  setup_rust || exit 1

  local broken="" stopped=""
  for name in ${wanted:-$TEST_STEPS}; do
    if [ -n "$stopped" ]; then
      note_step "$name" "not run" "" ""
    elif ! run_test_step "$name"; then
      broken="$broken $name"
      if [ -z "$keep_going" ]; then stopped=1; fi
    fi
  done
  print_summary
  if [ -n "$broken" ]; then exit 1; fi
  if [ $((passed + failed)) -eq 0 ] && [ -z "$wanted" ]; then die "no test ran"; fi
}

# One step; its tests are counted from its log. A step that fails without a failed test (it does not compile, say)
# is one failure itself.
run_test_step() {
  local name=$1 started=$SECONDS status=0 result=ok remark=""
  local passed_before=$passed failed_before=$failed
  rm -f "$log_dir/$name.log"
  test_step "$name" || status=1
  if [ -f "$log_dir/$name.log" ]; then count_tests "$log_dir/$name.log"; fi
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$failed_before" ]; then failed=$((failed + 1)); fi
  if [ "$status" -ne 0 ]; then
    result=FAILED
    note_failures "$name"
  fi
  if [ "$passed" -gt "$passed_before" ]; then remark="$((passed - passed_before)) passed"; fi
  note_step "$name" "$result" $((SECONDS - started)) "$remark"
  return "$status"
}

# The step with its set-up.
test_step() {
  case $1 in
    fmt) setup_lint_tools && check_format ;;
    lint) setup_lint_tools && lint_steps ;;
    unit)
      step unit "unit tests" "mend the failed tests; alone: ./build.sh test unit" run_unit
      ;;
    core-wasm)
      setup_wasm_bindgen && setup_wasm_target wasm32-unknown-unknown &&
        step core-wasm "the core's tests as wasm under Node" \
          "mend what passes natively and fails as wasm; alone: ./build.sh test core-wasm" run_core_wasm
      ;;
    build) build_filter ;;
    e2e)
      setup_for_envoy && setup_opa &&
        step e2e "end-to-end tests on a real Envoy, conformance with OPA" "mend the failed tests; alone: ./build.sh test e2e" run_e2e &&
        expect_no_stragglers
      ;;
    demo)
      setup_for_envoy &&
        step demo "the demo" "a scenario differs from what it expects; alone: ./build.sh test demo" run_demo &&
        expect_no_stragglers && cat "$log_dir/demo.log"
      ;;
  esac
}

run_unit() {
  export_cargo_progress
  cargo test --locked --no-fail-fast --workspace --exclude doorward-wasm --exclude doorward-empty-wasm --exclude doorward-tests
}

run_core_wasm() {
  export_cargo_progress
  # Not its doctests: those are the host's.
  wasm_cargo wasm32-unknown-unknown test --locked --no-fail-fast -p policy-core --lib --tests
  if ! grep -q '^test result: .* [1-9][0-9]* passed' "$DOORWARD_STEP_LOG"; then
    say "error: no test of the core ran as wasm"
    return 1
  fi
}

# What the tests on a real Envoy are given; they fail, and say so, where it is missing.
setup_for_envoy() {
  setup_envoy || return 1
  case $filter in
    built) ;;
    failed)
      say_error "there is no filter to test" "see the step 'build' above"
      return 1
      ;;
    *) build_filter || return 1 ;;
  esac
  export DOORWARD_WASM="$wasm" DOORWARD_NATIVE="$native"
}

run_e2e() {
  export_cargo_progress
  cargo test --locked --no-fail-fast -p doorward-tests
}

run_demo() {
  export_cargo_progress
  cargo build --locked -p doorward-tests --bin demo
  if builds_native; then "$out/debug/demo" --both; else "$out/debug/demo"; fi
}

# Adds up a log's closing lines: cargo test's and wasm-bindgen's `test result:`, the demo's count of its requests.
count_tests() {
  local counts
  counts=$(sed -nE \
    -e 's/^test result: [A-Za-z]+\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored.*/\1 \2 \3/p' \
    -e 's/^([0-9]+) requests?( \([^)]*\))?, all decided as expected$/\1 0 0/p' "$1" |
    awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
  local p f s
  read -r p f s <<<"$counts"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
}

# What failed in a step: its tests; without any, its log.
note_failures() {
  local names=""
  if [ -f "$log_dir/$1.log" ]; then names=$(failed_tests "$log_dir/$1.log"); fi
  if [ -n "$names" ]; then
    failures="$failures$(printf '%s\n' "$names" | sed "s/^/  $1  /")"$'\n'
  else
    failures="$failures  $1  no single test: see target/log/"$'\n'
  fi
}

# note_step NAME RESULT SECONDS REMARK
note_step() {
  local time=""
  if [ -n "$3" ]; then time=$(duration "$3"); fi
  summary="$summary$(printf '  %-10s  %-7s  %7s  %s' "$1" "$2" "$time" "$4")"$'\n'
}

print_summary() {
  say ""
  printf '%s  %-10s  %-7s  %7s  %s%s\n' "$c_bold" step result time tests "$c_off"
  printf '%s' "$summary"
  say "  in all $(duration $SECONDS)"
  say ""
  if [ "$skipped" -gt 0 ]; then
    say "$passed passed, $failed failed, $skipped skipped"
  else
    say "$passed passed, $failed failed"
  fi
  printf '%s' "$failures"
}
