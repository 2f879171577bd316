/* base/scope.h - the lifetime of one unit of work: all its memory, a ceiling, and why it failed.
 * Opened and closed by the shell (request, command, test); what is made in it dies with it. */
#pragma once
#include "base/status.h"
#include "base/str.h"

struct scope;

enum { SCOPE_REASON_MAX = 400 };

/* NULL when there is no memory. `bytes_max` is the most the scope will ever hold. */
struct scope *scope_open(size_t bytes_max);

/* Frees everything made in the scope; accepts NULL. */
void scope_close(struct scope *s);

/* Forgets all memory but keeps the scope, for a loop that works piece by piece. */
void scope_reset(struct scope *s);

/* Zeroed memory that lives as long as the scope; NULL past the ceiling or without memory
 * (the reason is set: `return ERR_MEMORY`). Aligned for every type. */
void *scope_alloc(struct scope *s, size_t bytes);

/* Room for `count` things of `size` bytes; NULL as scope_alloc, also when the product overflows. */
void *scope_array(struct scope *s, size_t count, size_t size);

/* Copies; {NULL, 0} without memory unless the source is empty too. Str copies are NUL-ended. */
Str scope_str(struct scope *s, Str text);
Bytes scope_bytes(struct scope *s, Bytes bytes);

/* Was there a time since the scope was opened or reset when it had no memory to give? What was
 * made since may lack a part whose maker could not say so: it is not for keeping or showing. */
bool scope_has_lacked(const struct scope *s);

/* Memory handed out so far, for tests and limits. */
size_t scope_used(const struct scope *s);

/* Sentence for people that the first failure left; "" when none. */
const char *scope_reason(const struct scope *s);

#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define MUST_USE                        __attribute__((warn_unused_result))

/* Writes why (the newest failure wins, and may quote the one before) and returns `status`. */
Status fail(struct scope *s, Status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* A failure while what it left behind is undone. */
struct failure {
    Status status;
    char reason[SCOPE_REASON_MAX];
};

/* Held without memory of the scope, since undoing may fail as well; told again afterwards. */
struct failure failure_hold(const struct scope *s, Status status);
MUST_USE Status failure_tell(struct scope *s, const struct failure *f);

/* printf into the scope; {NULL, 0} without memory. */
Str scope_print(struct scope *s, const char *format, ...) PRINTF_LIKE(2, 3);

/* "a.b" (with '.' as separator), where printf would be most of the work. */
Str scope_join(struct scope *s, Str a, char separator, Str b);

#define TRY(call)                                                                                  \
    do {                                                                                           \
        Status try_status = (call);                                                                \
        if (try_status != OK) return try_status;                                                   \
    } while (0)

/* A zeroed object of `type` in the scope, or NULL. */
#define NEW(s, type) ((type *)scope_alloc((s), sizeof(type)))

void scope_auto_close(struct scope **s);
#define AUTO_SCOPE __attribute__((cleanup(scope_auto_close)))
