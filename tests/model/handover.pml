/* The hand-over of one item between two posts, as facts.md section 3 has it and core/casework/handover.c folds it.
 * Parcels are cumulative: a parcel holds all openings so far, may be lost, repeated or overtaken, and a
 * post applies only what it does not have yet. That is what `send` and `recv` below do.
 *
 * Proved: (a) each post names one holder; (b) never do both name the other side; (c) until the taker's signature is
 * delivered both may name themselves, and the giver is pledged; (d) after delivery both agree.
 */
#define NONE 0
#define GIVER 1
#define TAKER 2

/* Journals. An opening number is the place of a fact; 0 means: not stated. */
byte g_signed, g_withdrawn, g_next = 1; /* giver's facts */
byte t_signed, t_next = 1;              /* taker's signature, */
byte t_seen;                            /* and what it had seen of the giver */
byte t_early, t_early_seen;             /* a signature before the giver's, by a post without manners */

/* What each post has of the other. */
byte taker_has, giver_has;

/* One parcel each way may be under way, holding everything up to this opening. */
byte to_taker, to_giver;

/* Has a signature with this `seen` seen the giver's? */
#define FOLLOWS(seen, signed) (signed != NONE && seen >= signed)

/* Working space of the fold; cleared, so that it does not multiply the states. */
bool gs, wd, taken, early, late;
byte seen;

/* The fold, for a post that has the giver's facts up to `g` and the taker's up to `t`. */
inline fold(g, t, holder, pledged, contested)
{
    gs = g_signed != NONE && g_signed <= g;
    wd = g_withdrawn != NONE && g_withdrawn <= g;
    taken = false;
    contested = false;
    /* The first signature in the taker's order that follows the giver's counts. */
    early = gs && t_early != NONE && t_early <= t && FOLLOWS(t_early_seen, g_signed);
    late = gs && t_signed != NONE && t_signed <= t && FOLLOWS(t_seen, g_signed);
    if
    :: early && (!late || t_early < t_signed) -> taken = true; seen = t_early_seen
    :: late && (!early || t_signed < t_early) -> taken = true; seen = t_seen
    :: else
    fi;
    if
    :: taken && wd && seen >= g_withdrawn -> taken = false
    :: taken && wd && seen < g_withdrawn -> contested = true
    :: else
    fi;
    if
    :: taken -> holder = TAKER
    :: else -> holder = GIVER
    fi;
    pledged = gs && !taken && !wd;
    gs = false; wd = false; taken = false; early = false; late = false; seen = 0
}

byte g_names, t_names;
bool g_pledged, t_pledged, g_contested, t_contested;

/* Both posts look at the case after every step. */
inline look()
{
    fold(g_next - 1, giver_has, g_names, g_pledged, g_contested);
    fold(taker_has, t_next - 1, t_names, t_pledged, t_contested);
    assert(g_names == GIVER || g_names == TAKER);              /* (a) */
    assert(t_names == GIVER || t_names == TAKER);
    assert(!(g_names == TAKER && t_names == GIVER));           /* (b) */
    assert(!(t_names == TAKER && g_names == GIVER) ||
           g_pledged || g_withdrawn != NONE);                  /* (c) */
    assert(!(taker_has == g_next - 1 && giver_has == t_next - 1) ||
           (g_names == t_names && g_contested == t_contested)) /* (d) */
}

active proctype posts()
{
    atomic { look() }
    do
    /* The giver signs; withdraws while its own post does not hold the taker's signature. */
    :: g_signed == NONE && g_withdrawn == NONE ->
        atomic { g_signed = g_next; g_next++; look() }
    :: g_withdrawn == NONE && g_names != TAKER ->
        atomic { g_withdrawn = g_next; g_next++; look() }
    /* The taker signs once, after the giver's signature came and no withdrawal is known. */
    :: t_signed == NONE && g_signed != NONE && g_signed <= taker_has &&
       (g_withdrawn == NONE || g_withdrawn > taker_has) ->
        atomic { t_signed = t_next; t_next++; t_seen = taker_has; look() }
    /* A post without manners signs at any time. */
    :: t_early == NONE ->
        atomic { t_early = t_next; t_next++; t_early_seen = taker_has; look() }
    /* A parcel leaves with all there is; an older one under way is overtaken. */
    :: to_taker != g_next - 1 -> to_taker = g_next - 1
    :: to_giver != t_next - 1 -> to_giver = t_next - 1
    /* It arrives, and may arrive again: nothing is taken away. */
    :: to_taker > taker_has -> atomic { taker_has = to_taker; look() }
    :: to_giver > giver_has -> atomic { giver_has = to_giver; look() }
    /* It is lost. */
    :: to_taker != 0 -> to_taker = 0
    :: to_giver != 0 -> to_giver = 0
    /* An older parcel turns up late: it brings nothing new and is applied without effect. */
    :: taker_has > 1 -> to_taker = taker_has - 1
    :: giver_has > 1 -> to_giver = giver_has - 1
    od
}
