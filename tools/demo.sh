#!/usr/bin/env bash
# Sets everything up, builds, and shows the main job: an attention block with
# an rCM skip, written in plain linalg, is fused, run, and compared.
#
#   tools/demo.sh
set -u -o pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
'') ;;
-h | --help)
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
  ;;
*) fail "expected no arguments, got '$1'" ;;
esac

install_packages
configure_and_build release rcm-opt rcm-runner RCMCompiler
bin=$RCM_BUILD/bin
# Messages name files as a reader finds them.
cd "$RCM_ROOT" || exit 1
example=docs/examples/rcm_attention.mlir
scratch=$RCM_BUILD/demo
mkdir -p "$scratch"
# Weights as a trained network has them: N(0, 1/C) keeps activations near 1.
weights() {
  local name
  for name in wq wk wv; do echo "--arg=$name=normal:scale=$1"; done
  for name in bq bk bv; do echo "--arg=$name=normal:scale=0.1"; done
}

headline() { printf '\n== %s\n\n' "$*"; }

headline "What was fused, and where (docs/examples/rcm_attention.mlir)"
"$bin/rcm-opt" "$example" --rcm-fuse-attention-skip -o "$scratch/fused.mlir" 2>&1 >/dev/null |
  grep -E 'remark' || fail "nothing was fused"
echo "rcm.attention_skip ops now: $(grep -c 'rcm.attention_skip ' "$scratch/fused.mlir")"

headline "c_skip and c_out (schedule edm, sigma_data = 1)"
"$RCM_PYTHON" "$RCM_ROOT/tools/demo_steps.py" coefficients "$bin/rcm-runner" "$scratch" || exit 1

headline "As written, fused, and in f64: batch 4, 128 tokens, 256 channels, t = 0.0, 0.3, 0.7, 1.0"
# shellcheck disable=SC2046
"$bin/rcm-runner" "$example" --function=block_4x128x256 --compare \
  --arg=t=0.0,0.3,0.7,1.0 $(weights 0.0625) || exit 1

headline "The same with batch 8, 512 tokens, 512 channels"
# shellcheck disable=SC2046
"$bin/rcm-runner" "$example" --function=block_8x512x512 --compare --repeat=1 --warmup=0 \
  --arg=t=0.0,0.3,0.7,1.0,0.0,0.3,0.7,1.0 $(weights 0.044) || exit 1

headline "Four denoising steps, t = 1.0, 0.7, 0.4, 0.1, fused and unfused"
# shellcheck disable=SC2046
"$RCM_PYTHON" "$RCM_ROOT/tools/demo_steps.py" loop "$bin/rcm-runner" "$scratch" \
  "$example" $(weights 0.0625) || exit 1

headline "Where to go next"
cat <<TEXT
docs/Tutorial.md             from an empty file to a fused run
docs/Architecture.md         the stages and what lies where
build/bin/rcm-runner --help  your own module: rcm-runner FILE.mlir --compare
build/bin/rcm-bench --help   how fast it is
tools/test.sh                every test
TEXT
