/* What a post keeps outside its folder: the record of heads and the list of what was erased. Either
 * is read whole or refused as the disk's fault, and a record that is taken holds a signed head. */
#include "app/second_place.h"
#include "core/ledger/checkpoint.h"
#include "folder.h"
#include "fuzz.h"
#include "os/file.h"
#include <assert.h>
#include <stdlib.h>

enum { SCOPE_MAX = 64 << 20, INPUT_MAX = 1 << 20 };

static struct {
    struct scope *s;
    const char *folder;
} world;

static void end(void)
{
    folder_close(world.folder);
    scope_close(world.s);
}

static void start(void)
{
    world.s = scope_open(SCOPE_MAX);
    assert(world.s != NULL);
    world.folder = folder_open(world.s);
    atexit(end);
}

static void check_record(struct scope *s, const char *path)
{
    struct second_place second;
    struct checkpoint head;
    Status status = second_place_read(s, path, &second);
    assert(status == OK || status == ERR_DISK || status == ERR_LIMIT);
    if (status != OK) return;
    assert(second.present && second.count <= NEIGHBOURS_MAX);
    for (size_t i = 0; i < second.count; i++)
        assert(party_is_well_formed(second.list[i].party));
    status = checkpoint_parse(s, second.note, &head);
    assert(status == OK && head.size == second.size && hash_eq(&head.root, &second.root));
}

/* Each line that was read is one of the file. */
static void check_erased(struct scope *s, const char *path, Bytes input)
{
    Str *list;
    size_t count, len = sizeof "twinpost/erased/1";
    Status status = second_place_erased(s, path, &list, &count);
    assert(status == OK || status == ERR_DISK || status == ERR_LIMIT);
    if (status != OK) return;
    for (size_t i = 0; i < count; i++)
        len += list[i].len + 1;
    assert(len == input.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (world.s == NULL) start();
    if (size > INPUT_MAX) return 0;
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Bytes input = bytes_of(data, size);
    const char *path = file_join(s, world.folder, "lv.head").ptr;
    const char *erased = file_join(s, world.folder, "lv.head.erased").ptr;
    Status status = file_write(s, path, input);
    if (status == OK) status = file_write(s, erased, input);
    assert(status == OK);
    check_record(s, path);
    check_erased(s, path, input);
    scope_close(s);
    return 0;
}
