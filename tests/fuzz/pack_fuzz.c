/* Packs and tables of kinds: the check always ends with findings or none, and what it finds nothing
 * wrong with can be read. Before the first NUL stands kinds.json, after it pack.json; without one
 * the text is both. */
#include "core/casework/check.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 32 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 0;
    const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
    Bytes kinds = {data, cut ? (size_t)(cut - data) : size};
    Bytes rest = cut ? (Bytes){cut + 1, size - kinds.len - 1} : kinds;
    struct pack_text text = {STR("en.json"), rest, false};
    struct pack_finding *list;
    struct pack p;
    size_t count = 0;
    struct pack_files files = {
        .kinds = kinds, .pack = rest, .known = kinds, .texts = &text, .text_count = 1};
    Status checked = pack_check(s, &files, &list, &count);
    assert(checked == OK || checked == ERR_MEMORY);
    for (size_t i = 0; i < count; i++)
        assert(list[i].file.len && list[i].mend.len);
    Status parsed = pack_parse(s, kinds, rest, &p);
    assert(checked != OK || count > 0 || parsed == OK);
    if (parsed == OK) pack_release(&p);
    scope_close(s);
    return 0;
}
