/* os/embedded.h - a file that tools/embed.py compiled into the program (schema, packs, web page).
 * The generated header declares `const struct embedded NAME[]` and NAME_count. */
#pragma once
#include "base/str.h"

struct embedded {
    Str name; /* path below the folder that was embedded, with "/" */
    Bytes bytes;
};
