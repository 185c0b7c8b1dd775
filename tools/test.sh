#!/usr/bin/env bash
# Sets everything up and runs every test. The last line is
#   N passed, N failed[, N skipped]
# and the exit code is 0 only if nothing failed.
#
#   tools/test.sh [--preset=release|debug|asan] [--force] [--list]
#
# A complete pass is remembered; with nothing changed since, its result is
# shown again, unless --force is given.
set -u -o pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=release
force=0
for argument in "$@"; do
  case $argument in
  --preset=release | --preset=debug | --preset=asan) preset=${argument#*=} ;;
  --force) force=1 ;;
  -h | --help)
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *) fail "expected --preset=release|debug|asan, --force or --help, got '$argument'" ;;
  esac
done

install_packages
configure_and_build "$preset" all

results=$RCM_BUILD/test-results
stamp=$RCM_BUILD/test-results/passed
fingerprint() {
  (
    cd "$RCM_ROOT" || exit
    git ls-files -co --exclude-standard -z 2>/dev/null | sort -z |
      xargs -0 sha256sum 2>/dev/null
    dpkg-query -W "${RCM_PACKAGES[@]}"
    "$RCM_PYTHON" --version
    echo "${RCM_TEST_GPU:-}"
    uname -rm
  ) | sha256sum | cut -d ' ' -f 1
}
now=$(fingerprint)
if ((!force)) && [[ -f $stamp && $(head -n 1 "$stamp") == "$now" ]]; then
  echo "Nothing changed since the tests passed on $(sed -n 2p "$stamp") (--force runs them again)"
  sed -n 3p "$stamp"
  exit 0
fi
rm -rf "$results"
mkdir -p "$results"

# Sanitized programs take several times as long, and options.
patience=1
preload=()
if [[ $preset == asan ]]; then
  patience=8
  preload=("$RCM_BUILD/test/sanitizer/preload")
  rules=$RCM_ROOT/test/sanitizer
  while IFS= read -r line; do
    [[ -z $line || $line == '#'* ]] || export "${line//%S/$rules}"
  done <"$rules/options"
fi

# run_unit PROGRAM: leaves NAME.xml, or NAME in the list of crashed programs.
run_unit() {
  local program=$1 name
  name=$(basename "$program")
  if step "$name" "$results/$name.log" timeout $((900 * patience)) "$program" --gtest_brief=1 \
    "--gtest_output=xml:$results/$name.xml"; then
    # A program without gtest is one test.
    [[ -f $results/$name.xml ]] || echo "<testsuite><testcase classname=\"unit\" \
name=\"$name\"/></testsuite>" >"$results/$name.xml"
  else
    [[ -f $results/$name.xml ]] || echo "$name" >>"$results/crashed"
    return 1
  fi
}

echo "Running unit tests"
unit_failed=0
running=0
for program in "$RCM_BUILD"/test/unit/*; do
  [[ -f $program && -x $program ]] || continue
  # As many at a time as there are cores.
  if ((running == $(nproc))); then
    wait -n || unit_failed=1
    running=$((running - 1))
  fi
  run_unit "$program" &
  running=$((running + 1))
done
while ((running-- > 0)); do
  wait -n || unit_failed=1
done

echo "Running lit tests"
lit=$(sed -n 's/^RCM_LIT:FILEPATH=//p' "$RCM_BUILD/CMakeCache.txt")
# No test may hang: the suite has a quarter of an hour.
step "lit" "$results/lit.log" timeout $((900 * patience)) "$lit" -v --no-progress-bar \
  "--xunit-xml-output=$results/lit.xml" "$RCM_BUILD/test" || unit_failed=1
[[ -f $results/lit.xml ]] || echo lit >>"$results/crashed"

# run_python_tests TEXT SELECTION PYTHON
run_python_tests() {
  local text=$1 selection=$2 python=$3
  local name=python-${selection#--}
  name=${name%%=*}
  step "$text" "$results/$name.log" timeout $((600 * patience)) env \
    "PYTHONPATH=$RCM_ROOT/python" "RCM_LIBRARY_DIR=$RCM_BUILD/lib" \
    "PYTHONPYCACHEPREFIX=$RCM_BUILD/pycache" \
    "${preload[@]}" "$python" "$RCM_ROOT/tools/run_python_tests.py" \
    "$RCM_ROOT/python/tests" "$results/$name.xml" "$selection" || unit_failed=1
  [[ -f $results/$name.xml ]] || echo "$name" >>"$results/crashed"
}
# The Python tests. Those of PyTorch and JAX run in an environment of their own,
# if there is one, and are counted as skipped otherwise.
echo "Running Python tests"
with_torch=torch,jax,docs
if find_torch; then
  run_python_tests "Python tests" "--except=$with_torch" "$RCM_PYTHON"
  run_python_tests "Python tests with PyTorch" "--only=$with_torch" \
    "$RCM_TORCH_PYTHON"
else
  run_python_tests "Python tests" "--except=" "$RCM_PYTHON"
fi

summary=$("$RCM_PYTHON" "$RCM_ROOT/tools/summarize_tests.py" "$results")
status=$?
((unit_failed)) && status=1
if ((status == 0)); then
  printf '%s\n%s\n%s\n' "$now" "$(date -u '+%F %T UTC')" "$summary" >"$stamp"
fi
echo "$summary"
exit $status
