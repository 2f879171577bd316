#!/bin/sh
# Two real posts after a played case, looked at with nothing but public programs: Go's sumdb packages,
# openssl, age, unzip, sha256sum, python3, pdftotext, pdffonts, qpdf. Prints TAP.
#   post.sh TWINPOST FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/common.sh
. "$here/common.sh"
root=$(cd "$here/../.." && pwd)

ok() { # name, command: passes when the command does
    name=$1
    shift
    "$@" >"$work/said" 2>&1
    status=$?
    [ $status = 0 ] || sed 's/^/# /' "$work/said"
    result $status "$name"
}

refuses() { # name, command: passes when the command does not
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then result 1 "$name"; else result 0 "$name"; fi
}

has() { # command
    command -v "$1" >/dev/null || {
        skip "$2" "$1 is not installed"
        return 1
    }
}

journals() {
    for party in lv by; do
        ok "the journal of $party is exported" "$twinpost" journal export "$posts/$party" "$work/$party-journal"
        if [ "$go" = 1 ]; then
            go_reads "$work/$party-journal" "the exported journal of $party"
        else
            skip "Go reads the journal of $party" "Go with golang.org/x/mod is not installed"
        fi
        openssl_reads "$work/$party-journal" "the exported journal of $party"
    done
}

dossiers() {
    for party in lv by; do
        ok "the dossier of $party unpacks" unzip -q "$posts/$party-$case.zip" -d "$work/$party-dossier"
        bag=$work/$party-dossier/$case
        ok "sha256sum finds the bag of $party whole" \
            env -C "$bag" sha256sum --strict --quiet -c manifest-sha256.txt tagmanifest-sha256.txt
        ok "Python and openssl verify every entry in the dossier of $party" \
            python3 "$here/stranger.py" dossier "$bag"
    done
    ok "both dossiers hold the same common view" cmp "$work/lv-dossier/$case/data/common.txt" \
        "$work/by-dossier/$case/data/common.txt"
    digest=$(sed -n 's/^common //p' "$work/lv-dossier/$case/data/dossier.txt")
    test "$(sha256sum <"$work/lv-dossier/$case/data/common.txt")" = "$digest  -"
    result $? "its digest is the one the dossier names"
    entry=$(find "$work/lv-dossier" -name 'by-20.fact')
    printf '\377' | dd of="$entry" bs=1 seek=40 conv=notrunc 2>/dev/null
    refuses "Python and openssl refuse an entry with a changed byte" \
        python3 "$here/stranger.py" dossier "$work/lv-dossier/$case"
}

evidence() {
    has age "age opens the vault" || return
    { echo "a plain sentence of evidence" && head -c 1500000 /dev/urandom; } >"$work/photo"
    ok "evidence is added" env TWINPOST_PASSWORD=lv.assist "$twinpost" evidence add "$posts/lv" \
        "$work/photo" --case "$case" --as lv.assist item=E1 evidence_kind=photo description=Scene
    sealed=$(find "$posts/lv/vault" -name '*.age' ! -name '*.leaves.age')
    ok "age opens the vault with the recovery key" \
        age -d -i "$posts/lv/recovery.key" -o "$work/opened" "$sealed"
    ok "what was in it is the evidence" cmp "$work/photo" "$work/opened"
    refuses "the plain bytes are nowhere in the post" grep -arqF "plain sentence of evidence" "$posts/lv"
}

parcels() {
    has age "age opens a parcel" || return
    ok "a parcel is written" "$twinpost" parcel write "$posts/lv" "$work/parcel"
    python3 "$here/bech32.py" "$posts/by/keys/identity" >"$work/by.identity"
    ok "age opens the parcel with the receiver's identity" \
        age -d -i "$work/by.identity" -o "$work/plain" "$work/parcel"
    python3 "$here/bech32.py" "$posts/lv/keys/identity" >"$work/lv.identity"
    refuses "age does not open it with the sender's" age -d -i "$work/lv.identity" "$work/parcel"
    "$twinpost" card "$posts/lv" >"$work/lv.card"
    ok "Python and openssl verify the parcel" python3 "$here/stranger.py" parcel "$work/plain" "$work/lv.card"
    printf x | dd of="$work/plain" bs=1 seek=60 conv=notrunc 2>/dev/null
    refuses "Python and openssl refuse it with a changed byte" \
        python3 "$here/stranger.py" parcel "$work/plain" "$work/lv.card"
}

