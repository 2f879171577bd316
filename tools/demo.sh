#!/bin/sh
# The demonstration: the cases of the lv-by pack are played into two fresh posts each, every dossier
# is verified, and two servers that exchange over the network let you walk through one of them.
# ./dev demo calls this.
#
#   demo.sh [EXAMPLE]       plays all, then serves EXAMPLE (paternieki-2023) until Ctrl-C
#   demo.sh --once DIR      plays all, leaves dossiers and summary.txt in DIR, serves nothing
#
# LV_HTTP, LV_PEER, BY_HTTP, BY_PEER change the addresses. Every officer's password is the
# officer's id; that is right for a demonstration and for nothing else.
set -u
cd "$(dirname "$0")/.." || exit 1
twinpost=build/twinpost
examples=packs/lv-by/examples
shown=paternieki-2023
once=
lv_http=${LV_HTTP:-127.0.0.1:8401}
lv_peer=${LV_PEER:-127.0.0.1:8402}
by_http=${BY_HTTP:-127.0.0.1:8411}
by_peer=${BY_PEER:-127.0.0.1:8412}

usage() {
    sed -n '6,7s/^#   //p' "$0" >&2
    exit 2
}

case ${1:-} in
--once)
    [ $# = 2 ] || usage
    once=$2
    ;;
-*) usage ;;
'') ;;
*) shown=$1 ;;
esac
[ -n "$once" ] || [ -f "$examples/$shown.json" ] || {
    echo "demo: there is no example $shown; there are:" >&2
    for file in "$examples"/*.json; do echo "  $(basename "$file" .json)" >&2; done
    exit 2
}
[ -x "$twinpost" ] || {
    echo "demo: build/twinpost does not exist; run ./dev build" >&2
    exit 1
}

if [ -n "$once" ]; then
    mkdir -p "$once" || exit 1
    data=$(mktemp -d) || exit 1
else
    data=demo-data
    rm -rf "$data"
    mkdir -m 700 "$data" || exit 1
fi
servers=
finish() {
    for pid in $servers; do kill "$pid" 2>/dev/null; done
    for pid in $servers; do wait "$pid" 2>/dev/null; done
    [ -z "$once" ] || rm -rf "$data"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The digest that the post computes for what both sides see of the case: the last line's last word.
common_digest() { "$twinpost" common "$1" "$2" | tail -n 1 | sed 's/.* //'; }

compare() { # folder of two posts: what both compute and what the dossiers prove, a line each
    for dossier in "$1"/lv-*.zip; do
        [ -f "$dossier" ] || continue
        number=$(basename "$dossier" .zip | sed 's/^lv-//')
        ours=$(common_digest "$1/lv" "$number")
        theirs=$(common_digest "$1/by" "$number")
        if [ -n "$ours" ] && [ "$ours" = "$theirs" ]; then
            echo "  case $number: both posts hold the same view, $ours"
        else
            echo "  case $number: not everything is delivered (lv ${ours:-none}, by ${theirs:-none})"
        fi
        for party in lv by; do
            "$twinpost" card "$1/$party" >"$1/$party.card"
            if "$twinpost" verify "$1/$party-$number.zip" --card "$1/$party.card" >"$1/verdict" 2>&1; then
                echo "  dossier of $party: everything holds ($(grep -c '^ok' "$1/verdict") checks)"
            else
                echo "  dossier of $party: DOES NOT HOLD"
                grep -v '^ok' "$1/verdict"
            fi
        done
    done
}

sign_ins() { # scenario, party: one line an officer
    python3 - "$1" "$2" <<'PYTHON'
import json
import sys
with open(sys.argv[1], encoding="utf-8") as scenario:
    for officer, what in json.load(scenario)["officers"].items():
        if officer.startswith(sys.argv[2] + "."):
            print(f"    {officer:<14} password {officer:<14} {what.get('role', '')}")
PYTHON
}

play_all() {
    bad=0
    for file in "$examples"/*.json; do
        name=$(basename "$file" .json)
        if "$twinpost" play "$file" --keep "$data/$name" >"$data/$name.txt" 2>&1; then
            echo "$name: $(tail -n 1 "$data/$name.txt")"
            compare "$data/$name"
        else
            bad=$((bad + 1))
            echo "$name: NOT as expected"
            grep -v '^ok' "$data/$name.txt" | tail -n 20
        fi
        [ -z "$once" ] || for dossier in "$data/$name"/*.zip; do
            [ ! -f "$dossier" ] || cp "$dossier" "$once/$name-$(basename "$dossier")"
        done
    done
    return $bad
}

serve() { # party, http, peer
    "$twinpost" serve "$data/$shown/$1" --http "$2" --peer "$3" >"$data/$1.log" 2>&1 &
    servers="$servers $!"
    sleep 1
    kill -0 $! 2>/dev/null || {
        echo "demo: the post of $1 did not start:" >&2
        cat "$data/$1.log" >&2
        exit 1
    }
    printf '\n  post of %s   http://%s\n' "$1" "$2"
    sign_ins "$examples/$shown.json" "$1"
}

meet() { # the two posts learn where to reach each other, as with a card handed over anew
    for party in lv by; do
        case $party in lv) address=$lv_peer ;; *) address=$by_peer ;; esac
        "$twinpost" card "$data/$shown/$party" --address "$address" >"$data/$party.card" || return 1
    done
    "$twinpost" pair "$data/$shown/lv" "$data/by.card" >"$data/words" &&
        "$twinpost" pair "$data/$shown/by" "$data/lv.card" >/dev/null
}

if [ -n "$once" ]; then
    play_all >"$once/summary.txt"
    failed=$?
    cat "$once/summary.txt"
    printf '\n%s dossiers and summary.txt are in %s\n' "$(find "$once" -name '*.zip' | wc -l)" "$once"
    exit "$failed"
fi

play_all || exit 1
printf '\n%s, step by step:\n' "$shown"
sed 's/^/  /' "$data/$shown.txt"
meet || exit 1
serve lv "$lv_http" "$lv_peer"
serve by "$by_http" "$by_peer"
printf '\nThe two posts, live:\n'
tools/demo_live.py "$lv_http" "$by_http" || exit 1
printf '\nOpen both addresses in two browser windows and sign in. Ctrl-C stops the two posts.\n'
wait
