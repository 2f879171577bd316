#include "paper/worker.h"
#include "os/module.h"
#include "os/process.h"
#include "paper/drawing.h"

enum { MEMORY_BYTES = 768 * 1024 * 1024, CPU_SECONDS = 60, TIME_MS = 240 * 1000 };

static Status draw_work(void *ctx, struct scope *s, Bytes *out)
{
    const struct paper_document *const *doc = ctx;
    void *found;
    TRY(module_symbol(s, "draw", "paper_drawing", &found));
    const struct paper_drawing *drawing = found;
    return drawing->draw(s, *doc, out);
}

Status paper_draw_apart(struct scope *s, const struct paper_document *doc, Bytes *out)
{
    TRY(paper_check(s, doc)); /* most refusals need no process */
    struct process_limits limits = {.memory_bytes = MEMORY_BYTES,
                                    .cpu_s = CPU_SECONDS,
                                    .time_ms = TIME_MS,
                                    .output_max = PAPER_BYTES_MAX};
    return process_run(s, &limits, draw_work, &doc, out);
}
