#include "fault.h"
#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault_hook.h"

/* Shared with forked children, whose calls count like the process's own. */
struct armed {
    atomic_int kind;
    atomic_uint seen;
    atomic_uint nth;
    atomic_bool for_good;
    atomic_uint struck;
    atomic_int pid; /* who armed */
    atomic_bool counting;
    atomic_uint counted[FAULT_KINDS];
};

/* The one place of the harness that must be shared by every thread and hook of the process. NULL
 * until the constructor ran: libraries allocate before. */
static struct armed *armed;
static atomic_bool syncs_skipped;

static const char *const names[FAULT_KINDS] = {
    "none",      "memory",       "disk io",      "disk full", "disk torn",
    "disk open", "disk read",    "file io",      "file full", "file read",
    "file part", "kill at disk", "kill at file", "power cut", "torn cut"};

__attribute__((constructor(101))) static void share(void)
{
    void *ptr =
        mmap(NULL, sizeof *armed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ptr != MAP_FAILED) armed = ptr;
}

const char *fault_name(enum fault_kind kind)
{
    return names[kind];
}

enum fault_kind fault_find(const char *name)
{
    enum fault_kind kind = FAULT_NONE;
    while (kind < FAULT_KINDS && strcmp(names[kind], name) != 0)
        kind++;
    return kind;
}

void fault_struck(void) {}

void fault_sync_skip(void)
{
    atomic_store(&syncs_skipped, true);
}

bool fault_syncs_are_skipped(void)
{
    return atomic_load(&syncs_skipped);
}

void fault_arm(enum fault_kind kind, unsigned nth, bool for_good)
{
    assert(armed);
    atomic_store(&armed->kind, FAULT_NONE);
    atomic_store(&armed->counting, false);
    atomic_store(&armed->seen, 0);
    atomic_store(&armed->struck, 0);
    atomic_store(&armed->nth, nth);
    atomic_store(&armed->for_good, for_good);
    atomic_store(&armed->pid, (int)getpid());
    atomic_store(&armed->kind, (int)kind);
}

unsigned fault_disarm(void)
{
    atomic_store(&armed->kind, FAULT_NONE);
    return atomic_load(&armed->struck);
}

unsigned fault_calls(void)
{
    return atomic_load(&armed->seen);
}

void fault_count_start(void)
{
    assert(armed);
    atomic_store(&armed->kind, FAULT_NONE);
    for (size_t i = 0; i < FAULT_KINDS; i++)
        atomic_store(&armed->counted[i], 0);
    atomic_store(&armed->counting, true);
}

unsigned fault_counted(enum fault_kind kind)
{
    return atomic_load(&armed->counted[kind]);
}

enum fault_kind fault_armed(void)
{
    if (armed == NULL) return FAULT_NONE;
    enum fault_kind kind = (enum fault_kind)atomic_load(&armed->kind);
    return kind >= FAULT_KILL && atomic_load(&armed->pid) != (int)getpid() ? FAULT_NONE : kind;
}

bool fault_strikes(enum fault_kind kind)
{
    if (armed == NULL) return false;
    if (atomic_load(&armed->counting)) atomic_fetch_add(&armed->counted[kind], 1);
    if (fault_armed() != kind) return false;
    unsigned number = atomic_fetch_add(&armed->seen, 1) + 1;
    unsigned nth = atomic_load(&armed->nth);
    if (number < nth || (number > nth && !atomic_load(&armed->for_good))) return false;
    atomic_fetch_add(&armed->struck, 1);
    fault_struck();
    if (kind == FAULT_KILL || kind == FAULT_KILL_FILE) kill(getpid(), SIGKILL);
    if (kind == FAULT_CUT || kind == FAULT_CUT_TORN) cut_power(kind == FAULT_CUT_TORN, nth);
    return true;
}
