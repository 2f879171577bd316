/* The table of kinds against the contract, row by row. A field of the contract never goes away, is
 * never renamed and never changes its class; what this project added stands apart. */
#include "stage.h"

/* Roles: "R3+" and "R7+" as the contract shortens them. Fields: "name", "name:class" when it is not
 * open, "[]" after the name of a list, "<>" after the name of a text in several languages. */
struct row {
    const char *kind, *crosses, *roles, *fields, *added;
};

static const struct row rows[] = {
    {"post.opened", "with", "post", "origin party keys pack pack_digest", ""},
    {"officer.enrolled", "with", "R1 R14 post", "officer name:personal post key", "root_note"},
    {"mandate.granted", "with", "R1 R14 post",
     "officer role section from to issuer instrument acts_for", "root_note"},
    {"mandate.revoked", "self", "R1 R14", "mandate from reason", "covered"},
    {"key.rotated", "self", "post", "role key from root_note", ""},
    {"post.restored", "self", "post", "from to", ""},
    {"exchange.suspended", "self", "R1", "scope reason", ""},
    {"exchange.resumed", "self", "R1", "scope reason", ""},
    {"incident.registered", "release", "R7+",
     "type happened_from happened_to noticed_at section counterpart pack_digest marker_a marker_b "
     "offset_m lat lon error_m method summary<> group armed animals urgent persons:personal "
     "injured:sensitive children:sensitive",
     "manned violence"},
    {"incident.amended", "release", "R7+", "of field value:amended reason", ""},
    {"incident.linked", "self", "R7+", "own theirs", ""},
    {"incident.unlinked", "self", "R7+", "of", "reason"},
    {"incident.dropped", "release", "R7+", "reason", ""},
    {"notice.sent", "self", "R7+", "of form text<> hold_requested inspection_requested", ""},
    {"notice.received", "self", "R7+", "of reference", ""},
    {"hold.placed", "never", "R7+ R10", "systems from to until", ""},
    {"hold.lifted", "never", "R7+ R10", "hold reason", ""},
    {"protection.checked", "never", "R11",
     "of:protected person:protected outcome:protected note:protected", ""},
    {"person.recorded", "release", "R7+",
     "person name.original:personal name.latin:personal born:personal citizenship:personal "
     "sex:personal document:personal",
     "belongings:personal"},
    {"vehicle.recorded", "release", "R7+", "item description count marks plate:personal", "keys"},
    {"object.recorded", "release", "R7+", "item description count marks plate:personal",
     "found_at place documents:personal cause:sensitive seal"},
    {"animal.recorded", "release", "R7+", "item description count marks plate:personal",
     "species sex age colour brands found_at place vet_note cost_per_day currency"},
    {"statement.taken", "release", "R3+", "person role language interpreter text<>:personal",
     "rights presence"},
    {"finding.stated", "release", "R3+", "no text<> about", ""},
    {"finding.answered", "self", "R3+", "of position text<>", ""},
    {"measurement.made", "release", "R3+ R6",
     "point lat lon error_m method reference_markers distance_m country_stated", ""},
    {"evidence.collected", "release", "R3+ R6",
     "item evidence_kind description blob sha256 size media_type captured_at clock_offset_s lat "
     "lon error_m device seal pieces_root",
     "use"},
    {"custody.passed", "release", "R3+ R8", "item from to reason place condition seal", ""},
    {"custody.received", "release", "R3+ R8", "item from to reason place condition seal", ""},
    {"evidence.examined", "release", "R3+ R6", "item method result", ""},
    {"evidence.derived", "release", "R3+ R6", "item from tool", ""},
    {"checklist.answered", "release", "R3+", "list item answer reason", ""},
    {"proposal.made", "self", "R1 R2", "what place time agenda[] participants[] urgent", ""},
    {"proposal.answered", "self", "R1 R2", "of answer time reason", ""},
    {"inspection.opened", "self", "R3+", "proposal participants[] weather light", ""},
    {"inspection.ended", "self", "R3+", "of", ""},
    {"request.made", "self", "R1 R2", "item[] reason basis", ""},
    {"request.answered", "self", "R1 R2", "of item answer ground", ""},
    {"letter.sent", "self", "R7+", "subject text<>", "answer_by"},
    {"letter.received", "never", "R7+", "of reference",
     "sender subject written_on received_at answer_by scan"},
    {"release.drafted", "never", "R3+", "fact[] to purpose regime basis restrictions answer_by",
     "quality"},
    {"release.approved", "never", "R1 R2 R10 R11", "of reason", ""},
    {"release.refused", "never", "R1 R2 R10 R11", "of reason", ""},
    {"release.recalled", "self", "R1 R2 R10", "of ground", ""},
    {"recall.executed", "self", "post", "of purged", "ground"},
    {"fact.erased", "never", "R10 post", "of ground", ""},
    {"act.drafted", "self", "R3+",
     "pack_digest doc version supersedes participants[] place time_from time_to weather light "
     "statement[]<> statement[].finding annex[] conclusion<> proposals<> outcome responsibility",
     "agenda[]"},
    {"act.position", "self", "R3+", "act body statement position text<>", ""},
    {"act.signed", "self", "R3+", "act body capacity mandate positions reserved", ""},
    {"act.approved", "self", "R1 R2", "act body positions reserved", ""},
    {"act.objected", "self", "R1 R2", "act body reason", ""},
    {"opinion.given", "self", "R1 R2", "act statement[] text<>", ""},
    {"handover.offered", "self", "R3+ R8", "what item[] place time", ""},
    {"handover.answered", "self", "R3+ R8", "of answer reason", "time"},
    {"handover.counted", "self", "R3+ R8", "of item count condition", ""},
    {"handover.signed", "self", "R3+ R8", "of item[] counts", ""},
    {"handover.withdrawn", "self", "R3+ R8", "of", ""},
    {"return.held", "never", "R1", "person:internal ground:internal", ""},
    {"damage.claimed", "self", "R1", "amount currency basis", "proof"},
    {"crossing.recorded", "self", "R1", "who when where why", ""},
    {"meeting.opened", "self", "R1 R2 R4", "proposal participants[]", ""},
    {"decision.recorded", "self", "R1 R2 R4", "what owner due", ""},
    {"duty.done", "self", "R1 R2 R4", "duty proof", "of"},
    {"duty.extended", "self", "R1 R2 R4", "duty until reason", "of"},
    {"duty.refused", "self", "R1 R2 R4", "duty reason", "of"},
    {"case.escalated", "self", "R1 R2", "level matter reason", ""},
    {"case.closed", "self", "R1 R2", "outcome note", ""},
    {"case.reopened", "self", "R1 R2", "reason", ""},
    {"marker.checked", "self", "R3+ R6", "marker state lat lon error_m note", ""},
    {"marker.damaged", "self", "R3+ R6", "marker state lat lon error_m note", ""},
    {"marker.restored", "self", "R3+ R6", "marker state lat lon error_m note", ""},
    {"count.reported", "release", "R12", "measure area period value cutoff revision", ""},
    {"event.planned", "self", "R1 R12", "",
     "event title place section from to expected contact hours"},
    {"event.risk", "self", "R1 R12", "",
     "of threat vulnerability impact signposts measures text<>"},
    {"event.count", "self", "R1 R12", "", "of value counted_at place method note"},
    {"hitcheck.batch", "self", "post", "slot size digest", ""},
    {"hitcheck.query", "never", "R3+", "identifiers:internal ground:internal", ""},
    {"lead.offered", "originator", "R9",
     "source_grade:covert content_grade:covert handling:covert text:covert expiry:covert", ""},
    {"lead.answered", "originator", "R9", "of:covert", "answer:covert text:covert"},
    {"lead.onward_asked", "originator", "R9", "of:covert", "to:covert purpose:covert"},
    {"problem.raised", "self", "R3+", "matter text<>", ""},
    {"practice.agreed", "self", "R3+", "of text<>", ""},
    {"pack.proposed", "self", "R3+", "pack_digest from", ""},
    {"pack.agreed", "self", "R3+", "pack_digest from", ""},
    {"assessment.stated", "release", "R1 R12", "area period text<> series", ""},
    {"forecast.published", "release", "R1 R12", "area period text<> series", ""},
    {"scenario.published", "release", "R1 R12", "area period text<> series", ""},
    {"measure.described", "release", "R1 R12", "area period text<> series", ""},
    {"publication.proposed", "self", "R1", "text<> names_cleared publisher disclaimer", ""},
    {"publication.agreed", "self", "R1", "of", ""},
    {"delivery.attested", "self", "R7+", "of way to reference", ""},
    {"receipt", "self", "post", "parcel took refused[] reason[]", ""},
};

