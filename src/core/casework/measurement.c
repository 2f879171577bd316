#include "core/casework/measurement.h"
#include <math.h>

double measurement_limit_m(const struct pack *p, double error_m)
{
    double k = 2, line_m = 0;
    const struct parameter *factor = pack_parameter(p, STR("X04"));
    const struct parameter *line = pack_parameter(p, STR("X05"));
    if (factor && factor->value.len) (void)str_decimal(factor->value, &k);
    if (line && line->value.len) (void)str_decimal(line->value, &line_m);
    return k * sqrt(error_m * error_m + line_m * line_m);
}

const char *measurement_verdict(const struct pack *p, double distance_m, double error_m)
{
    /* As far as the limit is not beyond it: 2.1 m is not more than 3 times 0.7 m, whatever the last
     * bit of the product says. */
    enum { SAME_UP_TO = 1000000000 };
    double limit = measurement_limit_m(p, error_m);
    return fabs(distance_m) > limit + limit / SAME_UP_TO ? "established" : "not_distinguishable";
}
