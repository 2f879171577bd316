#!/bin/sh
# Strangers' programs read what ours writes, and ours reads what theirs write: Go's sumdb packages
# and openssl over a journal, Debian's age over sealed files. Prints TAP.
#   run.sh MAKE_JOURNAL AGE_FILE FOLDER      journals of covers in many sizes, and age
#   run.sh --export DIR FOLDER               one journal that was exported to DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
number=0
failed=0

result() { # status, name
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else
        failed=$((failed + 1))
        echo "not ok $number - $2"
    fi
}

skip() { # name, why
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

build_verifier() {
    GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/go-cache" GOFLAGS="" \
        go build -o "$work/verify_journal" "$here/verify_journal.go" >&2
}

go_reads() { # folder, name
    words=$("$work/verify_journal" "$1" 2>&1)
    status=$?
    echo "# $words"
    result $status "Go's sumdb packages verify $2"
}

go_refuses() { # folder, name
    if "$work/verify_journal" "$1" >/dev/null 2>&1; then result 1 "$2"; else result 0 "$2"; fi
}

# Bytes of a base64 text from an offset on.
cut_base64() { printf %s "$1" | base64 -d | tail -c "+$(($2 + 1))"; }

# The first key of vkeys as a DER file; 12 bytes say that it is Ed25519.
der_key() { # line of vkeys
    key=$(printf %s "$1" | sed 's/^[^+]*+[^+]*+//')
    printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    cut_base64 "$key" 1
}

openssl_reads() { # folder, name
    log=$(sed -n 1p "$1/vkeys")
    peer=$(sed -n 2p "$1/vkeys")
    sed -n 1,3p "$1/checkpoint" >"$work/text"
    der_key "$log" >"$work/log.der"
    line=$(grep -F -- "— ${log%%+*} " "$1/checkpoint")
    cut_base64 "${line##* }" 4 >"$work/signature"
    openssl pkeyutl -verify -rawin -pubin -inkey "$work/log.der" -keyform DER \
        -in "$work/text" -sigfile "$work/signature" >&2
    result $? "openssl verifies the head of $2"

    der_key "$peer" >"$work/peer.der"
    line=$(grep -F -- "— ${peer%%+*} " "$1/checkpoint")
    cut_base64 "${line##* }" 12 >"$work/signature"
    time=$((0x$(cut_base64 "${line##* }" 4 | head -c 8 | od -An -tx1 | tr -d ' \n')))
    { printf 'cosignature/v1\ntime %d\n' "$time" && cat "$work/text"; } >"$work/cosigned"
    openssl pkeyutl -verify -rawin -pubin -inkey "$work/peer.der" -keyform DER \
        -in "$work/cosigned" -sigfile "$work/signature" >&2
    result $? "openssl verifies the countersignature of $2"
}

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
if ! command -v go >/dev/null || ! build_verifier; then
    echo "1..0 # SKIP Go with golang.org/x/mod is not installed"
    exit 0
fi
if [ "$1" = --export ]; then
    go_reads "$2" "the exported journal"
    openssl_reads "$2" "the exported journal"
else
    journals "$1"
    age_files "$2"
fi
echo "1..$number"
[ "$failed" = 0 ]