/* Kinds that the contract does not have, with what only they may say. None of them crosses unless
 * it is about markers. */
static const struct row own_rows[] = {
    {"protection.noted", "never", "R11", "", "of:protected step:protected note:protected"},
    {"duty.noted", "never", "R7+ R10 R11 R12", "", "duty:internal proof:internal of:internal"},
    {"note.written", "never", "R7+ R6 R8 R10 R12", "", "text:internal"},
    {"marker.works", "self", "R3+ R6", "", "marker[] works begins place note"},
    {"marker.works_answered", "self", "R3+", "", "of answer time reason"},
};

static const char *const class_names[] = {"open",     "personal", "sensitive", "protected",
                                          "internal", "covert",   "amended"};
static const char *const crosses_names[] = {"self", "with", "release", "never", "originator"};

static Roles roles_of(const char *words)
{
    Roles roles = 0;
    for (Str rest = str_of(words); rest.len;) {
        Str word = str_cut(&rest, ' ');
        if (str_is(word, "R3+") || str_is(word, "R7+")) {
            roles |= 1u << 0 | 1u << 1 | 1u << 2;
            if (str_is(word, "R7+")) roles |= 1u << 3 | 1u << 6;
            continue;
        }
        int bit = role_bit(word);
        assert_true(bit >= 0);
        roles |= 1u << bit;
    }
    return roles;
}

