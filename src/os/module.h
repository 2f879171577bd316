/* os/module.h - parts of the program that stand in shared objects of their own and are loaded when
 * they are first asked for, because what they link costs more to start than all the rest (docs:
 * decision 0007). Finds a name in one; never decides what is called. */
#pragma once
#include "base/scope.h"

/* The object or function `symbol` of the module ("map" is twinpost_map.so), looked for where the
 * program was linked to look: beside it, or where it was installed. The module stays loaded. Safe
 * from every thread. ERR_INTERNAL with the file's name when it cannot be loaded. */
MUST_USE Status module_symbol(struct scope *s, const char *module, const char *symbol, void **out);
