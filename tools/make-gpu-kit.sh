#!/usr/bin/env bash
# Puts everything that the tests and benchmarks on a GPU need into one folder:
# the tools, the runtime, kernel objects, the tests. The folder is copied to a
# machine with a GPU, where gpu-test.sh in it compiles nothing and needs no LLVM.
#
#   tools/make-gpu-kit.sh FOLDER [--keep-going] [--tune]
#
# Needs a built tree (build/, or RCM_BUILD) and ptxas. With --keep-going test
# objects that do not compile are named and left out. With --tune the kit also
# holds candidate schedules and gpu-tune.sh, which measures them.
set -u -o pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${RCM_BUILD:-$root/build}

case ${1:-} in
'' | -*)
  sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  [[ ${1:-} == -h || ${1:-} == --help ]]
  exit
  ;;
esac
kit=$1
shift
tune=0
for argument in "$@"; do
  shift
  if [[ $argument == --tune ]]; then tune=1; else set -- "$@" "$argument"; fi
done
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
if ((tune)); then
  # Those of the benchmark and some between.
  mkdir -p "$kit/tune" || exit 1
  cat >"$kit/tune/shapes" <<'END'
cross_512
proposal_small
proposal_medium
proposal_large
b8h16_2k
b4h16_4k
b2h16_8k
wan1.3b_480p
wan14b_480p
4,16,16,1024,1024,128
2,16,16,512,512,128
1,8,8,128,128,128
1,40,40,32760,512,128
4,12,12,4096,4096,64
2,12,12,8192,8192,64
1,32,32,16384,16384,128
wan14b_720p
END
  mapfile -t shapes < <(sed 's/^/--shape=/' "$kit/tune/shapes")
  "$build/bin/rcm-bench" --tune --recipe=auto "${shapes[@]}" \
    --emit-objects="$kit/tune" || exit 1
  cp "$root/tools/gpu-tune.sh" "$kit/" || exit 1
fi
echo "$kit holds $(find "$kit" -type f | wc -l) files; on the machine with the GPU run $kit/gpu-test.sh"
