/* tests/fuzz/fuzz.h - what libFuzzer and replay.c call; each target has one. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Returns 0. What must hold of any input is asserted inside. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
