# Writes the bash completion of a tool from what its --help lists.
#
#   cmake -DTOOL=/path/to/rcm-opt -DOUTPUT=file -P WriteCompletion.cmake
get_filename_component(name ${TOOL} NAME)
execute_process(COMMAND ${TOOL} --help OUTPUT_VARIABLE help
  RESULT_VARIABLE failed ERROR_VARIABLE errors)
if(failed)
  message(FATAL_ERROR "expected ${name} --help to succeed, got: ${errors}")
endif()
# An option stands at the start of a line; one with a value ends in '='.
string(REGEX MATCHALL "\n +--?[a-zA-Z0-9][-a-zA-Z0-9_.]*(=|\\[=)?" matches "\n${help}")
set(options --help)
foreach(match IN LISTS matches)
  string(REGEX REPLACE "[\n \\[]" "" option "${match}")
  list(APPEND options ${option})
endforeach()
list(REMOVE_DUPLICATES options)
list(SORT options)
list(JOIN options "\n" options)
string(MAKE_C_IDENTIFIER ${name} function)

file(WRITE ${OUTPUT}.new "# bash completion for ${name}, written from its --help by the build.
_${function}_options='
${options}
'

_${function}() {
  local word=\${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  # Readline takes '=' for a word of its own: what follows is a value.
  if [[ $word == -* ]]; then
    while IFS= read -r line; do
      COMPREPLY+=(\"$line\")
    done < <(compgen -W \"$_${function}_options\" -- \"$word\")
    [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  else
    [[ $word == = ]] && word=
    while IFS= read -r line; do
      COMPREPLY+=(\"$line\")
    done < <(compgen -f -- \"$word\")
    compopt -o filenames 2>/dev/null
  fi
  return 0
}
complete -F _${function} ${name}
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
