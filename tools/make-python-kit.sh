#!/usr/bin/env bash
# Puts the Python package, the runtime, kernel objects and the tests of
# python/tests/gpu into one folder of about 2 MB. It is copied to a machine with
# a GPU and PyTorch, where python-test.sh in it compiles no kernel of ours and
# needs no LLVM.
#
#   tools/make-python-kit.sh FOLDER
#
# Needs a built tree (build/, or RCM_BUILD) and ptxas, no GPU and no PyTorch.
set -u -o pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${RCM_BUILD:-$root/build}

case ${1:-} in
'' | -*)
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  [[ ${1:-} == -h || ${1:-} == --help ]]
  exit
  ;;
esac
kit=$1
for library in libRCMRuntime.so libRCMCompiler.so; do
  [[ -e $build/lib/$library ]] || {
    echo "error: expected $build/lib/$library, got none; build it first" >&2
    exit 1
  }
done

rm -rf "$kit"/{rcm,tests} || exit 1
mkdir -p "$kit"/{rcm,tests} || exit 1
cp "$root"/python/rcm/*.py "$kit/rcm/" || exit 1
strip -o "$kit/rcm/libRCMRuntime.so" "$build/lib/libRCMRuntime.so" || exit 1
cp "$root"/python/tests/gpu/*.py "$kit/tests/" || exit 1
cp "$root"/python/benchmark/calls.py "$root"/tools/{run_python_tests,summarize_tests}.py \
  "$kit/" || exit 1
cp "$root/tools/python-gpu-test.sh" "$kit/python-test.sh" || exit 1

objects=$(mktemp -d) || exit 1
trap 'rm -rf "$objects"' EXIT
PYTHONPATH=$root/python RCM_LIBRARY_DIR=$build/lib \
  "${RCM_PYTHON:-python3}" "$root/python/tests/gpu/shape_classes.py" "$objects" || exit 1
tar -C "$objects" -czf "$kit/objects.tar.gz" . || exit 1
git -C "$root" log -1 --format='%h %ad' --date=short >"$kit/VERSION" 2>/dev/null
echo "$kit: $(du -sk "$kit" | cut -f 1) KiB; on the machine with the GPU run $kit/python-test.sh"
