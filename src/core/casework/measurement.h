/* core/casework/measurement.h - what a distance with its error establishes (facts.md 3). Decides
 * the verdict; never whose measurement is right. */
#pragma once
#include "core/casework/pack.h"

/* k times the error of the point, the line's own error added in quadrature: parameters X04 (2 when
 * it gives none) and X05 (nothing). */
double measurement_limit_m(const struct pack *p, double error_m);

/* "established" when the distance is above the limit, else "not_distinguishable". */
const char *measurement_verdict(const struct pack *p, double distance_m, double error_m);
