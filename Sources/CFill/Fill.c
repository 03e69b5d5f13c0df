// SPDX-License-Identifier: Apache-2.0

#include "Fill.h"

#include <endian.h>
#include <string.h>

// Two loops, which the compiler makes for each width of vectors: Swift can't choose between them at run time.

static inline __attribute__((always_inline)) uint64_t next_number(uint64_t *state) {
  uint64_t mixed = *state += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return htole64(mixed ^ mixed >> 31);
}

static inline __attribute__((always_inline)) void write_numbers(unsigned char *place, size_t count, uint64_t state) {
  for (size_t number = 0; number < count; number++) {
    uint64_t wanted = next_number(&state);
    memcpy(place + 8 * number, &wanted, 8);
  }
}

// What is compared is not written first, and not left early: either takes longer.
static inline __attribute__((always_inline)) bool compare_numbers(
    const unsigned char *place, size_t count, uint64_t state) {
  uint64_t difference = 0;
  for (size_t number = 0; number < count; number++) {
    uint64_t seen;
    memcpy(&seen, place + 8 * number, 8);
    difference |= seen ^ next_number(&state);
  }
  return difference == 0;
}

#if defined(__x86_64__)

#define BY_256_BITS __attribute__((target("avx2")))
#define BY_512_BITS __attribute__((target("avx512f,avx512dq,avx512vl")))

BY_256_BITS static void write_by_256_bits(void *numbers, size_t count, uint64_t state) {
  write_numbers(numbers, count, state);
}

BY_512_BITS static void write_by_512_bits(void *numbers, size_t count, uint64_t state) {
  write_numbers(numbers, count, state);
}

BY_256_BITS static bool compare_by_256_bits(const void *numbers, size_t count, uint64_t state) {
  return compare_numbers(numbers, count, state);
}

BY_512_BITS static bool compare_by_512_bits(const void *numbers, size_t count, uint64_t state) {
  return compare_numbers(numbers, count, state);
}

enum cfill_width cfill_widest(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return cfill_512_bits;
  return __builtin_cpu_supports("avx2") ? cfill_256_bits : cfill_plain;
}

void cfill_write(void *numbers, size_t count, uint64_t state, enum cfill_width width) {
  if (width == cfill_512_bits) return write_by_512_bits(numbers, count, state);
  if (width == cfill_256_bits) return write_by_256_bits(numbers, count, state);
  write_numbers(numbers, count, state);
}

bool cfill_compare(const void *numbers, size_t count, uint64_t state, enum cfill_width width) {
  if (width == cfill_512_bits) return compare_by_512_bits(numbers, count, state);
  if (width == cfill_256_bits) return compare_by_256_bits(numbers, count, state);
  return compare_numbers(numbers, count, state);
}

#else

enum cfill_width cfill_widest(void) { return cfill_plain; }

void cfill_write(void *numbers, size_t count, uint64_t state, enum cfill_width width) {
  (void)width;
  write_numbers(numbers, count, state);
}

bool cfill_compare(const void *numbers, size_t count, uint64_t state, enum cfill_width width) {
  (void)width;
  return compare_numbers(numbers, count, state);
}

#endif
