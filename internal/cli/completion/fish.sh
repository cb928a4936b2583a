# fish completion for octoeverywhere_exporter
function __octoeverywhere_exporter_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l found (command $words[1] complete -- $words[2..-1] "$word" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else if string match -q -- '--*=*' "$word"
        set -l flag (string replace -r '=.*' '=' -- "$word")
        printf "$flag%s\n" (__fish_complete_path (string replace -r '^[^=]*=' '' -- "$word"))
    else
        __fish_complete_path "$word"
    end
end
complete -c octoeverywhere_exporter -f -a '(__octoeverywhere_exporter_complete)'
