#!/bin/sh
# Brings .venv to one of the hash-pinned locks: `requirements/install.sh runtime` or `… dev`.
#
# Does nothing when that lock is already in. A changed lock is installed over the old one. A
# .venv that does not run, has no pip, was moved here from another folder, or was left by an
# interrupted installation is built anew. PYTHON names the interpreter to build it with.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
lock=requirements/$1.txt
installed=.venv/.installed-$1
unfinished=.venv/.unfinished

say() {
    echo "set-up: $*" >&2
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "no Python 3.11 or later with venv is on PATH; nothing was installed."
    say "On Debian: apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3 …"
    return 1
}

venv_is_sound() {
    [ ! -e "$unfinished" ] &&
        [ "$(cat .venv/.home 2>/dev/null || echo "$here")" = "$here" ] &&
        .venv/bin/python -I -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# When pip itself gives up, as without a network, what was there before still stands.
install_lock() {
    status=0
    .venv/bin/python -I -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --requirement "$lock" || status=$?
    if [ "$status" -ne 0 ]; then
        [ "$status" -ge 128 ] || rm "$unfinished"
        say "$lock is not installed; run the same command again to retry"
        exit "$status"
    fi
}

# One line on the import path instead of a build, so that `python -I` finds the source too.
put_source_on_path() {
    site=$(.venv/bin/python -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$here/src" >"$site/holdshort-source.pth"
    printf '#!/bin/sh\nexec "%s/.venv/bin/python" -I -m holdshort "$@"\n' "$here" >.venv/bin/holdshort
    chmod +x .venv/bin/holdshort
}

if ! venv_is_sound; then
    python=$(find_python)
    say "building .venv and installing $lock, about a minute the first time"
    rm -rf .venv
    mkdir .venv
    : >"$unfinished"
    "$python" -m venv .venv
elif cmp -s "$lock" "$installed"; then
    exit 0
else
    say "bringing .venv to $lock"
fi

: >"$unfinished"
install_lock
put_source_on_path
echo "$here" >.venv/.home
cp "$lock" "$installed"
rm "$unfinished"
