/* tests/fault/fault_hook.h - what the hooks (memory, files, VFS) ask; test code uses fault.h. */
#pragma once
#include "fault.h"

/* Shall this call of the kind fail? Counts it when the kind is armed; does not return when the
 * kind is a killing one and its call has come. */
bool fault_strikes(enum fault_kind kind);
