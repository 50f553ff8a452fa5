# Sourced by run.sh and package.sh: the commands of README.md, run inside as they stand there.
# shellcheck shell=bash

# shellcheck disable=SC2154 # the script that sources it has `root`
readme_file=$root/README.md
# The first block of commands that has these words.
readme() { # WORDS
    awk -v words="$1" '/^```/ { if (block && index(text, words)) { printf "%s", text; exit } block = !block; text = ""; next }
        block { text = text $0 "\n" }' "$readme_file"
}
# usage: follow WORDS [SED]     What it said is in `followed`. `sudo` may not be there.
follow() {
    local commands
    # What fails before && would end nothing.
    commands=$(readme "$1" | sed -e 's/^name=.*/name=localhost/' -e 's/ && /; /g' -e "${2:-}")
    [ -n "$commands" ] || { echo "     the README has no commands with $1"; return 1; }
    commands="set -e -o pipefail; sudo() { if [ \"\$1\" = -u ]; then runuser -u \"\$2\" -- \"\${@:3}\"; else \"\$@\"; fi; }
cd /root; $commands"
    followed=$(inside env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 bash -c "$commands" 2>&1 </dev/null) ||
        { tail -n 20 <<<"$followed"; return 1; }
}
