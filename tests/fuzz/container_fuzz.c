/* Dossiers as ZIP files, and the bag inside: what is read has sound names and the sizes it says,
 * and, when any is left, can be written and read again with the same content. */
#include "fuzz.h"
#include "paper/bag.h"
#include <assert.h>

enum { SCOPE_MAX = 64 << 20, ZIP_MAX = 16 << 20 };

static const struct container_limits limits = {1000, 4 << 20, 8 << 20, 4 << 20, NULL};

static void check_members(struct scope *s, struct container_member *members, size_t count)
{
    struct container_member *again;
    size_t same;
    Bytes zip;
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        assert(members[i].is_hashed && members[i].size <= limits.member_bytes_max);
        assert(members[i].bytes.len == members[i].size);
        Hash hash = hash_of(members[i].bytes);
        assert(hash_eq(&hash, &members[i].sha256));
        total += members[i].size;
    }
    assert(count <= limits.members_max && total <= limits.total_bytes_max);
    if (count == 0 || container_names_check(s, members, count) != OK) return;
    Status status = container_write(s, members, count, ZIP_MAX, &zip);
    assert(status == OK);
    status = container_read(s, zip, &limits, &again, &same);
    assert(status == OK && same == count);
    for (size_t i = 0; i < count; i++)
        assert(str_eq(members[i].name, again[i].name) &&
               bytes_eq(members[i].bytes, again[i].bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    struct container_member *members;
    struct bag_verdict verdict;
    size_t count;
    if (s == NULL) return 1;
    Status status = container_read(s, bytes_of(data, size), &limits, &members, &count);
    assert(status == OK || status == ERR_USAGE || status == ERR_SCHEMA || status == ERR_LIMIT ||
           status == ERR_DUPLICATE);
    if (status == OK) {
        Status examined = bag_examine(s, members, count, &verdict);
        assert(examined == OK && verdict.problem_count <= BAG_PROBLEMS_MAX);
        Status checked = bag_check(s, members, count);
        assert((checked == OK) == (verdict.problem_count == 0));
        check_members(s, members, count);
    }
    scope_close(s);
    return 0;
}
