# shellcheck shell=sh
# What install-prometheus-3, install-alertmanager, install-collector, install-compose and install-kubernetes share.
# They read it with `.`, set
#
#   script     their own name, for messages
#   folder     what is built, with its version; the system and the machine are added to the name
#   programs   what must be there in the end and answer --version
#   told       what is built and how long that takes, for people who look
#
# and a function `build`, which runs in the folder $work, the root of an empty module of Go, and writes the
# programs into $made; its steps are joined by &&, for `set -e` does not hold in a condition. Then they say:
# provide "$@".

say() { printf '%s: %s\n' "$script" "$*" >&2; }

without_go() {
    say "there is no Go 1.25 or newer to build it with. Install one (https://go.dev/doc/install) and put go"
    say "on the PATH. Without it, the tests that need $programs skip, or fail where CI is set."
    exit 3
}

provide() {
    # The version, the system and the machine are in the name: nothing old or foreign is taken for ours.
    cache=${MLEXPORTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlexporter}/go
    whole=$cache/$folder-$(uname -sm | tr ' ' -)

    # The folder appears by one rename after everything in it was tried: if it is there, it is whole.
    if [ -d "$whole" ]; then
        printf '%s\n' "$whole"
        exit 0
    fi
    [ "${1:-}" != "--where" ] || exit 1

    command -v go >/dev/null 2>&1 || without_go
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    made=$work/made
    mkdir "$made"

    # Without C, no library of this system is needed; a go.work above the cache is none of our business.
    export CGO_ENABLED=0 GOWORK=off
    # An older Go gets itself a newer one for such a module, if it can and may.
    printf 'module programs\n\ngo 1.25.0\n' >"$work/go.mod"
    case $(cd "$work" && go env GOVERSION 2>/dev/null) in
    go1.2[5-9]* | go1.[3-9][0-9]* | go[2-9]*) ;;
    *) without_go ;;
    esac

    say "$told"
    if ! (cd "$work" && build) >"$work/build.log" 2>&1; then
        tail -n 40 "$work/build.log" >&2
        say "the build failed; above is the end of what it said"
        exit 1
    fi

    for program in $programs; do
        if ! "$made/$program" --version >"$work/version.log" 2>&1; then
            cat "$work/version.log" >&2
            say "$program was built and does not start here"
            exit 1
        fi
    done

    # Two runs at once: the loser's folder lands inside the winner's, and goes.
    mv "$made" "$whole"
    rm -rf "$whole/made"
    printf '%s\n' "$whole"
}
