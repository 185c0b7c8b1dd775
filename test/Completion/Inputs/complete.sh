# complete.sh FILE WORD...: what bash would offer for the last word.
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
name=$(complete -p "$1" | sed 's/.* -F \([^ ]*\) .*/\1/')
"$name"
printf '%s\n' "${COMPREPLY[@]}"
