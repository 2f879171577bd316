# Sourced by run.sh and post.sh: counting in TAP, and what Go and openssl say of a journal.
# Needs `here`, this folder, and `work`, a folder that is removed at the end.
# shellcheck shell=sh disable=SC2154
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
    command -v go >/dev/null || return 1
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

finish() {
    echo "1..$number"
    [ "$failed" = 0 ]
}
