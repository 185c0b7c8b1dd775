# Sourced by demo.sh and test.sh: packages, configuration, build, progress.
#
# Defines: RCM_ROOT, RCM_PYTHON, and the functions fail, step, install_packages
# and configure_and_build.

RCM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Debian's own interpreter: another python3 earlier on PATH may lack NumPy.
RCM_PYTHON=/usr/bin/python3

# What the build and the tests need, as Debian 12 names it.
RCM_PACKAGES=(cmake ninja-build g++ llvm-22-dev libmlir-22-dev mlir-22-tools
  llvm-22-tools libomp-22-dev libgtest-dev python3 python3-numpy python3-venv)

fail() {
  echo "error: $*" >&2
  exit 1
}

# step TEXT LOG COMMAND...: runs the command with its output in LOG; says TEXT,
# and every 20 seconds how far it is; shows the end of LOG if it fails.
step() {
  local text=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  local start=$SECONDS said=0 status=0
  "$@" >"$log" 2>&1 </dev/null &
  local job=$!
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - start >= 20 * (said + 1))); then
      said=$((said + 1))
      echo "  $text: $((SECONDS - start)) s, $(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1 | cut -c 1-100)" >&2
    fi
  done
  wait "$job" || status=$?
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    echo "error: $text failed; the whole log is in $log" >&2
  fi
  return $status
}

missing_packages() {
  local package
  for package in "${RCM_PACKAGES[@]}"; do
    [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == 'install ok installed' ]] ||
      echo "$package"
  done
}

# No `| grep -q`: it closes the pipe early, and with pipefail the writer's
# SIGPIPE would read as "not offered".
has_candidate() {
  [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[0-9]* ]]
}

# Installs what is missing: as root, through sudo, or by telling the user how.
install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "expected a Debian 12 machine with dpkg, got none; install by hand what ${BASH_SOURCE[0]} lists"
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) && return 0
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      as_root=(sudo)
    else
      fail "packages are missing; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    fi
  fi
  local log=$RCM_ROOT/build/setup/apt.log
  echo "Installing ${missing[*]}"
  step "reading package lists" "$log" "${as_root[@]}" apt-get update || exit 1
  local package
  for package in "${missing[@]}"; do
    has_candidate "$package" || fail "no package source offers $package; Debian 12 has LLVM 22 in 'deb http://deb.debian.org/debian-security bookworm-security main'"
  done
  step "installing packages" "$log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}" || exit 1
}

# configure_and_build PRESET TARGET...: quick when nothing changed.
configure_and_build() {
  local preset=$1
  shift
  RCM_BUILD=$RCM_ROOT/build
  [[ $preset == release ]] || RCM_BUILD=$RCM_ROOT/build-$preset
  local logs=$RCM_BUILD/setup
  if [[ ! -f $RCM_BUILD/build.ninja ]]; then
    echo "Configuring (preset $preset)"
    (cd "$RCM_ROOT" && step "configuring" "$logs/configure.log" cmake --preset "$preset") || exit 1
    grep -E 'left out' "$logs/configure.log" | sed 's/^-- */  /' || true
  fi
  echo "Building"
  step "building" "$logs/build.log" cmake --build "$RCM_BUILD" --target "$@" || exit 1
}

# find_torch: an interpreter with PyTorch in RCM_TORCH_PYTHON. The one that the
# variable names already, or that of an environment below build/, which all
# presets share, made once with PyTorch's CPU build and JAX from the package index
# that pip is set up for or from PyTorch's own. Fails, and says so, where neither
# can be reached in time.
find_torch() {
  local folder=$RCM_ROOT/build/torch-environment log=$RCM_BUILD/setup/torch.log
  RCM_TORCH_PYTHON=${RCM_TORCH_PYTHON:-$folder/bin/python3}
  # Asked of the interpreter itself: a failed installation is tried again.
  "$RCM_TORCH_PYTHON" -c 'import torch, numpy' 2>/dev/null && return 0
  [[ $RCM_TORCH_PYTHON == "$folder/bin/python3" ]] ||
    fail "expected RCM_TORCH_PYTHON to have torch and numpy, got $RCM_TORCH_PYTHON"
  rm -rf "$folder"
  if step "making an environment for PyTorch" "$log" "$RCM_PYTHON" -m venv "$folder" &&
    install_torch "$RCM_TORCH_PYTHON" >>"$log" 2>&1 </dev/null; then
    return 0
  fi
  rm -rf "$folder"
  echo "  left out: tests with PyTorch and JAX, no package index offers PyTorch $RCM_TORCH_VERSION ($log)"
  return 1
}

RCM_TORCH_VERSION=2.13.0
# Seconds for PyTorch (200 MB), and for JAX, which may be missing.
RCM_TORCH_SECONDS=${RCM_TORCH_SECONDS:-60}
RCM_JAX_SECONDS=${RCM_JAX_SECONDS:-20}

install_torch() {
  local pip=("$1" -m pip install --quiet --no-compile --disable-pip-version-check
    --retries 0 --timeout 10)
  local cpu=https://download.pytorch.org/whl/cpu until=$((SECONDS + RCM_TORCH_SECONDS))
  # Only a local or a CPU index has the version with "+cpu"; the plain one on
  # PyPI brings gigabytes of CUDA along.
  timeout "$RCM_TORCH_SECONDS" "${pip[@]}" "torch==$RCM_TORCH_VERSION+cpu" numpy ||
    timeout $((until > SECONDS ? until - SECONDS : 1)) "${pip[@]}" --index-url "$cpu" \
      "torch==$RCM_TORCH_VERSION+cpu" numpy || return 1
  timeout "$RCM_JAX_SECONDS" "${pip[@]}" jax || true
}
