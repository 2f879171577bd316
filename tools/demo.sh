#!/bin/sh
# The demonstration: every example of the lv-by pack is played into two fresh posts, what both can
# compute is compared, and two servers let you walk through one of them. ./dev demo calls this.
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
    sed -n '5,6s/^#   //p' "$0" >&2
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

compare() { # folder of two posts: one line a case
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

if [ -n "$once" ]; then
    play_all >"$once/summary.txt"
    failed=$?
    cat "$once/summary.txt"
    exit "$failed"
fi

play_all || exit 1
printf '\n%s, step by step:\n' "$shown"
sed 's/^/  /' "$data/$shown.txt"
serve lv "$lv_http" "$lv_peer"
serve by "$by_http" "$by_peer"
printf '\nOpen both in two browser windows. Ctrl-C stops the two posts.\n'
wait
