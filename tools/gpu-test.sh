#!/usr/bin/env bash
# Runs the tests on a GPU from prebuilt kernel objects and prints the comparison
# table. Compiles nothing; needs no LLVM, no lit, no Python.
#
#   gpu-test.sh [--only=NAME,...] [--no-sanitizer] [--no-bench]
#
# In a folder that tools/make-gpu-kit.sh made, or in a source tree with
# RCM_TEST_OBJECTS naming such a folder. The last line is
#   N passed, N failed[, N skipped]
# and the exit code is 0 only if nothing failed.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kit=${RCM_TEST_OBJECTS:-$here}
[[ -d $kit/objects ]] && objects=$kit/objects || objects=$kit
tests=$here/tests
[[ -d $tests ]] || tests=$here/../test/GPU
bin=$here/bin
[[ -d $bin ]] || bin=$here/../build/bin
export PATH=$bin:$PATH

only='' sanitizer=1 bench=1
for argument in "$@"; do
  case $argument in
  --only=*) only=,${argument#*=}, ;;
  --no-sanitizer) sanitizer=0 ;;
  --no-bench) bench=0 ;;
  -h | --help)
    sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "error: expected --only=NAME,..., --no-sanitizer or --no-bench, got '$argument'" >&2
    exit 1
    ;;
  esac
done
compgen -G "$objects/*.rcmobj" >/dev/null || {
  echo "error: expected kernel objects in $objects, got none" >&2
  exit 1
}

passed=0 failed=0 skipped=0
# check NAME COMMAND: runs a shell command; shows its output if it fails.
check() {
  local name=$1 start=$SECONDS output
  if output=$(bash -c "$2" 2>&1); then
    passed=$((passed + 1))
    echo "PASS $name ($((SECONDS - start)) s): $(tail -n 1 <<<"$output" | cut -c 1-100)"
  else
    failed=$((failed + 1))
    echo "FAIL $name ($((SECONDS - start)) s): $2"
    tail -n 25 <<<"$output" | cut -c 1-400
  fi
}

# The RUN lines of a test, one check each.
run_test() {
  local file=$1 name line number=0
  name=$(basename "$file" .test)
  [[ -z $only || $only == *,$name,* ]] || return 0
  while IFS= read -r line; do
    number=$((number + 1))
    check "$name.$number" "${line//%objects/$objects}"
  done < <(sed -n 's/^RUN: //p' "$file")
}

for file in "$tests"/*.test; do
  run_test "$file"
done

# Each object once, at a random size, under each tool of compute-sanitizer.
if ((sanitizer)); then
  checker=$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)
  count=$(find "$objects" -maxdepth 1 -name '*.rcmobj' | wc -l)
  for tool in memcheck racecheck synccheck initcheck; do
    [[ -z $only || $only == *,$tool,* ]] || continue
    if [[ ! -x $checker ]]; then
      skipped=$((skipped + 1))
      echo "SKIP $tool: no compute-sanitizer"
      continue
    fi
    check "$tool" "timeout 900 '$checker' --tool $tool --error-exitcode 9 rcm-runner \
      $objects/*.rcmobj --sweep=random --cases=$count"
  done
fi

if ((bench)) && [[ -z $only || $only == *,bench,* ]]; then
  echo
  rcm-runner "$objects/dense128.rcmobj" --compare --repeat=5 --shape=q=1x12x32760x128 \
    --shape=k=1x12x32760x128 --shape=v=1x12x32760x128 --shape=x=1x12x32760x128 \
    --shape=a=1 --shape=b=1 --args=video && passed=$((passed + 1)) || failed=$((failed + 1))
  if [[ -d $kit/bench ]]; then
    echo
    rcm-bench --target=gpu --objects="$kit/bench" --mode=fused --mode=two-pass \
      --json="${TMPDIR:-/tmp}/rcm-gpu-bench.json" 2>/dev/null &&
      passed=$((passed + 1)) || failed=$((failed + 1))
  fi
fi

echo
echo "$passed passed, $failed failed$( ((skipped)) && echo ", $skipped skipped")"
((failed == 0))
