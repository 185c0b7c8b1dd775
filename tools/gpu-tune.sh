#!/usr/bin/env bash
# Measures the candidate schedules of a kit on this machine's GPU and leaves a
# tuning table in OUTPUT/table.json, a table per shape and log.txt beside it.
#
#   gpu-tune.sh OUTPUT [SHAPE...]
#
# The kit comes from `tools/make-gpu-kit.sh KIT --tune`. Without shapes: those in
# KIT/tune/shapes. RCM_TUNE_SECONDS limits the whole (default: 600); what is
# measured by then is in the table. A candidate that hangs or faults is named in
# the log and left out, and its shape is tried again.
set -u
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in
'' | -*)
  sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  [[ ${1:-} == -h || ${1:-} == --help ]]
  exit
  ;;
esac
output=$1
shift
readonly limit=${RCM_TUNE_SECONDS:-600} shape_limit=60 shape_least=8 attempts=4
mkdir -p "$output" || exit 1
output=$(cd "$output" && pwd)
log=$output/log.txt
: >"$log"
[[ -e $kit/tune/shapes ]] || {
  echo "error: expected candidates in $kit/tune, got none; make the kit with --tune" >&2
  exit 1
}
# Candidates that do not end are left out of a copy.
objects=$(mktemp -d) || exit 1
trap 'rm -rf "$objects"' EXIT
cp "$kit"/tune/*.rcmobj "$objects/" || exit 1
if (($# == 0)); then mapfile -t shapes <"$kit/tune/shapes"; else shapes=("$@"); fi

# measure SHAPE SECONDS: one contest; its table takes the place of the last.
measure() {
  local name=$output/${1//,/-} merge=() code
  [[ -s $output/table.json ]] && merge=(--merge="$output/table.json")
  timeout -k 2 "$2" "$kit/bin/rcm-bench" --target=gpu --tune --recipe=auto \
    --objects="$objects" --shape="$1" --seconds=3 --repeat=40 "${merge[@]}" \
    --table="$output/table.json" >"$name.txt" 2>"$name.err"
  code=$?
  cat "$name.err" "$name.txt" >>"$log"
  return $code
}

failed=0
for shape in "${shapes[@]}"; do
  measured=0
  for ((attempt = 1; attempt <= attempts; ++attempt)); do
    left=$((limit - SECONDS))
    if ((left < shape_least)); then
      echo "$shape: no time left" | tee -a "$log"
      break
    fi
    measure "$shape" $((left < shape_limit ? left : shape_limit))
    code=$?
    echo "$shape: exit code $code, $SECONDS s" | tee -a "$log"
    if ((code == 0)); then
      measured=1
      break
    fi
    errors=$output/${shape//,/-}.err
    tail -1 "$errors"
    last=$(sed -n 's/^  first launch of //p' "$errors" | tail -1)
    # A launch that never came back, or an error that names a candidate.
    if [[ -n $last && -e $objects/$last.rcmobj ]] &&
      { ((code >= 124)) || grep -qF ": $last: " "$errors"; }; then
      echo "leaving out $last" | tee -a "$log"
      rm "$objects/$last.rcmobj"
    else
      break
    fi
  done
  ((measured)) || failed=1
done
exit $failed
