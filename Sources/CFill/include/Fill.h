// SPDX-License-Identifier: Apache-2.0

#ifndef CFILL_FILL_H
#define CFILL_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How wide the vectors are that make numbers of SplitMix64.
enum cfill_width {
  cfill_plain,
  // AVX2.
  cfill_256_bits,
  // AVX-512 with its multiplication of 64-bit numbers.
  cfill_512_bits,
};

// The widest vectors of this processor.
enum cfill_width cfill_widest(void);

// Writes so many numbers of SplitMix64, the first of them the one that follows a state, each with its low byte first, to
// any address, with vectors that the processor must have.
void cfill_write(void *numbers, size_t count, uint64_t state, enum cfill_width width);

// Whether what stands at any address are the numbers that `cfill_write` would write there.
bool cfill_compare(const void *numbers, size_t count, uint64_t state, enum cfill_width width);

#endif
