/* ZIP and bag of a dossier: the same bytes each time, strictly read, every tampering named. */
#include "base/writer.h"
#include "command.h"
#include "folder.h"
#include "os/file.h"
#include "paper/bag.h"
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

static const struct container_limits limits = {1000, 8 << 20, 16 << 20, 1 << 20, NULL};

struct fixture {
    struct scope *s;
    const char *folder;
};

static int set_up(void **state)
{
    struct scope *s = scope_open(256 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){s, folder_open(s)};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    folder_close(f->folder);
    scope_close(f->s);
    return 0;
}

static struct container_member member(const char *name, const char *text)
{
    Bytes bytes = str_bytes(str_of(text));
    return (struct container_member){
        .name = str_of(name), .size = bytes.len, .bytes = bytes, .fd = -1};
}

static Bytes dossier(struct scope *s)
{
    struct container_member given[] = {member("data/facts/2.json", "{}"),
                                       member("READ-ME.txt", "how to check"),
                                       member("data/facts/10.json", "{\"a\": 1}")};
    struct bag_info info[] = {{"External-Identifier", STR("LV-2026-K7QF")}};
    struct bag bag = {STR("lv-LV-2026-K7QF"), {2026, 5, 14}, info, 1};
    struct container_member *all = NULL;
    size_t count = 0;
    Bytes zip = {NULL, 0};
    OKAY(bag_build(s, &bag, given, COUNT_OF(given), &all, &count));
    OKAY(container_write(s, all, count, 1 << 20, &zip));
    return zip;
}

static void a_dossier_comes_back_whole_and_the_same_each_time(void **state)
{
    struct fixture *f = *state;
    Bytes zip = dossier(f->s), again = dossier(f->s);
    assert_true(bytes_eq(zip, again));
    struct container_member *found = NULL;
    size_t count = 0;
    OKAY(container_read(f->s, zip, &limits, &found, &count));
    assert_int_equal(count, 7);
    assert_true(str_is(found[0].name, "lv-LV-2026-K7QF/bagit.txt"));
    struct bag_verdict v;
    OKAY(bag_examine(f->s, found, count, &v));
    assert_int_equal(v.problem_count, 0);
    assert_true(str_is(v.base, "lv-LV-2026-K7QF"));
    assert_true(str_is(v.members[3].name, "data/facts/10.json"));
    assert_true(str_is(bytes_str(v.members[3].bytes), "{\"a\": 1}"));
    OKAY(bag_check(f->s, found, count));
}

static void other_programs_unpack_and_check_it(void **state)
{
    struct fixture *f = *state;
    Str path = file_join(f->s, f->folder, "dossier.zip"), out = {NULL, 0};
    OKAY(file_write(f->s, path.ptr, dossier(f->s)));
    if (!command_is_there("unzip") || !command_is_there("sha256sum")) return;
    const char *const unzip[] = {"unzip", "-q", path.ptr, "-d", f->folder, NULL};
    assert_int_equal(command_run(f->s, unzip, &out), 0);
    const char *script = "cd \"$0/lv-LV-2026-K7QF\" && sha256sum -c manifest-sha256.txt && "
                         "sha256sum -c tagmanifest-sha256.txt";
    const char *const sums[] = {"sh", "-c", script, f->folder, NULL};
    assert_int_equal(command_run(f->s, sums, &out), 0);
    assert_non_null(memmem(out.ptr, out.len, "READ-ME.txt: OK", 15));
}

