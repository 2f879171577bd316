/* The malloc family of the whole process. A definition in the program goes before libc's, also
 * for calls from shared libraries; the memory is glibc's own, so free needs no hook. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fault_hook.h"

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *ptr, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

static void *none(void)
{
    errno = ENOMEM;
    return NULL;
}

/* libtasn1, below GnuTLS, reads through the NULL it got when a certificate being signed is copied
 * without memory, and ends the process. What it asks for is given; all that asks it is not. */
static bool is_struck(const void *caller)
{
    Dl_info object;
    if (!fault_strikes(FAULT_MEMORY)) return false;
    return !dladdr(caller, &object) || !object.dli_fname || !strstr(object.dli_fname, "libtasn1");
}

void *malloc(size_t bytes)
{
    return is_struck(__builtin_return_address(0)) ? none() : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    return is_struck(__builtin_return_address(0)) ? none() : __libc_calloc(count, bytes);
}

void *realloc(void *ptr, size_t bytes)
{
    return is_struck(__builtin_return_address(0)) ? none() : __libc_realloc(ptr, bytes);
}

void *reallocarray(void *ptr, size_t count, size_t bytes)
{
    size_t all = 0;
    if (__builtin_mul_overflow(count, bytes, &all)) return none();
    return realloc(ptr, all);
}

void *memalign(size_t alignment, size_t bytes)
{
    return fault_strikes(FAULT_MEMORY) ? none() : __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return memalign(alignment, bytes);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    if (fault_strikes(FAULT_MEMORY)) return ENOMEM;
    void *ptr = __libc_memalign(alignment, bytes);
    if (!ptr) return ENOMEM;
    *out = ptr;
    return 0;
}
