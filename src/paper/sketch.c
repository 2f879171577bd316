#include "paper/sketch.h"
#include "base/writer.h"
#include <math.h>

/* Canvas in SVG units, the frame of the drawing inside it, and what letters take of it. */
static const double WIDTH = 680, HEIGHT = 400, EDGE = 46, LETTERS = 14, LETTER_WIDTH = 8;
static const double NEAR_MIN = 6, NEAR_MAX = 60, LINE_STEP = 5;
static const double SPAN_MIN_M = 20, SPAN_MAX_M = 60000, DEGREE = 0.017453292519943295;
static const double RING = 18;
enum { LABEL_BYTES_MAX = 120, LINE_SPOTS_MAX = 4000, RINGS = 6 };
/* How much a label is in the way: of another label (then neither can be read), of a sign. */
enum { ON_LABEL = 100, ON_SIGN = 5, OUTSIDE = 1000, LEADER_STEPS = 16, FURNITURE = 2 };

struct spot {
    double x, y;
};

struct box {
    double x0, y0, x1, y1;
};

/* Degrees to units of the canvas; first to metres on a plane that touches at `middle`. */
struct view {
    struct sketch_place middle;
    double lat_m, lon_m; /* metres in a degree there */
    struct spot centre;  /* metres */
    double scale;        /* units in a metre */
};

static struct spot metres(const struct view *v, struct sketch_place p)
{
    return (struct spot){(p.lon - v->middle.lon) * v->lon_m, (v->middle.lat - p.lat) * v->lat_m};
}

static struct spot spot_of(const struct view *v, struct sketch_place p)
{
    struct spot m = metres(v, p);
    return (struct spot){WIDTH / 2 + (m.x - v->centre.x) * v->scale,
                         HEIGHT / 2 + (m.y - v->centre.y) * v->scale};
}

static bool place_is_valid(struct sketch_place p)
{
    /* Not to the poles: there a metre of longitude has no use. */
    return fabs(p.lat) <= 85 && fabs(p.lon) <= 180;
}

static Status sketch_check(struct scope *s, const struct sketch *k)
{
    if (k->point_count == 0) return fail(s, ERR_SCHEMA, "a sketch needs at least one point");
    if (k->point_count > SKETCH_POINTS_MAX || k->line_count > SKETCH_LINE_MAX)
        return fail(s, ERR_LIMIT, "a sketch has at most %d points and a line of %d",
                    SKETCH_POINTS_MAX, SKETCH_LINE_MAX);
    for (size_t i = 0; i < k->point_count; i++) {
        const struct sketch_point *p = &k->points[i];
        if (!place_is_valid(p->at) || !(p->error_m >= 0 && p->error_m <= SPAN_MAX_M))
            return fail(s, ERR_SCHEMA, "point %zu of the sketch is no place with its error", i + 1);
        if (p->label.len > LABEL_BYTES_MAX || !str_is_text(p->label))
            return fail(s, ERR_SCHEMA, "the label of point %zu is no text of at most %d bytes",
                        i + 1, LABEL_BYTES_MAX);
    }
    for (size_t i = 0; i < k->line_count; i++)
        if (!isnan(k->line[i].lat) && !place_is_valid(k->line[i]))
            return fail(s, ERR_SCHEMA, "the line leaves the earth");
    for (size_t i = 0; i < k->also_count; i++)
        if (!place_is_valid(k->also[i])) return fail(s, ERR_SCHEMA, "a place is none");
    return str_is_text(k->title) ? OK : fail(s, ERR_SCHEMA, "the title of a sketch is no text");
}

/* The points decide what is seen, the line only passes through. Series of the WGS 84 ellipsoid
 * for the length of a degree (good to a centimetre). */
