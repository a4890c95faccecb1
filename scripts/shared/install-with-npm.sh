# shellcheck shell=sh
# What install-grafana-schema and install-plugin-packages share. They read it with `.`, set
#
#   script    their own name, for messages
#   without   what goes without it where there is no npm, for people who look
#
# and a function `try_packages`, which runs in the folder that has node_modules and fails if they do not work here.
# Then they say, in a subshell, since it exits:
#
#   provide NAME LOCKED TOLD [--where]
#
# for the packages of LOCKED/package-lock.json. It prints the folder that has them in node_modules; its name has NAME
# and the sum of the lock file. TOLD is what is installed and how large it is.

say() { printf '%s: %s\n' "$script" "$*" >&2; }

provide() {
    name=$1 locked=$2 told=$3
    sum=$(cksum <"$locked/package-lock.json" | tr ' ' -)
    cache=${MLEXPORTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlexporter}/npm
    whole=$cache/$name-$sum-$layout

    # The folder appears by one rename after its packages were tried: if it is there, it is whole.
    if [ -d "$whole" ]; then
        printf '%s\n' "$whole"
        exit 0
    fi
    [ "${4:-}" != "--where" ] || exit 1

    if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
        say "there is no npm to install them with. Install Node 20 or newer (https://nodejs.org) and put node and npm"
        say "on the PATH. Without it, $without skip, or fail where CI is set."
        exit 3
    fi

    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.installing.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    made=$work/made
    mkdir "$made"
    cp "$locked/package.json" "$locked/package-lock.json" "$made"

    say "installing $told"
    if ! (cd "$made" && npm ci --ignore-scripts --no-audit --no-fund) >"$work/npm.log" 2>&1; then
        tail -n 40 "$work/npm.log" >&2
        say "npm ci failed; above is the end of what it said"
        exit 1
    fi
    if ! (cd "$made" && try_packages) >"$work/tried.log" 2>&1; then
        cat "$work/tried.log" >&2
        say "the packages were installed and what is in them does not start here"
        exit 1
    fi

    # Two runs at once: the loser's folder lands inside the winner's, and goes.
    mv "$made" "$whole"
    rm -rf "$whole/made"
    printf '%s\n' "$whole"
}
