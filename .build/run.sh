# shellcheck shell=bash
# Running a step: progress while it runs, its log, its end; and leaving no process behind.

readonly HEARTBEAT_SECONDS=15 # in a pipe: how long may nothing be printed
readonly QUIET_SECONDS=2      # what ends within this needs no line at its start
readonly GRACE_SECONDS=10     # between asking a process to end and ending it

log_dir="$out/log"
step_pid=""
step_log=""
step_seconds=0

if [ -t 1 ]; then live=1; else live=""; fi
if [ -n "$live" ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  c_red=$'\e[31m' c_green=$'\e[32m' c_dim=$'\e[2m' c_bold=$'\e[1m' c_off=$'\e[0m'
else
  c_red="" c_green="" c_dim="" c_bold="" c_off=""
fi

say() { printf '%s\n' "$*"; }

# What went wrong, and on a second line what to do.
say_error() {
  printf '%serror:%s %s\n' "$c_red" "$c_off" "$1" >&2
  if [ $# -gt 1 ]; then printf '       %s\n' "$2" >&2; fi
}

die() {
  say_error "$@"
  exit 1
}

# 65 -> 1m05s
duration() {
  if [ "$1" -lt 60 ]; then printf '%ds' "$1"; else printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); fi
}

# step NAME TITLE HINT COMMAND...: run a command or function with its output in target/log/NAME.log.
# In a terminal one live line, in a pipe a line now and then; on failure the part of the log that matters.
# STEP_LIMIT (seconds), if set, ends it; STEP_TRY makes its failure a remark. Returns the command's status.
step() {
  local name=$1 title=$2 hint=$3 status=0 started=$SECONDS said="" limit=${STEP_LIMIT:-}
  shift 3
  mkdir -p "$log_dir"
  step_log="$log_dir/$name.log"
  : >"$step_log"

  # Its own process group, so that the whole of it can be ended.
  set -m
  # shellcheck disable=SC2094 # the log's own name, not its content
  DOORWARD_STEP_LOG="$step_log" "$BASH" "$root/build.sh" --inside-step "$@" >"$step_log" 2>&1 </dev/null &
  step_pid=$!
  set +m

  local pause=0.1
  while kill -0 "$step_pid" 2>/dev/null; do
    sleep $pause
    if [ $((SECONDS - started)) -ge 2 ]; then pause=0.5; fi
    if [ -n "$limit" ] && [ $((SECONDS - started)) -ge "$limit" ]; then
      printf '\nended after its time limit of %s seconds\n' "$limit" >>"$step_log"
      stop_step
      status=124
      break
    fi
    if [ -n "$live" ]; then
      live_line "$title" $((SECONDS - started))
    elif [ -z "$said" ] && [ $((SECONDS - started)) -ge "$QUIET_SECONDS" ]; then
      said=$SECONDS
      say "  ..      $title"
    elif [ -n "$said" ] && [ $((SECONDS - said)) -ge "$HEARTBEAT_SECONDS" ]; then
      said=$SECONDS
      say "  ..      $title, $(duration $((SECONDS - started))): $(last_words 100)"
    fi
  done
  if [ "$status" -eq 0 ]; then wait "$step_pid" 2>/dev/null || status=$?; fi
  step_pid=""
  step_seconds=$((SECONDS - started))
  drop_progress_bars "$step_log"

  if [ -n "$live" ]; then printf '\r\e[K'; fi
  if [ "$status" -eq 0 ]; then
    say "  ${c_green}ok${c_off}      $title ${c_dim}($(duration "$step_seconds"))${c_off}"
  elif [ -n "${STEP_TRY:-}" ]; then
    say "  --      $title: not to be had here, $hint"
  else
    say "  ${c_red}FAILED${c_off}  $title ${c_dim}($(duration "$step_seconds"))${c_off}"
    log_excerpt "$step_log" | sed 's/^/  | /'
    say_error "$title: failed with status $status" "$hint"
    printf '       the whole log: %s\n' "${step_log#"$root"/}" >&2
  fi
  return "$status"
}

# A command that talks to the user itself: no log, but ended like a step.
run_foreground() {
  local status=0
  set -m
  "$@" </dev/null &
  step_pid=$!
  set +m
  wait "$step_pid" || status=$?
  step_pid=""
  return "$status"
}

live_line() {
  local width
  width=$(tput cols 2>/dev/null || echo 80)
  local head
  head="  ..      $1 ($(duration "$2")) "
  local room=$((width - ${#head} - 1))
  if [ "$room" -lt 0 ]; then room=0; fi
  printf '\r\e[K%s%s%s%s' "$head" "$c_dim" "$(last_words "$room")" "$c_off"
}

# The end of the running step's log: its last line or its progress bar.
last_words() {
  local line
  line=$(tail -c 2000 "$step_log" | tr '\r' '\n' | sed $'s/\e\\[[0-9;]*[A-Za-z]//g; s/^ *//; s/^Building \\[[=> ]*\\]/built/; /^$/d' | tail -n 1)
  printf '%s' "${line:0:$1}"
}

# Cargo's bar is for the live line only; a log keeps the lines.
drop_progress_bars() {
  local bar='^[[:space:]]*(Building|Fetch|Updating|Blocking|Downloading|Checking) \['
  tr '\r' '\n' <"$1" | sed $'s/\e\\[[0-9;]*[A-Za-z]//g' | grep -Ev "$bar" >"$1.tmp" || true
  mv "$1.tmp" "$1"
}

# What matters of a log: of tests, each that failed with its first lines; otherwise the first error and what follows,
# or the end.
log_excerpt() {
  local first
  if [ -n "$(failed_tests "$1")" ]; then
    test_excerpt "$1"
    return 0
  fi
  first=$(grep -nEm 1 '^error|^E: |^failures:|panicked at|^Diff in ' "$1" | cut -d: -f1 || true)
  if [ -n "$first" ]; then tail -n "+$first" "$1" | head -n 60; else tail -n 40 "$1"; fi
}

# The failed tests of a log of cargo test or wasm-bindgen's, one `BINARY: NAME` a line.
failed_tests() {
  awk '
    / Running .*\/deps\// { binary = $0; sub(/.*\/deps\//, "", binary); sub(/-[0-9a-f]*(\.[a-z]*)?\)$/, "", binary) }
    / Doc-tests / { binary = $2 ", documentation" }
    /^---- .* (stdout|output) ----$/ {
      name = $0
      sub(/^---- /, "", name)
      sub(/ (stdout|output) ----$/, "", name)
      line = (binary == "" ? "" : binary ": ") name
      if (!(line in seen)) print line
      seen[line] = 1
    }' "$1"
}

# At most some 80 lines: of each failed test what it said first and its panic, without the trace; then their names; then
# cargo's own words, which also tell of a test binary that died.
test_excerpt() {
  local failures
  failures=$(failed_tests "$1" | grep -c '')
  awk -v tests="$failures" '
    BEGIN { room = int(50 / tests) - 1; if (room > 15) room = 15; if (room < 3) room = 3 }
    /^---- .* (stdout|output) ----$/ {
      shown++
      inside = shown <= 12
      left = int(room / 3) # a panic has the rest
      if (inside) print
      next
    }
    /^failures:$/ || /^test result:/ { inside = 0 }
    /^stack backtrace:$/ { left = 0 }
    inside && /panicked at / { left = room - int(room / 3) }
    inside && left > 0 && NF > 0 { print substr($0, 1, 500); left-- }
  ' "$1"
  say ""
  say "failed tests: $failures"
  failed_tests "$1" | sed 's/^/    /' | head -n 20
  if [ "$failures" -gt 20 ]; then say "    and $((failures - 20)) more"; fi
  grep -E '^error|^  process did' "$1" | grep -v 'targets* failed:$' | cut -c 1-300 | tail -n 8 || true
}

# End the running step's process group: asked first, then ended.
stop_step() {
  local pid=$step_pid tenths=0
  step_pid=""
  if [ -z "$pid" ]; then return 0; fi
  kill -TERM -- "-$pid" 2>/dev/null || true
  while kill -0 -- "-$pid" 2>/dev/null && [ "$tenths" -lt $((GRACE_SECONDS * 10)) ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

# Processes of this run that are still there, one id a line (where there is /proc).
stragglers() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/}
    pid=${pid%/environ}
    if grep -qs "DOORWARD_RUN=$DOORWARD_RUN" "$environ" && ! grep -qs '^State:.*Z' "/proc/$pid/status"; then
      say "$pid"
    fi
  done
}

# After a step that starts servers: what it left behind is ended, and is a failure.
expect_no_stragglers() {
  local left
  left=$(stragglers)
  if [ -z "$left" ]; then return 0; fi
  say_error "processes were left behind and are being ended:"
  local pid
  for pid in $left; do
    printf '       %s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c 1-150)" >&2
    kill -KILL "$pid" 2>/dev/null || true
  done
  return 1
}

interrupted() {
  trap '' INT TERM HUP
  if [ -n "$live" ]; then printf '\r\e[K'; fi
  say_error "interrupted; ending what was started"
  stop_step
  expect_no_stragglers 2>/dev/null || true
  exit "$1"
}

# At the start of a run, not inside a step. Every process inherits the mark, so that what outlives its parent can
# still be found.
begin_run() {
  DOORWARD_RUN="$$-$(date +%s)"
  export DOORWARD_RUN
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  trap 'interrupted 129' HUP
}
