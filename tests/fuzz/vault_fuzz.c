/* Files of the vault as a failing disk or a stranger may leave them. The first byte says which one
 * the rest replaces: the item, its leaf hashes, or a piece that arrives. Only what was sealed comes
 * out; all else is refused as altered, and lost leaf hashes are made again. */
#include "folder.h"
#include "fuzz.h"
#include "os/file.h"
#include "vault/vault.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

enum { SCOPE_MAX = 64 << 20, INPUT_MAX = 1 << 20 };

static const char plain[] = "What the camera at the marker saw.\n";

static struct {
    struct scope *s;
    const char *folder;
    struct random random;
    struct age_identity id;
    struct vault *v;
    struct vault_item item;
    const char *whole, *leaves, *arriving, *piece;
    Bytes sealed;
} world;

static void end(void)
{
    folder_close(world.folder);
    scope_close(world.s);
}

static const char *path_of(const char *below, const char *end)
{
    return scope_print(world.s, "%s%s/%.*s%s", world.folder, below, STR_ARG(world.item.handle), end)
        .ptr;
}

static void start(void)
{
    const uint8_t secret[AGE_KEY_BYTES] = {42};
    int sodium = sodium_init();
    world.s = scope_open(SCOPE_MAX);
    assert(sodium >= 0 && world.s != NULL);
    world.folder = folder_open(world.s);
    atexit(end);
    age_identity_from_secret(secret, &world.id);
    Status status =
        vault_open(world.s, world.folder, &world.id.recipient, 1, &world.random, &world.v);
    assert(status == OK);
    status = vault_put_bytes(world.s, world.v, bytes_of(plain, sizeof plain - 1), &world.item);
    assert(status == OK);
    world.whole = path_of("", ".age");
    world.leaves = path_of("", ".leaves.age");
    world.arriving = path_of("/incoming", "");
    world.piece = path_of("/incoming", "/00000000.age");
    status = file_read(world.s, world.whole, INPUT_MAX, &world.sealed);
    assert(status == OK);
}

static void put(struct scope *s, const char *path, Bytes bytes)
{
    Status status = file_write(s, path, bytes);
    assert(status == OK);
}

/* The checks compare with the item, so OK means that the very bytes came out. */
static void check_whole(struct scope *s, Bytes input)
{
    put(s, world.whole, input);
    Status status = vault_check(s, world.v, &world.item, &world.id);
    assert(status == OK || status == ERR_PROOF);
    put(s, world.whole, world.sealed);
}

static void check_leaves(struct scope *s, Bytes input)
{
    put(s, world.leaves, input);
    Status status = vault_check(s, world.v, &world.item, &world.id);
    assert(status == OK);
}

static bool is_sealed(struct scope *s, Bytes input)
{
    Bytes bytes;
    return age_open(s, &world.id, 1, input, VAULT_PIECE_BYTES, &bytes) == OK &&
           bytes.len == sizeof plain - 1;
}

static void check_piece(struct scope *s, Bytes input)
{
    bool stays;
    Status status = file_remove(s, world.whole);
    if (status == OK) status = file_make_folder(s, world.arriving);
    assert(status == OK);
    put(s, world.piece, input);
    status = vault_finish(s, world.v, &world.item, &world.id);
    assert(status == OK || status == ERR_PROOF);
    Status looked = file_look(s, world.piece, &stays);
    assert(looked == OK);
    /* A damaged one is gone, to be fetched again; one that is well sealed and as long as it should
     * be is known to be wrong only with all others. */
    if (stays) assert(status == ERR_PROOF && is_sealed(s, input));
    status = vault_remove(s, world.v, world.item.handle);
    assert(status == OK);
    put(s, world.whole, world.sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (world.s == NULL) start();
    if (size == 0 || size > INPUT_MAX) return 0;
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Bytes input = bytes_of(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        check_whole(s, input);
        break;
    case 1:
        check_leaves(s, input);
        break;
    default:
        check_piece(s, input);
    }
    scope_close(s);
    return 0;
}
