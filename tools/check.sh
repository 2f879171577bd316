#!/bin/sh
# Everything ./dev test does not look at: format, tidy, analysers, scripts, web types, the tests
# under address and undefined-behaviour sanitizers (warnings are errors there), what has threads
# under theirs, replayed and short fuzzing. Ends with `N passed, N failed`. FUZZ_SECONDS sets the time for each target.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
jobs=$(nproc)
log=build/check-log
mkdir -p build

part() { # name, command: its output is shown only when it fails
    name=$1
    shift
    printf '%s ... ' "$name"
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo ok
    else
        failed=$((failed + 1))
        echo FAILED
        tail -n 60 "$log"
    fi
}

counted() { # name, command that ends with its own count of cases
    name=$1
    shift
    printf '%s ... ' "$name"
    "$@" >"$log" 2>&1
    set -- "$(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')"
    # shellcheck disable=SC2086 # two numbers
    set -- $1
    if [ $# != 2 ] || [ "$2" != 0 ]; then
        echo FAILED
        grep -E '^(not ok|failed:|FAILED|FAIL)|SUMMARY|runtime error|WARNING: Thread' "$log" | head -n 20
        tail -n 40 "$log"
    else
        echo "ok ($1 cases)"
    fi
    passed=$((passed + ${1:-0}))
    failed=$((failed + ${2:-1}))
}

files() { # tracked files that match the patterns and still exist
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -- "$@"
    else
        for pattern in "$@"; do
            find . -path ./web/node_modules -prune -o -path './build*' -prune -o \
                -type f -name "${pattern##*/}" -print
        done
    fi | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}

# Passes the lines on; fails when there is one.
no_lines() { ! grep .; }

format() {
    files '*.c' '*.h' | xargs -r clang-format --dry-run -Werror 2>&1 |
        sed -n 's/^\([^:]*\):[0-9:]* error: .*/\1: not as .\/dev format lays it out/p' | sort | uniq -c |
        no_lines
}
tidy() { python3 tools/tidy.py --build build; }
scripts() {
    { files '*.sh' '.githooks/*' '.ci/*'; echo dev; } | sort -u | xargs -r shellcheck
}
# The analysers look at what ships; tests are read by compilers and sanitizers alone.
# One file at a time: the analyser of clang 14 mixes up va_lists when it reads several.
clang_tidy() {
    {
        files 'src/*.c' | grep -v '^src/base/scope.c$' | xargs -r -P "$jobs" -n 1 clang-tidy \
            --quiet -p build --extra-arg=-include --extra-arg=tools/analyser.h \
            --extra-arg=-I"$PWD" --extra-arg=-I"$PWD"/src
        clang-tidy --quiet -p build src/base/scope.c
    } 2>&1 | grep -E '(error|warning):|Error while' | sort -u | no_lines
}
# unknownMacro: the loops of jansson. uninitvar: cppcheck takes an array that a parser fills through a pointer for unset.
cpp_check() {
    cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,portability,performance \
        --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
        --suppress=unmatchedSuppression --suppress=uninitvar --suppress=unknownMacro \
        --error-exitcode=1 -D__GNUC__=12 -Isrc src
}
web_types() { (cd web && npm run --silent check --if-present); }
sanitized() {
    [ -f build-asan/build.ninja ] ||
        CC=clang meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false \
            -Dwerror=true || return 1
    ninja -C build-asan || return 1
    rm -f build-asan/meson-logs/testlog.json
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
        UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        meson test -C build-asan --no-rebuild --print-errorlogs --timeout-multiplier 4 \
        --no-suite slow --no-suite e2e --no-suite tidy
    python3 tools/count_tests.py build-asan/meson-logs/testlog.json
}
# The program that serves, and whoever calls it at once. It forks for drawing while threads run.
threads() {
    [ -f build-tsan/build.ninja ] ||
        CC=clang meson setup build-tsan -Db_sanitize=thread -Db_lundef=false || return 1
    ninja -C build-tsan twinpost twinpost_draw.so twinpost_map.so twinpost_peer.so app_work_test ||
        return 1
    rm -f build-tsan/meson-logs/testlog.json
    TSAN_OPTIONS=halt_on_error=1:die_after_fork=0 \
        meson test -C build-tsan --no-rebuild --print-errorlogs --timeout-multiplier 4 \
        --suite threads
    python3 tools/count_tests.py build-tsan/meson-logs/testlog.json
}

part "format" format
part "tidy" tidy
part "shellcheck" scripts
part "cppcheck" cpp_check
part "clang-tidy" clang_tidy
[ ! -f web/package.json ] || part "web types" web_types
counted "tests under sanitizers" sanitized
counted "threads under their sanitizer" threads
counted "short fuzz" tools/fuzz.sh "${FUZZ_SECONDS:-5}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
