/* core/casework/pack.h - the agreement as data: the kinds of facts and a procedure pack, read from
 * JSON that is closed at every level. Decides what the data says; never what a case should do. */
#pragma once
#include "base/hash.h"
#include "base/instant.h"
#include "core/casework/kind.h"

struct pack_party {
    Str id;
    Str zone;
};

struct incident_type {
    Str id;
    bool grave;
    Str grave_when; /* field of the incident that makes it grave when "yes", or empty */
    Str inspection;
    Str settle_at;
    Str ceiling; /* a value of the pack: the most that may be settled there; or empty */
    Str *checklists;
    size_t checklist_count;
};

/* What a field of a fact must hold: one of the values. */
struct match {
    Str field;
    Str *values;
    size_t value_count;
};

struct done_rule {
    Str kind;
    Str ref; /* field that names the starting fact, or empty */
    struct match *where;
    size_t where_count;
};

/* A parameter of the agreement that runs a clock, or a plain value (X04). */
struct parameter {
    Str id;
    Str start_kind, start_field, start_event;
    Str every; /* "month" or "year" of a duty on the calendar, from the day (and month) below on */
    struct match *where;
    size_t where_count;
    bool from_receipt;
    Str owes; /* author, counterpart or each; on the calendar a, b or each */
    bool has_limit, has_grave;
    struct duration limit, limit_grave;
    struct done_rule *done;
    size_t done_count;
    Str hardness;
    int extend_times;
    struct duration extend_by;
    bool own_only, roll_next;
    bool working_days; /* the days of the limit are working days of the calendar */
    bool refusable;    /* duty.refused ends it lawfully */
    Str on;            /* case, calendar or none */
    Str calendar;      /* a, b, both or empty */
    Str value;         /* of a parameter without a clock */
    Str escalates_to;  /* a role or a level of the ladder */
    Str source;        /* references, joined by "; " */
    bool verified;
    uint8_t every_month, every_day;
};

struct pack {
    Str id;
    Hash digest; /* of kinds.json and pack.json */
    struct kind *kinds;
    size_t kind_count;
    Str *languages, *act_languages;
    size_t language_count, act_language_count;
    struct pack_party *parties;
    size_t party_count;
    struct incident_type *types;
    size_t type_count;
    struct parameter *parameters;
    size_t parameter_count;
    const json_t *json; /* titles and what only screens need; lives in the pack's own memory */
    struct holiday *holidays;
    size_t holiday_count;
    uint8_t weekend[2]; /* of side a and b: bit 0 is Monday */
};

/* A day off by its date, by Easter, as the nth weekday of a month, or once; or a day on which is
 * worked although it is of a weekend. */
struct holiday {
    char side;     /* 'a' or 'b' */
    uint8_t month; /* 0 for a feast that moves with Easter */
    uint8_t day;
    uint8_t weekday, nth; /* 1 Monday .. 7 Sunday, 0: not by weekday; 5th is the last */
    int16_t easter;       /* days after Western (or Orthodox) Easter Sunday */
    bool orthodox;
    bool moves; /* from a weekend to the next working day */
    Day once;   /* year 0: every year */
    bool works;
};

/* Reads both texts. The pack keeps a json_t that pack_release frees; all else lives in `s`.
 * ERR_SCHEMA names file, place and mend. */
MUST_USE Status pack_parse(struct scope *s, Bytes kinds, Bytes pack, struct pack *out);
void pack_release(struct pack *pack);

/* NULL when the kind, type or parameter is not in the pack. */
const struct kind *pack_kind(const struct pack *p, Str name);
const struct incident_type *pack_type(const struct pack *p, Str id);
const struct parameter *pack_parameter(const struct pack *p, Str id);

/* The field of a kind that the stored name belongs to ("summary.lv", "item.3"); NULL when none. */
const struct kind_field *kind_field_of(const struct pack *p, const struct kind *k, Str name);

/* Is `value` an id in the pack's list ("types", "outcomes", "documents", "checklists", "levels")?
 * True for a list that only suggests. */
bool pack_lists(const struct pack *p, Str list, Str value);

/* Name of the zone of a party's clocks; "UTC" when the pack names none. */
Str pack_zone(const struct pack *p, Str party);
