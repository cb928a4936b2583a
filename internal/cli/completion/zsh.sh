#compdef octoeverywhere_exporter
# zsh completion for octoeverywhere_exporter
_octoeverywhere_exporter() {
  local line word
  local -a whole whole_says open open_says
  for line in "${(@f)$("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    word=${line%%$'\t'*}
    if [[ $word == *= ]]; then
      open+=("$word") open_says+=("$word  -- ${line#*$'\t'}")
    else
      whole+=("$word") whole_says+=("$word  -- ${line#*$'\t'}")
    fi
  done
  if (( ${#whole} + ${#open} == 0 )); then
    compset -P '--*='
    _files
    return
  fi
  (( ${#open} )) && compadd -l -S '' -d open_says -- "${open[@]}"
  (( ${#whole} )) && compadd -l -d whole_says -- "${whole[@]}"
}
if [[ ${funcstack[1]} == _octoeverywhere_exporter ]]; then
  _octoeverywhere_exporter "$@"
else
  compdef _octoeverywhere_exporter octoeverywhere_exporter
fi
