#!/usr/bin/env bash
# Puts everything that the tests and benchmarks on a GPU need into one folder:
# the tools, the runtime, kernel objects, the tests. The folder is copied to a
# machine with a GPU, where gpu-test.sh in it compiles nothing and needs no LLVM.
#
#   tools/make-gpu-kit.sh FOLDER [--keep-going]
#
# Needs a built tree (build/, or RCM_BUILD) and ptxas. With --keep-going test
# objects that do not compile are named and left out.
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
shift
for tool in rcm-runner rcm-bench; do
  [[ -x $build/bin/$tool ]] || {
    echo "error: expected $build/bin/$tool, got none; build it first" >&2
    exit 1
  }
done

mkdir -p "$kit"/{bin,lib,tests,objects,bench} || exit 1
for tool in rcm-runner rcm-bench; do
  strip -o "$kit/bin/$tool" "$build/bin/$tool" || exit 1
done
cp -L "$build/lib/libRCMRuntime.so.0" "$kit/lib/" || exit 1
cp "$root"/test/GPU/*.test "$kit/tests/" || exit 1
cp "$root/tools/gpu-test.sh" "$kit/" || exit 1
"${RCM_PYTHON:-python3}" "$root/test/GPU/make_objects.py" "$build/bin/rcm-runner" \
  "$kit/objects" "$@" || exit 1
rm -f "$kit"/objects/*.mlir
"$build/bin/rcm-bench" --emit-objects="$kit/bench" --mode=fused --mode=two-pass \
  --mode=attention --mode=skip || exit 1
echo "$kit holds $(find "$kit" -type f | wc -l) files; on the machine with the GPU run $kit/gpu-test.sh"
