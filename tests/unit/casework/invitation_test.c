/* A calendar file, line by line as RFC 5545 wants it. */
#include "base/writer.h"
#include "core/casework/invitation.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

static struct invitation meeting(void)
{
    struct invitation i = {.uid = STR("12@lv.twinpost/journal"),
                           .status = INVITATION_CONFIRMED,
                           .sequence = 1,
                           .has_to = true,
                           .summary = STR("Meeting"),
                           .place = STR("Pāternieki"),
                           .description = STR("one\ntwo")};
    assert_true(instant_parse(STR("2026-05-14T07:00:00.5Z"), &i.stamp));
    assert_true(instant_parse(STR("2026-05-20T08:30:00Z"), &i.from));
    assert_true(instant_parse(STR("2026-05-20T10:00:00Z"), &i.to));
    return i;
}

static void a_meeting_is_an_event(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(4 << 20);
    struct invitation i = meeting();
    Str text;
    assert_int_equal(invitation_write(s, &i, &text), OK);
    Str expected = STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//twinpost//twinpost//EN\r\n"
                       "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
                       "UID:12@lv.twinpost/journal\r\nDTSTAMP:20260514T070000Z\r\n"
                       "DTSTART:20260520T083000Z\r\nDTEND:20260520T100000Z\r\nSEQUENCE:1\r\n"
                       "STATUS:CONFIRMED\r\nSUMMARY:Meeting\r\nLOCATION:Pāternieki\r\n"
                       "DESCRIPTION:one\\ntwo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    if (!str_eq(text, expected)) printf("# %.*s\n", STR_ARG(text));
    assert_true(str_eq(text, expected));
}

static void what_has_a_meaning_in_calendars_is_escaped(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(4 << 20);
    struct invitation i = meeting();
    Str text;
    i.summary = STR("a;b,c\\d\"e:f\nBEGIN:VALARM\tg");
    assert_int_equal(invitation_write(s, &i, &text), OK);
    assert_non_null(
        memmem(text.ptr, text.len, "SUMMARY:a\\;b\\,c\\\\d\"e:f\\nBEGIN:VALARM g\r\n", 40));
}

/* Unfolded again, the long text is whole; no line is longer than 75 octets, none begins inside a
 * letter. */
static void long_lines_are_folded_between_letters(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(4 << 20);
    static const char *const letters[] = {"a", "ā", "Ж", "€", "😀"};
    for (size_t k = 0; k < COUNT_OF(letters); k++)
        for (size_t shift = 0; shift < 5; shift++) {
            scope_reset(s);
            struct writer w = writer_open(s, 4096), unfolded = writer_open(s, 8192);
            struct invitation i = meeting();
            Str text, plain;
            for (size_t n = 0; n < shift; n++)
                write_print(&w, "x");
            for (size_t n = 0; n < 200; n++)
                write_print(&w, "%s", letters[k]);
            assert_int_equal(writer_close_str(&w, &i.description), OK);
            assert_int_equal(invitation_write(s, &i, &text), OK);
            for (Str rest = text; rest.len;) {
                Str line = str_cut(&rest, '\n');
                assert_true(line.len > 0 && line.len <= 76 && line.ptr[line.len - 1] == '\r');
                assert_true(((unsigned char)line.ptr[line.ptr[0] == ' '] & 0xc0) != 0x80);
                if (line.ptr[0] == ' ') {
                    write_bytes(&unfolded, line.ptr + 1, line.len - 2);
                } else {
                    write_print(&unfolded, "\n");
                    write_bytes(&unfolded, line.ptr, line.len - 1);
                }
            }
            assert_int_equal(writer_close_str(&unfolded, &plain), OK);
            assert_non_null(memmem(plain.ptr, plain.len, i.description.ptr, i.description.len));
        }
}

static void an_event_without_an_end_has_none(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(4 << 20);
    struct invitation i = meeting();
    Str text;
    i.has_to = false;
    i.place = i.description = STR("");
    i.status = INVITATION_CANCELLED;
    assert_int_equal(invitation_write(s, &i, &text), OK);
    assert_null(memmem(text.ptr, text.len, "DTEND", 5));
    assert_null(memmem(text.ptr, text.len, "LOCATION", 8));
    assert_non_null(memmem(text.ptr, text.len, "STATUS:CANCELLED", 16));
}

static void what_is_no_meeting_is_refused(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(4 << 20);
    struct invitation i = meeting();
    Str text;
    i.uid = STR("");
    assert_int_equal(invitation_write(s, &i, &text), ERR_SCHEMA);
    i = meeting();
    i.to = i.stamp;
    assert_int_equal(invitation_write(s, &i, &text), ERR_SCHEMA);
    i = meeting();
    i.place = STR("\xff");
    assert_int_equal(invitation_write(s, &i, &text), ERR_SCHEMA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_meeting_is_an_event),
        cmocka_unit_test(what_has_a_meaning_in_calendars_is_escaped),
        cmocka_unit_test(long_lines_are_folded_between_letters),
        cmocka_unit_test(an_event_without_an_end_has_none),
        cmocka_unit_test(what_is_no_meeting_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
