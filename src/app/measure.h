/* app/measure.h - the border that is loaded at this post, and what it says about a measured point.
 * Advice beside what people state; it blocks nothing. */
#pragma once
#include "app/fact.h"

struct border_summary {
    size_t lines, territories, markers;
};

/* Checks and keeps a border (GeoJSON, docs/formats/border.md) in place of the one before. `names`
 * are "NAME=party" for what the file calls countries otherwise. Only an R1, R6 or R14 of the own
 * side may (ERR_ROLE). */
MUST_USE Status border_load(struct scope *s, struct post *p, const struct session *session,
                            Bytes geojson, const Str *names, size_t name_count,
                            struct border_summary *out);

struct border;
/* The loaded border and the SHA-256 of its file, with the post locked. ERR_NOT_FOUND when none is
 * loaded. */
MUST_USE Status border_kept(struct scope *s, struct post *p, struct border *out, Hash *out_digest);

struct measure_question {
    double lat, lon;
    bool has_error, has_distance;
    double error_m, distance_m; /* as stated */
    Str party;                  /* inside whose territory a distance is positive; empty: the own */
    Str country_stated;
};

struct measure_advice {
    double distance_m; /* positive inside the party's territory */
    bool side_known;   /* else the sign says nothing */
    double nearest_lat, nearest_lon;
    Str country;         /* by the territories; empty outside all and on an edge */
    const char *verdict; /* "established", "not_distinguishable"; NULL without error or side */
    bool
        country_differs; /* the stated country is a party's, and another one's than the territory */
    bool distance_differs; /* from the stated one by more than k errors */
};

/* ERR_NOT_FOUND when no border line is loaded. */
MUST_USE Status measure_suggest(struct scope *s, struct post *p, const struct measure_question *q,
                                struct measure_advice *out);

/* Coordinates of the place `offset_m` from marker `a` towards marker `b`. */
MUST_USE Status measure_between(struct scope *s, struct post *p, Str a, Str b, double offset_m,
                                double *out_lat, double *out_lon);

struct measure_row {
    Str ref, point;
    bool from_markers; /* the place was found by its markers and offset */
    struct measure_question question;
    struct measure_advice advice;
};

/* Advice on the incident's place and on each measurement of a case that has one, in the order of
 * the fold. */
MUST_USE Status measure_case(struct scope *s, struct post *p, Str number, struct measure_row **out,
                             size_t *out_count);
