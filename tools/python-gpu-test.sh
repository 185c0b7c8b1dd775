#!/usr/bin/env bash
# Runs the Python package's tests on a GPU, from prebuilt kernel objects.
#
#   python-test.sh [--only=NAME,...] [--no-bench]
#
# In a folder that tools/make-python-kit.sh made. NAME is that of a test file,
# test_NAME.py. RCM_PYTHON is the interpreter with PyTorch (default python3);
# CuPy and JAX are tested where it has them. Logs stay in RCM_LOGS, if set. The
# last line is
#   N passed, N failed[, N skipped]
# and the exit code is 0 only if nothing failed.
set -u -o pipefail
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${RCM_PYTHON:-python3}
only='' bench=1
for argument in "$@"; do
  case $argument in
  --only=*) only=,${argument#*=}, ;;
  --no-bench) bench=0 ;;
  -h | --help)
    sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "error: expected --only=NAME,... or --no-bench, got '$argument'" >&2
    exit 1
    ;;
  esac
done

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/objects" "$work/results" "$work/cache"
tar -C "$work/objects" -xzf "$kit/objects.tar.gz" || exit 1
export PYTHONPATH=$kit RCM_OBJECT_PATH=$work/objects RCM_CACHE_DIR=$work/cache
export PYTHONPYCACHEPREFIX=$work/pycache XLA_PYTHON_CLIENT_PREALLOCATE=false
export TORCHINDUCTOR_COMPILE_THREADS=1 TORCHINDUCTOR_CACHE_DIR=$work/inductor
unset RCM_LIBRARY_DIR

date -u '+%F %T UTC'
echo "rcm $(cat "$kit/VERSION" 2>/dev/null)"
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null
"$python" - <<'END'
import importlib.metadata
import platform
found = [f"Python {platform.python_version()}"]
for name in ("torch", "numpy", "cupy-cuda13x", "cupy-cuda12x", "jax"):
    try:
        found.append(f"{name} {importlib.metadata.version(name)}")
    except importlib.metadata.PackageNotFoundError:
        pass
print(", ".join(found))
END

# A process for each file, so that a crash of one leaves the others.
for file in "$kit"/tests/test_*.py; do
  name=$(basename "$file" .py)
  name=${name#test_}
  [[ -z $only || $only == *,$name,* ]] || continue
  echo "== $name"
  start=$SECONDS
  timeout 150 "$python" "$kit/run_python_tests.py" "$kit/tests" "$work/results/$name.xml" \
    "--only=$name" >"$work/$name.log" 2>&1
  status=$?
  grep -v '^ok$' "$work/$name.log" | cut -c 1-500 | tail -n 80
  echo "($((SECONDS - start)) s)"
  [[ -f $work/results/$name.xml ]] || {
    echo "$name ended with $status" >&2
    echo "$name" >>"$work/results/crashed"
  }
  [[ -z ${RCM_LOGS:-} ]] || { mkdir -p "$RCM_LOGS" && cp "$work/$name.log" "$RCM_LOGS/"; }
done
if ((bench)) && [[ -z $only ]]; then
  echo "== cost of a call"
  timeout 100 "$python" "$kit/calls.py"
fi
echo
"$python" "$kit/summarize_tests.py" "$work/results"