/* "statement[]<>:personal" as the table writes a field; what it does not show does not matter. */
static Str field_word(struct scope *s, const struct kind_field *f)
{
    return scope_print(s, "%.*s%s%s%.*s%s%s%s", STR_ARG(f->name), f->list ? "[]" : "",
                       f->part.len ? "." : "", STR_ARG(f->part), f->languages ? "<>" : "",
                       f->class == CLASS_OPEN ? "" : ":",
                       f->class == CLASS_OPEN ? "" : class_names[f->class]);
}

static bool has_word(const char *words, Str word)
{
    for (Str rest = str_of(words); rest.len;)
        if (str_eq(str_cut(&rest, ' '), word)) return true;
    return false;
}

static size_t words_in(const char *words)
{
    size_t n = 0;
    for (Str rest = str_of(words); rest.len; n++)
        str_cut(&rest, ' ');
    return n;
}

static void check_row(struct stage *st, const struct row *row)
{
    const struct kind *k = pack_kind(&st->pack, str_of(row->kind));
    size_t known = 0;
    if (k == NULL) print_error("%s is missing\n", row->kind);
    assert_non_null(k);
    assert_string_equal(crosses_names[k->crosses], row->crosses);
    if (k->roles != roles_of(row->roles)) print_error("%s: roles %x\n", row->kind, k->roles);
    assert_int_equal(k->roles, roles_of(row->roles));
    for (size_t i = 0; i < k->field_count; i++) {
        Str word = field_word(st->s, &k->fields[i]);
        bool has = has_word(row->fields, word), more = has_word(row->added, word);
        if (!has && !more) print_error("%s: %.*s is unknown\n", row->kind, STR_ARG(word));
        assert_true(has != more);
        known++;
    }
    if (known != words_in(row->fields) + words_in(row->added))
        print_error("%s: a field is missing\n", row->kind);
    assert_int_equal(known, words_in(row->fields) + words_in(row->added));
}

static void every_row_of_the_contract_is_kept(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_row(st, &rows[i]);
    for (size_t i = 0; i < COUNT_OF(own_rows); i++)
        check_row(st, &own_rows[i]);
    assert_int_equal(st->pack.kind_count, COUNT_OF(rows) + COUNT_OF(own_rows));
    stage_close(st);
}

static void every_pack_reads_the_same_kinds(void **state)
{
    (void)state;
    static const char *const packs[] = {"generic", "alpha-beta"};
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct stage *st = stage_open(packs[i]);
        for (size_t n = 0; n < COUNT_OF(rows); n++)
            check_row(st, &rows[n]);
        stage_close(st);
    }
}