static void a_large_member_streams_from_file_and_pipe(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 3 * 1000 * 1000 };
    uint8_t *video = scope_alloc(f->s, SIZE);
    assert_non_null(video);
    for (size_t i = 0; i < SIZE; i++)
        video[i] = (uint8_t)(i * 31 >> 3);
    Str path = file_join(f->s, f->folder, "video"), zip = file_join(f->s, f->folder, "out.zip");
    OKAY(file_write(f->s, path.ptr, bytes_of(video, SIZE)));
    int source AUTO_FILE = -1, target AUTO_FILE = -1, back AUTO_FILE = -1;
    OKAY(file_open_read(f->s, path.ptr, &source));
    OKAY(file_open_new(f->s, zip.ptr, &target));
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    OKAY(file_write_all(f->s, pipe_ends[1], str_bytes(STR("from a pipe"))));
    close(pipe_ends[1]);
    struct container_member given[] = {
        {.name = STR("data/video"), .size = SIZE, .from_fd = true, .fd = source},
        {.name = STR("data/piped"),
         .size = 11,
         .from_fd = true,
         .fd = pipe_ends[0],
         .is_hashed = true,
         .sha256 = hash_of(str_bytes(STR("from a pipe")))}};
    size_t before = scope_used(f->s);
    OKAY(container_hash(f->s, given, 2));
    OKAY(container_write_fd(f->s, given, 2, target));
    assert_true(scope_used(f->s) - before < 1 << 20);
    close(pipe_ends[0]);
    OKAY(file_open_read(f->s, zip.ptr, &back));
    struct container_member *found = NULL;
    size_t count = 0;
    OKAY(container_read_fd(f->s, back, &limits, &found, &count));
    assert_int_equal(count, 2);
    Hash want = hash_of(bytes_of(video, SIZE));
    assert_true(hash_eq(&found[0].sha256, &want));
    assert_null(found[0].bytes.ptr); /* too large to keep */
    assert_true(str_is(bytes_str(found[1].bytes), "from a pipe"));
    Str copy = file_join(f->s, f->folder, "copy");
    int to AUTO_FILE = -1;
    OKAY(file_open_new(f->s, copy.ptr, &to));
    OKAY(container_extract(f->s, back, STR("data/video"), SIZE, to));
    Bytes same;
    OKAY(file_read(f->s, copy.ptr, SIZE, &same));
    assert_true(bytes_eq(same, bytes_of(video, SIZE)));
    assert_int_equal(container_extract(f->s, back, STR("data/other"), SIZE, to), ERR_NOT_FOUND);
    assert_int_equal(container_extract(f->s, back, STR("data/video"), 1000, to), ERR_LIMIT);
}

