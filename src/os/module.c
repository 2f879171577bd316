#include "os/module.h"
#include <dlfcn.h>
#include <stdio.h>

enum { FILE_MAX = 64 };

Status module_symbol(struct scope *s, const char *module, const char *symbol, void **out)
{
    char file[FILE_MAX];
    snprintf(file, sizeof file, "twinpost_%s.so", module);
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    *out = handle ? dlsym(handle, symbol) : NULL;
    if (*out == NULL)
        return fail(s, ERR_INTERNAL,
                    "a part of the program cannot be loaded (%.200s): install it again", dlerror());
    dlclose(handle); /* counts only: the module stays */
    return OK;
}
