#include "core/casework/invitation.h"
#include "base/writer.h"
#include <inttypes.h>

enum { FILE_BYTES_MAX = 512 * 1024, LINE_OCTETS_MAX = 75 };

/* A content line, folded: what goes on begins with a blank, which counts. */
static void write_line(struct writer *w, Str line)
{
    size_t room = LINE_OCTETS_MAX;
    while (line.len > room) {
        size_t cut = room;
        while (cut > 0 && ((unsigned char)line.ptr[cut] & 0xc0) == 0x80)
            cut--;
        write_bytes(w, line.ptr, cut);
        write_str(w, STR("\r\n "));
        line = (Str){line.ptr + cut, line.len - cut};
        room = LINE_OCTETS_MAX - 1;
    }
    write_str(w, line);
    write_str(w, STR("\r\n"));
}

/* TEXT values: backslash, semicolon, comma and line ends are escaped; str_is_text let no
 * other controls in but tabs. */
static void write_text(struct scope *s, struct writer *w, const char *name, Str value)
{
    struct writer line = writer_open(s, FILE_BYTES_MAX);
    Str text;
    if (value.len == 0) return;
    write_print(&line, "%s:", name);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\n')
            write_str(&line, STR("\\n"));
        else if (c == '\\' || c == ';' || c == ',')
            write_print(&line, "\\%c", c);
        else
            write_u8(&line, (uint8_t)(c == '\t' ? ' ' : c));
    }
    Status status = writer_close_str(&line, &text);
    if (status == OK)
        write_line(w, text);
    else if (w->status == OK)
        w->status = status;
}

/* 20260514T080000Z: whole seconds. */
static void write_time(struct writer *w, const char *name, Instant at)
{
    char t[INSTANT_TEXT_MAX];
    instant_format((Instant){at.us - at.us % US_PER_SECOND}, t);
    write_print(w, "%s:%.4s%.2s%.2sT%.2s%.2s%.2sZ\r\n", name, t, t + 5, t + 8, t + 11, t + 14,
                t + 17);
}

Status invitation_write(struct scope *s, const struct invitation *i, Str *out)
{
    static const char *const statuses[] = {"TENTATIVE", "CONFIRMED", "CANCELLED"};
    struct writer w = writer_open(s, FILE_BYTES_MAX);
    Str parts[] = {i->uid, i->summary, i->place, i->description};
    if (i->uid.len == 0) return fail(s, ERR_SCHEMA, "an invitation needs an id");
    for (size_t k = 0; k < COUNT_OF(parts); k++)
        if (!str_is_text(parts[k])) return fail(s, ERR_SCHEMA, "an invitation holds only text");
    if (i->has_to && instant_before(i->to, i->from))
        return fail(s, ERR_SCHEMA, "the meeting ends before it begins");
    write_str(&w, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//twinpost//twinpost//EN\r\n"
                      "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"));
    write_text(s, &w, "UID", i->uid);
    write_time(&w, "DTSTAMP", i->stamp);
    write_time(&w, "DTSTART", i->from);
    if (i->has_to) write_time(&w, "DTEND", i->to);
    write_print(&w, "SEQUENCE:%" PRIu64 "\r\nSTATUS:%s\r\n", i->sequence, statuses[i->status]);
    write_text(s, &w, "SUMMARY", i->summary);
    write_text(s, &w, "LOCATION", i->place);
    write_text(s, &w, "DESCRIPTION", i->description);
    write_str(&w, STR("END:VEVENT\r\nEND:VCALENDAR\r\n"));
    return writer_close_str(&w, out);
}
