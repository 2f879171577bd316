#!/bin/sh
# Strangers' programs read what ours writes, and ours reads what theirs write: Go's sumdb packages
# and openssl over journals of covers in many sizes, and Debian's age over sealed files. Prints TAP.
#   run.sh MAKE_JOURNAL AGE_FILE FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/common.sh
. "$here/common.sh"

journals() { # make_journal
    for size in 1 2 255 256 257 1000 65537; do
        "$1" "$work/journal-$size" "$size" && go_reads "$work/journal-$size" "a journal of $size"
    done
    openssl_reads "$work/journal-257" "a journal of 257"

    cp -r "$work/journal-257" "$work/moved"
    sed 's/^257$/256/' "$work/journal-257/checkpoint" >"$work/moved/checkpoint"
    go_refuses "$work/moved" "Go refuses a head with another size"
    cp "$work/journal-257/checkpoint" "$work/moved/checkpoint"
    cp "$work/journal-257/tile/entries/000" "$work/tile"
    printf x | dd of="$work/tile" bs=1 seek=100 conv=notrunc 2>/dev/null
    cp "$work/tile" "$work/moved/tile/entries/000"
    go_refuses "$work/moved" "Go refuses a leaf that was changed"
}

age_files() { # age_file
    command -v age >/dev/null || {
        skip "Debian's age" "age is not installed"
        return
    }
    "$1" identity >"$work/identity"
    recipient=$("$1" recipient)
    test "$(age-keygen -y "$work/identity")" = "$recipient"
    result $? "age derives the same recipient"
    for size in 0 1 65535 65536 65537 5000000; do
        head -c "$size" "$work/journal-65537/tile/0/000" >"$work/plain"
        while [ "$(wc -c <"$work/plain")" -lt "$size" ]; do
            cat "$work/plain" "$work/plain" | head -c "$size" >"$work/longer"
            mv "$work/longer" "$work/plain"
        done
        "$1" seal <"$work/plain" | age -d -i "$work/identity" >"$work/opened"
        cmp -s "$work/plain" "$work/opened"
        result $? "age opens $size bytes that we sealed"
        age -r "$recipient" <"$work/plain" | "$1" open >"$work/opened"
        cmp -s "$work/plain" "$work/opened"
        result $? "we open $size bytes that age sealed"
    done
    "$1" seal <"$work/plain" | head -c 100000 | "$1" open >/dev/null 2>&1
    test $? = 3
    result $? "we refuse a file of which the end is missing"
}

[ $# = 3 ] || exit 2
mkdir -p "$3"
base=$(cd "$3" && pwd)
work=$(mktemp -d "$base/interop-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
if ! build_verifier; then
    echo "1..0 # SKIP Go with golang.org/x/mod is not installed"
    exit 0
fi
journals "$1"
age_files "$2"
finish