static void a_source_that_is_not_what_was_said_is_refused(void **state)
{
    struct fixture *f = *state;
    Str path = file_join(f->s, f->folder, "short");
    OKAY(file_write(f->s, path.ptr, str_bytes(STR("abc"))));
    int source AUTO_FILE = -1;
    OKAY(file_open_read(f->s, path.ptr, &source));
    struct container_member m = {.name = STR("a"), .size = 4, .from_fd = true, .fd = source};
    Bytes zip = {NULL, 0};
    assert_int_equal(container_write(f->s, &m, 1, 1 << 20, &zip), ERR_DISK);
    m.size = 2;
    assert_int_equal(container_write(f->s, &m, 1, 1 << 20, &zip), ERR_DISK);
    m.size = 3;
    m.is_hashed = true;
    assert_int_equal(container_write(f->s, &m, 1, 1 << 20, &zip), ERR_DISK);
    m.sha256 = hash_of(str_bytes(STR("abc")));
    OKAY(container_write(f->s, &m, 1, 1 << 20, &zip));
    assert_int_equal(container_write(f->s, &m, 1, 20, &zip), ERR_LIMIT);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {
        "",        "/etc/passwd", "../a", "a/../b", "a//b", "a/",          "a\\b", "C:x",
        ".hidden", "a/.git",      "a/b.", "a b",    "a\nb", "caf\xC3\xA9", "a/..", "~x",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(container_name_check(f->s, str_of(bad[i])), ERR_SCHEMA);
    OKAY(container_name_check(f->s, STR("data/act-05_v2/lv.be.pdf")));
    struct container_member twice[] = {member("data/a", "1"), member("b", ""),
                                       member("data/A", "2")};
    assert_int_equal(container_names_check(f->s, twice, 3), ERR_DUPLICATE);
}

/* Our ZIP with one name overwritten in its headers, as an attacker would write it. */
static Bytes renamed(struct scope *s, Bytes zip, const char *from, const char *to)
{
    assert_int_equal(strlen(from), strlen(to));
    Bytes copy = scope_bytes(s, zip);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;
    size_t changed = 0;
    for (size_t i = 0; i + strlen(from) <= copy.len; i++) {
        if (memcmp(bytes + i, from, strlen(from)) != 0) continue;
        memcpy(bytes + i, to, strlen(to));
        changed++;
    }
    assert_int_equal(changed, 2);
    return copy;
}

static Status read_status(struct scope *s, Bytes zip, const struct container_limits *l)
{
    struct container_member *found = NULL;
    size_t count = 0;
    return container_read(s, zip, l, &found, &count);
}

static void a_hostile_zip_is_refused(void **state)
{
    struct fixture *f = *state;
    struct scope *s = f->s;
    struct container_member given[] = {member("data/first", "one two three four"),
                                       member("data/other", "x")};
    Bytes zip = {NULL, 0};
    OKAY(container_write(s, given, 2, 1 << 20, &zip));
    OKAY(read_status(s, zip, &limits));
    assert_int_equal(read_status(s, str_bytes(STR("no ZIP, but long enough to be one")), &limits),
                     ERR_USAGE);
    assert_int_equal(read_status(s, str_bytes(STR("")), &limits), ERR_USAGE);
    assert_int_equal(read_status(s, renamed(s, zip, "data/first", "../../firs"), &limits),
                     ERR_SCHEMA);
    assert_int_equal(read_status(s, renamed(s, zip, "data/first", "data/fir:t"), &limits),
                     ERR_SCHEMA);
    assert_int_equal(read_status(s, renamed(s, zip, "data/first", "data\\first"), &limits),
                     ERR_SCHEMA);
    assert_int_equal(read_status(s, renamed(s, zip, "data/first", "data/Other"), &limits),
                     ERR_DUPLICATE);
    struct container_limits small = limits;
    small.members_max = 1;
    assert_int_equal(read_status(s, zip, &small), ERR_LIMIT);
    small = limits;
    small.member_bytes_max = 10;
    assert_int_equal(read_status(s, zip, &small), ERR_LIMIT);
    small = limits;
    small.total_bytes_max = 18;
    assert_int_equal(read_status(s, zip, &small), ERR_LIMIT);
}

static void expect_problem(struct scope *s, const struct container_member *members, size_t count,
                           const char *words)
{
    struct bag_verdict v;
    OKAY(bag_examine(s, members, count, &v));
    for (size_t i = 0; i < v.problem_count; i++)
        if (memmem(v.problems[i].ptr, v.problems[i].len, words, strlen(words))) {
            assert_int_equal(bag_check(s, members, count), ERR_PROOF);
            return;
        }
    fail_msg("no problem says: %s", words);
}

/* A program that believes local headers would see other members than one that believes the
 * directory; and what stands between members would be carried unseen. */
static void directory_and_members_must_agree(void **state)
{
    struct fixture *f = *state;
    struct scope *s = f->s;
    struct container_member given[] = {member("data/first", "one"), member("data/other", "x")};
    Bytes zip = {NULL, 0};
    OKAY(container_write(s, given, 2, 1 << 20, &zip));
    Bytes copy = scope_bytes(s, zip);
    uint8_t *local = memmem(copy.ptr, copy.len, "data/first", 10);
    local[5] = 'F';
    assert_int_equal(read_status(s, copy, &limits), ERR_SCHEMA);
    assert_non_null(strstr(scope_reason(s), "not the one its directory names"));
    struct writer w = writer_open(s, 1 << 20);
    write_str(&w, STR("PK\x03\x04 hidden"));
    write_bytes(&w, zip.ptr, zip.len);
    Bytes longer;
    OKAY(writer_close(&w, &longer));
    assert_int_equal(read_status(s, longer, &limits), ERR_SCHEMA);
    w = writer_open(s, 1 << 20);
    write_bytes(&w, zip.ptr, zip.len);
    write_str(&w, STR("behind"));
    OKAY(writer_close(&w, &longer));
    assert_int_equal(read_status(s, longer, &limits), ERR_SCHEMA);
}

/* Packed again by another program, compressed and with folders, the content is the same. */
static void a_dossier_that_was_packed_again_is_still_read(void **state)
{
    struct fixture *f = *state;
    struct scope *s = f->s;
    if (!command_is_there("python3")) return;
    Str path = file_join(s, f->folder, "again.zip"), first = file_join(s, f->folder, "first.zip");
    OKAY(file_write(s, first.ptr, dossier(s)));
    static const char script[] = "import sys, zipfile\n"
                                 "a = zipfile.ZipFile(sys.argv[1])\n"
                                 "b = zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED)\n"
                                 "assert a.testzip() is None\n"
                                 "b.writestr('lv-LV-2026-K7QF/data/', '')\n"
                                 "for n in reversed(a.namelist()): b.writestr(n, a.read(n))\n"
                                 "with b.open(zipfile.ZipInfo('lv-LV-2026-K7QF/x'), 'w', "
                                 "force_zip64=True) as x: x.write(b'1')\n"
                                 "b.close()\n";
    Str out = {NULL, 0};
    const char *const argv[] = {"python3", "-c", script, first.ptr, path.ptr, NULL};
    assert_int_equal(command_run(s, argv, &out), 0);
    int fd AUTO_FILE = -1;
    OKAY(file_open_read(s, path.ptr, &fd));
    struct container_member *found = NULL;
    size_t count = 0;
    OKAY(container_read_fd(s, fd, &limits, &found, &count));
    assert_int_equal(count, 8);
    OKAY(bag_check(s, found, 7));
    expect_problem(s, found, count, "x is there, but tagmanifest-sha256.txt does not list it");
}

static void no_change_of_a_byte_of_content_goes_unseen(void **state)
{
    struct fixture *f = *state;
    Bytes zip = dossier(f->s);
    size_t seen = 0;
    for (size_t i = 0; i < zip.len; i++) {
        struct scope *s = scope_open(16 << 20);
        Bytes copy = scope_bytes(s, zip);
        ((uint8_t *)(uintptr_t)copy.ptr)[i] ^= 0x21;
        struct container_member *found = NULL;
        size_t count = 0;
        Status status = container_read(s, copy, &limits, &found, &count);
        if (status == OK) status = bag_check(s, found, count);
        if (status == OK) {
            /* Then only dates, modes and the like were hit: the content is what it was. */
            struct bag_verdict v;
            OKAY(bag_examine(s, found, count, &v));
            assert_int_equal(v.count, 7);
            assert_true(str_is(bytes_str(v.members[3].bytes), "{\"a\": 1}"));
        } else {
            seen++;
        }
        for (size_t cut = 1; i == 0 && cut < zip.len; cut += 7)
            assert_int_not_equal(read_status(s, (Bytes){zip.ptr, cut}, &limits), OK);
        scope_close(s);
    }
    assert_true(seen > zip.len / 3);
}

/* The members of a bag in order, to be spoilt. */
static struct container_member *bag_members(struct scope *s, size_t *out_count)
{
    struct container_member *found = NULL;
    OKAY(container_read(s, dossier(s), &limits, &found, out_count));
    struct container_member *room = scope_array(s, *out_count + 1, sizeof *room);
    assert_non_null(room);
    memcpy(room, found, *out_count * sizeof *room);
    return room;
}

static void replace(struct container_member *m, Str text)
{
    m->bytes = str_bytes(text);
    m->size = text.len;
    m->sha256 = hash_of(m->bytes);
}

static void every_spoilt_bag_is_refused_with_a_sentence(void **state)
{
    struct fixture *f = *state;
    struct scope *s = f->s;
    size_t n = 0;
    struct container_member *m = bag_members(s, &n);
    expect_problem(s, m + 1, n - 1, "bagit.txt is missing");
    expect_problem(s, m, n - 1, "which is not there");
    m = bag_members(s, &n);
    replace(&m[5], STR("{\"a\": 2}"));
    expect_problem(s, m, n, "was changed");
    m = bag_members(s, &n);
    m[n] = (struct container_member){.name = STR("lv-LV-2026-K7QF/data/more"), .is_hashed = true};
    replace(&m[n], STR("added"));
    expect_problem(s, m, n + 1, "does not list it");
    m[n].name = STR("lv-LV-2026-K7QF/fetch.txt");
    expect_problem(s, m, n + 1, "holds everything itself");
    m[n].name = STR("lv-LV-2026-K7QF/manifest-md5.txt");
    expect_problem(s, m, n + 1, "only SHA-256");
    m[n].name = STR("elsewhere/data/more");
    expect_problem(s, m, n + 1, "outside the folder");
    m = bag_members(s, &n);
    replace(&m[0], STR("BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n"));
    expect_problem(s, m, n, "letter for letter");
    m = bag_members(s, &n);
    struct writer w = writer_open(s, 1 << 20);
    write_bytes(&w, m[2].bytes.ptr, m[2].bytes.len - 1); /* without the last line feed */
    Str text;
    OKAY(writer_close_str(&w, &text));
    replace(&m[2], text);
    expect_problem(s, m, n, "is not written in the one way");
    m = bag_members(s, &n);
    replace(&m[1], STR("Payload-Oxum: 9.2\n"));
    expect_problem(s, m, n, "counts the payload as 9.2, there is 10.2");
    assert_true(str_is(m[2].name, "lv-LV-2026-K7QF/manifest-sha256.txt"));
}

/* All files below `path`, as members named from there; names a dossier forbids are kept. */
static void folder_members(struct scope *s, const char *path, const char *prefix,
                           struct container_member *members, size_t *count, size_t max)
{
    Str *names = NULL;
    size_t found = 0;
    if (file_list(s, path, 1000, &names, &found) != OK) fail_msg("%s", scope_reason(s));
    for (size_t i = 0; i < found && *count < max; i++) {
        Str full = file_join(s, path, names[i].ptr);
        Str name = scope_print(s, "%s%.*s", prefix, STR_ARG(names[i]));
        struct stat st;
        assert_int_equal(stat(full.ptr, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            Str below = scope_print(s, "%.*s/", STR_ARG(name));
            folder_members(s, full.ptr, below.ptr, members, count, max);
            continue;
        }
        Bytes bytes = {NULL, 0};
        OKAY(file_read(s, full.ptr, 1 << 20, &bytes));
        members[(*count)++] = (struct container_member){.name = name,
                                                        .size = bytes.len,
                                                        .bytes = bytes,
                                                        .fd = -1,
                                                        .is_hashed = true,
                                                        .sha256 = hash_of(bytes)};
    }
}

/* Bags of the Library of Congress conformance suite below `kind`; how many were examined. */
static size_t suite_run(struct scope *s, const char *version, const char *kind)
{
    enum { MEMBERS = 200 };
    Str path = scope_print(s, "../shared/vectors/bagit/%s/%s", version, kind);
    if (access(path.ptr, R_OK) != 0) return 0;
    Str *bags = NULL;
    size_t count = 0;
    OKAY(file_list(s, path.ptr, 1000, &bags, &count));
    size_t run = 0;
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        bool is_bag =
            stat(file_join(s, path.ptr, bags[i].ptr).ptr, &st) == 0 && S_ISDIR(st.st_mode);
        if (!is_bag) continue;
        run++;
        struct container_member *members = scope_array(s, MEMBERS, sizeof *members);
        size_t n = 0;
        folder_members(s, file_join(s, path.ptr, bags[i].ptr).ptr, "", members, &n, MEMBERS);
        struct bag_verdict v;
        OKAY(bag_examine(s, members, n, &v));
        /* Ours is one narrow form of BagIt 1.0: whatever the suite holds is not in it, and every
         * refusal gives its reason. */
        assert_true(v.problem_count > 0);
        assert_int_equal(bag_check(s, members, n), ERR_PROOF);
        assert_true(v.problems[0].len > 10);
    }
    return run;
}

static void the_conformance_suite_is_refused_with_reasons(void **state)
{
    struct fixture *f = *state;
    size_t run = suite_run(f->s, "v1.0", "invalid") + suite_run(f->s, "v0.97", "invalid") +
                 suite_run(f->s, "v0.97", "linux-only") + suite_run(f->s, "v0.97", "warning") +
                 suite_run(f->s, "v0.97", "valid") + suite_run(f->s, "v0.96", "valid");
    if (run == 0) printf("# skipped: no conformance suite beside the repository\n");
    printf("# %zu bags of the suite examined\n", run);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_dossier_comes_back_whole_and_the_same_each_time),
        CASE(other_programs_unpack_and_check_it),
        CASE(a_large_member_streams_from_file_and_pipe),
        CASE(a_source_that_is_not_what_was_said_is_refused),
        CASE(names_that_lead_elsewhere_are_refused),
        CASE(a_hostile_zip_is_refused),
        CASE(directory_and_members_must_agree),
        CASE(a_dossier_that_was_packed_again_is_still_read),
        CASE(no_change_of_a_byte_of_content_goes_unseen),
        CASE(every_spoilt_bag_is_refused_with_a_sentence),
        CASE(the_conformance_suite_is_refused_with_reasons),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
