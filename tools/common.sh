# Sourced by demo.sh and test.sh: packages, configuration, build, progress.
#
# Defines: RCM_ROOT, RCM_PYTHON, and the functions fail, step, install_packages
# and configure_and_build.

RCM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Debian's own interpreter: another python3 earlier on PATH may lack NumPy.
RCM_PYTHON=/usr/bin/python3

# What the build and the tests need, as Debian 12 names it.
RCM_PACKAGES=(cmake ninja-build g++ llvm-22-dev libmlir-22-dev mlir-22-tools
  llvm-22-tools libomp-22-dev libgtest-dev python3 python3-numpy)

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
