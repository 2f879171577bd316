#!/bin/sh
# Fuzzes each tests/fuzz/<name>_fuzz.c with libFuzzer, every layer instrumented, for so many
# seconds each. New inputs stay in build-fuzz/corpus; a finding is kept in build-fuzz/found and
# belongs into tests/fuzz/corpus/<name>/ under a name that says what it shows.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
sanitize=address,undefined
passed=0
failed=0

# With only the target instrumented the fuzzer would see a handful of edges.
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang meson setup build-fuzz -Db_sanitize=$sanitize -Db_lundef=false \
        -Dc_args=-fsanitize=fuzzer-no-link -Dbuildtype=debugoptimized >&2 || exit 1
fi
libraries=$(ninja -C build-fuzz -t targets all | sed -n 's/^\(lib[a-z_]*\.a\):.*/\1/p')
# shellcheck disable=SC2086 # words
ninja -C build-fuzz $libraries >&2 || exit 1
archives=
for library in $libraries; do archives="$archives build-fuzz/$library"; done
packages=
for package in libsodium nettle hogweed jansson sqlite3 gnutls libmicrohttpd libcurl pangocairo \
    cairo-pdf libqrencode libarchive librsvg-2.0 libqpdf geos proj cmocka; do
    ! pkg-config --exists "$package" || packages="$packages $package"
done

build_target() { # name
    # shellcheck disable=SC2046,SC2086 # words
    clang -g -O1 -std=c17 -D_GNU_SOURCE -fsanitize=fuzzer,$sanitize \
        -Isrc -Itests/fuzz -Itests/unit -Itests/unit/app \
        $(pkg-config --cflags $packages) "tests/fuzz/$1_fuzz.c" -o "build-fuzz/$1_fuzz" \
        -Wl,--start-group $archives -Wl,--end-group $(pkg-config --libs $packages) -lm -lpthread
}

run_target() { # name
    mkdir -p "build-fuzz/corpus/$1" build-fuzz/found
    seeds=
    [ ! -d "tests/fuzz/corpus/$1" ] || seeds="tests/fuzz/corpus/$1"
    dictionary=
    [ ! -f "tests/fuzz/$1.dict" ] || dictionary="-dict=tests/fuzz/$1.dict"
    # shellcheck disable=SC2086 # words
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build-fuzz/$1_fuzz" $dictionary \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="build-fuzz/found/$1-" "build-fuzz/corpus/$1" $seeds
}

try_target() { # name: builds and runs it; one line says what came of it
    log=build-fuzz/$1.log
    if build_target "$1" >"$log" 2>&1 && run_target "$1" >"$log" 2>&1; then
        echo "ok $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
    else
        echo "not ok $1"
        tail -n 30 "$log"
    fi >"build-fuzz/$1.verdict"
}

# As many at a time as there are processors.
jobs=$(nproc)
running=0
names=
for source in tests/fuzz/*_fuzz.c; do
    [ -f "$source" ] || continue
    name=$(basename "$source" _fuzz.c)
    names="$names $name"
    try_target "$name" &
    running=$((running + 1))
    if [ $((running % jobs)) = 0 ]; then wait; fi
done
wait
for name in $names; do
    cat "build-fuzz/$name.verdict"
    if grep -q '^ok ' "build-fuzz/$name.verdict"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
[ $((passed + failed)) != 0 ] || {
    echo "nothing was fuzzed"
    failed=1
}
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