static Status view_open(struct scope *s, const struct sketch *k, struct view *out)
{
    struct view v = {.middle = k->points[0].at};
    double lat = v.middle.lat * DEGREE;
    v.lat_m = 111132.954 - 559.822 * cos(2 * lat) + 1.175 * cos(4 * lat);
    v.lon_m = 111412.84 * cos(lat) - 93.5 * cos(3 * lat) + 0.118 * cos(5 * lat);
    struct box b = {0, 0, 0, 0};
    for (size_t i = 0; i < k->point_count; i++) {
        struct spot m = metres(&v, k->points[i].at);
        double e = k->points[i].error_m;
        b = (struct box){fmin(b.x0, m.x - e), fmin(b.y0, m.y - e), fmax(b.x1, m.x + e),
                         fmax(b.y1, m.y + e)};
    }
    for (size_t i = 0; i < k->also_count; i++) {
        struct spot m = metres(&v, k->also[i]);
        b = (struct box){fmin(b.x0, m.x), fmin(b.y0, m.y), fmax(b.x1, m.x), fmax(b.y1, m.y)};
    }
    double wide = fmax(b.x1 - b.x0, SPAN_MIN_M), high = fmax(b.y1 - b.y0, SPAN_MIN_M);
    if (!(wide <= SPAN_MAX_M && high <= SPAN_MAX_M))
        return fail(s, ERR_LIMIT, "the points of a sketch lie more than %.0f km apart",
                    SPAN_MAX_M / 1000);
    v.centre = (struct spot){(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2};
    v.scale = fmin((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high);
    *out = v;
    return OK;
}

static void write_escaped(struct writer *w, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<')
            write_str(w, STR("&lt;"));
        else if (c == '&')
            write_str(w, STR("&amp;"));
        else
            write_bytes(w, &c, 1);
    }
}

static void text_write(struct writer *w, double x, double y, const char *anchor, Str text)
{
    write_print(w, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    write_escaped(w, text);
    write_str(w, STR("</text>\n"));
}

static void line_write(struct writer *w, const struct view *v, const struct sketch *k)
{
    bool is_open = false;
    for (size_t i = 0; i < k->line_count; i++) {
        bool is_end = isnan(k->line[i].lat);
        if (!is_open && !is_end)
            write_str(w, STR("<polyline fill=\"none\" stroke=\"#000\" stroke-width=\"2\" "
                             "stroke-dasharray=\"14 4 2 4\" points=\""));
        if (is_open && is_end) write_str(w, STR("\"/>\n"));
        is_open = !is_end;
        if (is_end) continue;
        struct spot p = spot_of(v, k->line[i]);
        write_print(w, "%.1f,%.1f ", p.x, p.y);
    }
    if (is_open) write_str(w, STR("\"/>\n"));
}

static void point_write(struct writer *w, const struct view *v, const struct sketch_point *p)
{
    struct spot at = spot_of(v, p->at);
    if (p->error_m > 0)
        write_print(w,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#000\" "
                    "fill-opacity=\"0.06\" stroke=\"#000\" stroke-width=\"0.7\" "
                    "stroke-dasharray=\"3 2\"/>\n",
                    at.x, at.y, p->error_m * v->scale);
    if (p->is_marker)
        write_print(w,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"9\" height=\"9\" fill=\"#fff\" "
                    "stroke=\"#000\" stroke-width=\"1.6\"/>\n",
                    at.x - 4.5, at.y - 4.5);
    else
        write_print(w, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>\n", at.x, at.y);
}

static bool overlap(const struct box *a, const struct box *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Room that the text takes, from the number of its characters. */
static double text_width(Str text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++)
        letters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return (double)letters * LETTER_WIDTH;
}

/* Where a label may stand: the direction from its point, and the end of it that is nearer. */
static const struct {
    double side, down;
    const char *anchor;
} places[] = {{1, 0, "start"},      {-1, 0, "end"},      {0, -1, "middle"},   {0, 1, "middle"},
              {0.7, -0.7, "start"}, {0.7, 0.7, "start"}, {-0.7, -0.7, "end"}, {-0.7, 0.7, "end"}};

struct label {
    struct spot at; /* the left end of its base line */
    struct box box;
};

/* The label in place `i` beside a point whose error circle has `radius`. */
static struct label label_in(struct spot point, double radius, size_t i, size_t ring, double width)
{
    double away = fmax(NEAR_MIN, fmin(radius, NEAR_MAX)) + 4 + (double)ring * RING;
    double x = point.x + places[i].side * away;
    double y = point.y + places[i].down * away + LETTERS * (0.35 + 0.5 * places[i].down);
    if (places[i].anchor[0] == 'e') x -= width;
    if (places[i].anchor[0] == 'm') x -= width / 2;
    return (struct label){{x, y}, {x - 1, y - LETTERS, x + width + 1, y + 4}};
}

/* The longest of 1, 2, 5 times a power of ten that takes at most a quarter of the width. */
static double bar_metres(double scale)
{
    double most = WIDTH / 4 / scale, step = pow(10, floor(log10(most)));
    return most >= 5 * step ? 5 * step : most >= 2 * step ? 2 * step : step;
}

/* What is on the drawing already: signs and labels as boxes, the line as spots along it. */
struct crowd {
    struct box *boxes;
    struct spot *spots;
    size_t box_count, sign_count;  /* scale and north, signs, then labels */
    size_t spot_count, line_spots; /* the border, then lines to labels */
};

static Status crowd_open(struct scope *s, const struct view *v, const struct sketch *k,
                         struct crowd *out)
{
    struct crowd c = {.boxes = scope_array(s, 2 * k->point_count + 2, sizeof *c.boxes),
                      .spots = scope_array(s, LINE_SPOTS_MAX + (LEADER_STEPS + 1) * k->point_count,
                                           sizeof *c.spots)};
    if (c.boxes == NULL || c.spots == NULL) return ERR_MEMORY;
    double bar = bar_metres(v->scale) * v->scale;
    c.boxes[c.box_count++] = (struct box){0, HEIGHT - 32, 16 + bar + 60, HEIGHT}; /* the scale, */
    c.boxes[c.box_count++] = (struct box){WIDTH - 40, 0, WIDTH, 66};              /* north */
    for (size_t i = 0; i < k->point_count; i++) {
        struct spot at = spot_of(v, k->points[i].at);
        double r = fmax(NEAR_MIN, fmin(k->points[i].error_m * v->scale, NEAR_MAX));
        c.boxes[c.box_count++] = (struct box){at.x - r, at.y - r, at.x + r, at.y + r};
    }
    for (size_t i = 1; i < k->line_count; i++) {
        if (isnan(k->line[i].lat) || isnan(k->line[i - 1].lat)) continue;
        struct spot a = spot_of(v, k->line[i - 1]), b = spot_of(v, k->line[i]);
        int steps = (int)fmin(ceil(hypot(b.x - a.x, b.y - a.y) / LINE_STEP), LINE_SPOTS_MAX);
        for (int n = 0; n < steps && c.spot_count < LINE_SPOTS_MAX; n++) {
            struct spot p = {a.x + (b.x - a.x) * n / steps, a.y + (b.y - a.y) * n / steps};
            if (p.x > 0 && p.x < WIDTH && p.y > 0 && p.y < HEIGHT) c.spots[c.spot_count++] = p;
        }
    }
    c.sign_count = c.box_count;
    c.line_spots = c.spot_count;
    *out = c;
    return OK;
}

/* How badly the label would stand there: 0 is free. */
static size_t crowding(const struct crowd *c, const struct box *b)
{
    bool is_inside = b->x0 > 3 && b->x1 < WIDTH - 3 && b->y0 > 3 && b->y1 < HEIGHT - 3;
    size_t score = is_inside ? 0 : OUTSIDE;
    for (size_t i = 0; i < c->box_count; i++)
        if (overlap(b, &c->boxes[i]))
            score += i >= FURNITURE && i < c->sign_count ? ON_SIGN : ON_LABEL;
    for (size_t i = 0; i < c->spot_count; i++) {
        struct spot p = c->spots[i];
        bool is_in = p.x > b->x0 && p.x < b->x1 && p.y > b->y0 && p.y < b->y1;
        score += !is_in ? 0 : i < c->line_spots ? 1 : ON_SIGN;
    }
    return score;
}

/* The spot of a label that is nearest to its point. */
static struct spot nearest(struct spot at, const struct box *b)
{
    return (struct spot){fmin(fmax(at.x, b->x0), b->x1), fmin(fmax(at.y, b->y0), b->y1)};
}

static struct spot leader_spot(struct spot at, const struct box *b, int n)
{
    struct spot end = nearest(at, b);
    return (struct spot){at.x + (end.x - at.x) * n / LEADER_STEPS,
                         at.y + (end.y - at.y) * n / LEADER_STEPS};
}

/* The same for the thin line to a label that stands apart: it must not strike out another one. */
static size_t leader_crowding(const struct crowd *c, struct spot at, const struct box *b)
{
    size_t score = 0;
    for (size_t i = c->sign_count; i < c->box_count; i++) {
        const struct box *l = &c->boxes[i];
        bool crosses = false;
        for (int n = 0; n <= LEADER_STEPS; n++) {
            struct spot p = leader_spot(at, b, n);
            crosses = crosses || (p.x > l->x0 && p.x < l->x1 && p.y > l->y0 && p.y < l->y1);
        }
        score += crosses ? ON_LABEL / 2 : 0;
    }
    return score;
}

/* Later labels keep off the line to this one. */
static void leader_add(struct crowd *c, struct spot at, const struct box *b)
{
    for (int n = 0; n <= LEADER_STEPS; n++)
        c->spots[c->spot_count++] = leader_spot(at, b, n);
}

/* A thin line from a point to its label when that stands apart. */
static void leader_write(struct writer *w, struct spot at, const struct box *b)
{
    struct spot end = nearest(at, b);
    double x = end.x, y = end.y;
    write_print(w,
                "<path d=\"M%.1f %.1f L%.1f %.1f\" fill=\"none\" stroke=\"#000\" "
                "stroke-width=\"0.5\"/>\n",
                at.x, at.y, x, y);
}

/* Where the label of a point is least in the way of what stands already; whether a line leads
 * there. */
static struct label label_place(const struct crowd *c, struct spot at, double radius, double width,
                                bool *out_apart)
{
    struct label best = {0};
    size_t least = SIZE_MAX;
    *out_apart = false;
    for (size_t ring = 0; ring < RINGS && least > 0; ring++)
        for (size_t place = 0; place < COUNT_OF(places); place++) {
            struct label l = label_in(at, radius, place, ring, width);
            size_t score = crowding(c, &l.box);
            if (ring && score < least) score += leader_crowding(c, at, &l.box);
            if (score >= least) continue;
            least = score;
            best = l;
            *out_apart = ring > 0;
        }
    return best;
}

/* Labels come after all signs and lines; a line under one ends at its ground. */
static Status labels_write(struct scope *s, struct writer *w, const struct view *v,
                           const struct sketch *k)
{
    struct crowd c = {0};
    struct label *labels = scope_array(s, k->point_count, sizeof *labels);
    if (labels == NULL) return ERR_MEMORY;
    TRY(crowd_open(s, v, k, &c));
    for (size_t i = 0; i < k->point_count; i++) {
        const struct sketch_point *p = &k->points[i];
        struct spot at = spot_of(v, p->at);
        bool apart;
        labels[i] = label_place(&c, at, p->error_m * v->scale, text_width(p->label), &apart);
        c.boxes[c.box_count++] = labels[i].box;
        if (!apart) continue;
        leader_write(w, at, &labels[i].box);
        leader_add(&c, at, &labels[i].box);
    }
    for (size_t i = 0; i < k->point_count; i++) {
        const struct label *l = &labels[i];
        write_print(w,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\" "
                    "fill-opacity=\"0.8\"/>\n",
                    l->at.x, l->at.y - LETTERS + 3, text_width(k->points[i].label) * 0.85, LETTERS);
        text_write(w, l->at.x, l->at.y, "start", k->points[i].label);
    }
    return OK;
}

static void furniture_write(struct scope *s, struct writer *w, const struct view *v)
{
    double length = bar_metres(v->scale), x = 16, y = HEIGHT - 14;
    double units = length * v->scale;
    write_print(w,
                "<path d=\"M%.1f %.1f v4 h%.1f v-4\" fill=\"none\" stroke=\"#000\" "
                "stroke-width=\"1.4\"/>\n",
                x, y - 4, units);
    bool is_far = length >= 1000;
    Str text = scope_print(s, "%g %s", is_far ? length / 1000 : length, is_far ? "km" : "m");
    text_write(w, x + units + 6, y + 1, "start", text);
    write_print(w,
                "<path d=\"M%.1f 44 v-28 m-5 9 l5 -10 l5 10 z\" fill=\"#000\" stroke=\"#000\" "
                "stroke-width=\"1.2\"/>\n",
                WIDTH - 22);
    text_write(w, WIDTH - 22, 60, "middle", STR("N"));
}

Status sketch_svg(struct scope *s, const struct sketch *sketch, Str *out)
{
    TRY(sketch_check(s, sketch));
    struct view v = {0};
    TRY(view_open(s, sketch, &v));
    struct writer w = writer_open(s, SKETCH_BYTES_MAX);
    write_print(&w,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                "font-family=\"Noto Sans, DejaVu Sans, sans-serif\" font-size=\"%.0f\">\n",
                WIDTH, HEIGHT, LETTERS);
    if (sketch->title.len) {
        write_str(&w, STR("<title>"));
        write_escaped(&w, sketch->title);
        write_str(&w, STR("</title>\n"));
    }
    write_print(&w,
                "<clipPath id=\"frame\"><rect width=\"%.0f\" height=\"%.0f\"/></clipPath>\n"
                "<rect x=\"0.5\" y=\"0.5\" width=\"%.0f\" height=\"%.0f\" fill=\"#fff\" "
                "stroke=\"#444\"/>\n<g clip-path=\"url(#frame)\">\n",
                WIDTH, HEIGHT, WIDTH - 1, HEIGHT - 1);
    line_write(&w, &v, sketch);
    for (size_t i = 0; i < sketch->point_count; i++)
        point_write(&w, &v, &sketch->points[i]);
    write_str(&w, STR("</g>\n"));
    TRY(labels_write(s, &w, &v, sketch));
    furniture_write(s, &w, &v);
    write_str(&w, STR("</svg>\n"));
    return writer_close_str(&w, out);
}
