/* tools/analyser.h - what only clang's analyser is told (check.sh includes it before each file):
 * fail() returns the status it is given, which cannot be seen from another file. Without it every
 * TRY looks as if it could go on with an output that was never set. */
#pragma once
#include "base/scope.h"

#define fail(scope, status, ...) ((void)(fail)(scope, status, __VA_ARGS__), (status))