/* Which roles a value of the deciding field leaves. */
static Roles roles_for(const struct kind *k, const char *value)
{
    Roles other = 0;
    for (size_t i = 0; i < k->roles_by_count; i++) {
        if (str_is(k->roles_by[i].value, value)) return k->roles_by[i].roles;
        if (str_is(k->roles_by[i].value, "*")) other = k->roles_by[i].roles;
    }
    return other;
}

static void roles_follow_the_document_the_capacity_and_the_thing(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *field, *value, *roles;
    } by[] = {
        {"act.drafted", "doc", "DOC05", "R3+"},
        {"act.drafted", "doc", "DOC06", "R3+"},
        {"act.drafted", "doc", "DOC07", "R3+"},
        {"act.drafted", "doc", "DOC08", "R1 R2"},
        {"act.drafted", "doc", "DOC09", "R1 R2"},
        {"act.drafted", "doc", "DOC15", "R3+"},
        {"act.drafted", "doc", "DOC16", "R3+"},
        {"act.drafted", "doc", "DOC24", "R1 R2"},
        {"act.signed", "capacity", "representative", "R1"},
        {"act.signed", "capacity", "deputy", "R2"},
        {"act.signed", "capacity", "assistant", "R3"},
        {"handover.offered", "what", "persons", "R3+"},
        {"handover.offered", "what", "animals", "R3+ R8"},
        {"handover.offered", "what", "property", "R3+ R8"},
        {"handover.offered", "what", "vehicle", "R3+"},
        {"handover.offered", "what", "body", "R3+"},
        {"handover.offered", "what", "documents", "R3+"},
    };
    static const char *const as[][2] = {
        {"act.position", "act"},        {"act.signed", "act"},
        {"handover.answered", "offer"}, {"handover.counted", "offer"},
        {"handover.signed", "offer"},   {"handover.withdrawn", "offer"},
    };
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(by); i++) {
        const struct kind *k = pack_kind(&st->pack, str_of(by[i].kind));
        assert_str(k->roles_field, by[i].field);
        if (roles_for(k, by[i].value) != roles_of(by[i].roles))
            print_error("%s %s\n", by[i].kind, by[i].value);
        assert_int_equal(roles_for(k, by[i].value), roles_of(by[i].roles));
    }
    for (size_t i = 0; i < COUNT_OF(as); i++)
        assert_str(pack_kind(&st->pack, str_of(as[i][0]))->roles_as, as[i][1]);
    stage_close(st);
}

static void lists_of_values_are_those_of_the_contract(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *field, *values;
    } lists[] = {
        {"incident.registered", "group", "none one some"},
        {"notice.sent", "form", "call written"},
        {"protection.checked", "outcome", "clear block"},
        {"finding.answered", "position", "agree reserve deny"},
        {"checklist.answered", "answer", "done not_possible"},
        {"proposal.made", "what", "inspection meeting"},
        {"proposal.answered", "answer", "yes other_time no"},
        {"request.answered", "answer", "given refused none extended"},
        {"act.drafted", "responsibility", "a b none third"},
        {"act.position", "position", "agree reserve"},
        {"handover.offered", "what", "persons animals property vehicle body documents"},
        {"handover.answered", "answer", "yes other_time no"},
    };
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const struct kind *k = pack_kind(&st->pack, str_of(lists[i].kind));
        const struct kind_field *f = kind_field_of(&st->pack, k, str_of(lists[i].field));
        assert_non_null(f);
        assert_int_equal(f->value_count, words_in(lists[i].values));
        for (size_t n = 0; n < f->value_count; n++)
            assert_true(has_word(lists[i].values, f->values[n]));
    }
    stage_close(st);
}

static void a_condition_of_people_is_sensitive(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const struct kind *k = pack_kind(&st->pack, STR("handover.counted"));
    const struct kind_field *f = kind_field_of(&st->pack, k, STR("condition"));
    assert_true(f && f->sensitive_for_persons);
    assert_true(k->fields[2].name.len && !k->fields[2].sensitive_for_persons);
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_contract_is_kept),
        cmocka_unit_test(every_pack_reads_the_same_kinds),
        cmocka_unit_test(roles_follow_the_document_the_capacity_and_the_thing),
        cmocka_unit_test(lists_of_values_are_those_of_the_contract),
        cmocka_unit_test(a_condition_of_people_is_sensitive),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