papers() {
    act=$1
    for party in lv by; do
        ok "the post of $party draws the act $act" "$twinpost" act pdf "$posts/$party" "$act" "$work/$party.pdf"
    done
    ok "both posts draw the same bytes" cmp "$work/lv.pdf" "$work/by.pdf"
    ok "qpdf finds no fault" qpdf --check "$work/lv.pdf"
    fonts=$(pdffonts "$work/lv.pdf" | tail -n +3)
    test -n "$fonts" && ! echo "$fonts" | grep -qv ' yes yes yes '
    result $? "every font is embedded, cut to what is used and has Unicode"
    pdftotext "$work/lv.pdf" "$work/text"
    sentence=$(python3 - "$example" <<'PYTHON'
import json, sys
steps = json.load(open(sys.argv[1], encoding="utf-8"))["steps"]
act = next(s for s in steps if s.get("do") == "act.drafted")
words = [act["fields"][f"statement.1.{language}"].split()[0] for language in ("lv", "ru")]
print("\n".join(words))
PYTHON
    )
    missing=0
    for word in $sentence; do grep -qF "$word" "$work/text" || missing=1; done
    result $missing "pdftotext finds the words of both languages"
}

# Every sort of document, read by poppler and qpdf, and the digest in its footer found by hand.
documents() {
    posts=$work/every
    ok "the example with every document is played" \
        "$twinpost" play packs/lv-by/examples/every-paper.json --keep "$posts"
    for index in $(seq 0 90); do
        kind=$("$twinpost" fact show "$posts/lv" "lv:$index" --json 2>/dev/null |
            sed -n 's/.*"kind": *"\([a-z.]*\)".*/\1/p' | head -1)
        case $kind in
        notice.sent | evidence.collected | handover.offered | mandate.granted | hold.placed | letter.sent)
            echo "lv:$index"
            ;;
        esac
    done >"$work/refs"
    echo DOC19:2024 >>"$work/refs"
    echo DOC26:2024 >>"$work/refs"
    test "$(wc -l <"$work/refs")" -ge 10
    result $? "there are documents of each sort"
    while read -r ref; do document "$ref"; done <"$work/refs"
}

document() {
    ok "$1 is drawn" "$twinpost" act pdf "$posts/lv" "$1" "$work/paper.pdf" || return
    ok "qpdf finds no fault in $1" qpdf --check "$work/paper.pdf"
    pdfinfo "$work/paper.pdf" >"$work/info"
    grep -q '^Tagged: *yes' "$work/info" && grep -q '^Title: *[^ ]' "$work/info"
    result $? "$1 is tagged and has a title"
    qpdf --qdf --object-streams=disable "$work/paper.pdf" - 2>/dev/null | grep -a '/Lang' >"$work/langs"
    grep -q '(lv)' "$work/langs" && grep -q '(ru)' "$work/langs"
    result $? "$1 says the language of both columns"
    pdffonts "$work/paper.pdf" | tail -n +3 | grep -qv ' yes yes yes '
    test $? = 1
    result $? "every font of $1 is embedded"
    pdftotext -layout "$work/paper.pdf" "$work/text"
    footer=$(sed -n 's/^ *SHA-256 *\([0-9a-f]\{64\}\).*/\1/p' "$work/text" | head -1)
    sed -n 's/^ *\([a-z]*:[0-9]*\) .* \([0-9a-f]\{64\}\)$/\1 \2/p' "$work/text" >"$work/entries"
    if [ "$(wc -l <"$work/entries")" = 1 ] && [ "${1#DOC}" = "$1" ]; then
        found=$(cut -d' ' -f2 "$work/entries")
    else
        found=$(sha256sum <"$work/entries" | cut -d' ' -f1)
    fi
    test -n "$footer" && test "$found" = "$footer"
    result $? "the digest in the footer of $1 is that of its entries"
}

[ $# = 2 ] || exit 2
twinpost=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
mkdir -p "$2"
base=$(cd "$2" && pwd)
work=$(mktemp -d "$base/post-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 1
example=packs/lv-by/examples/paternieki-2023.json
posts=$work/posts
ok "the case is played" "$twinpost" play "$example" --keep "$posts"
case=$(basename "$posts"/lv-*.zip .zip | sed 's/^lv-//')
go=1
build_verifier || go=0
journals
dossiers
evidence
parcels
papers by:19
documents
finish
