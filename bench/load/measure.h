/* What is measured, and how: clocks, a latency histogram, and sets of message numbers.
 *
 * All of it is cheap enough to stay on in every run: a figure taken with the checks off would be a figure of something
 * else. Included by every file; small, so that everything is inline.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* ---- clocks ---- */

/* Monotonic nanoseconds. Sender and receiver run on one machine, so their stamps are of one clock. */
static inline uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

/* CPU-seconds of this process so far: shows whether the generator itself was the bottleneck. */
static inline double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ---- histogram ----
 *
 * Log-linear, as HdrHistogram: every power of two is cut into 128 equal buckets, so a value is known to within 0.8 %
 * from 1 ns to 580 years, in 58 kB, and recording costs a few instructions.
 *
 *   value   0 … 127   128 … 255   256 … 511          2^e … 2^(e+1)-1
 *   bucket  0 … 127   128 … 255   256 … 383 (by 2s)  (e-6)·128 … (by 2^(e-7))
 */
enum { HISTOGRAM_SUB_BITS = 7, HISTOGRAM_SUB_BUCKETS = 1 << HISTOGRAM_SUB_BITS };
enum { HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) * HISTOGRAM_SUB_BUCKETS };

typedef struct Histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total, max;
} Histogram;

static inline void histogram_record(Histogram *histogram, uint64_t value) {
  uint32_t bucket;
  if (value < HISTOGRAM_SUB_BUCKETS) {
    bucket = (uint32_t)value;
  } else {
    uint32_t shift = 63u - (uint32_t)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
    bucket = (shift + 1) * HISTOGRAM_SUB_BUCKETS + (uint32_t)(value >> shift) - HISTOGRAM_SUB_BUCKETS;
  }
  histogram->counts[bucket]++;
  histogram->total++;
  if (value > histogram->max) histogram->max = value;
}

/* The value below which `quantile` (0 … 1) of the recorded ones lie: the middle of its bucket, never above the maximum. */
static inline uint64_t histogram_at(const Histogram *histogram, double quantile) {
  uint64_t rank = (uint64_t)((double)histogram->total * quantile), seen = 0;
  for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen <= rank) continue;
    if (bucket < HISTOGRAM_SUB_BUCKETS) return bucket;
    uint32_t shift = bucket / HISTOGRAM_SUB_BUCKETS - 1;
    uint64_t low = (uint64_t)(bucket % HISTOGRAM_SUB_BUCKETS + HISTOGRAM_SUB_BUCKETS) << shift;
    uint64_t middle = low + ((1ull << shift) >> 1);
    return middle < histogram->max ? middle : histogram->max;
  }
  return histogram->max;
}

/* ---- sets of numbers ----
 *
 * One bit a number, grown on demand: which messages came (to find duplicates and gaps), which deliveries have their
 * outcome (to find a second one). Ten million messages cost 1.25 MB.
 */
typedef struct NumberSet {
  uint64_t *words;
  uint64_t word_count, size;
} NumberSet;

static inline void number_set_reach(NumberSet *set, uint64_t number) {
  uint64_t needed = number / 64 + 1;
  if (needed <= set->word_count) return;
  uint64_t grown = set->word_count * 2 > needed ? set->word_count * 2 : needed + 16;
  set->words = realloc(set->words, grown * sizeof(uint64_t));
  if (!set->words) abort();
  memset(set->words + set->word_count, 0, (grown - set->word_count) * sizeof(uint64_t));
  set->word_count = grown;
}

/* Adds one number; false when it was in the set already. */
static inline bool number_set_add(NumberSet *set, uint64_t number) {
  number_set_reach(set, number);
  uint64_t bit = 1ull << (number % 64), *word = &set->words[number / 64];
  if (*word & bit) return false;
  *word |= bit;
  set->size++;
  return true;
}

/* Adds first … last, a word at a time; returns how many of them were not in the set before. */
static inline uint64_t number_set_add_range(NumberSet *set, uint64_t first, uint64_t last) {
  number_set_reach(set, last);
  uint64_t added = 0;
  for (uint64_t word = first / 64; word <= last / 64; word++) {
    uint64_t mask = ~0ull;
    if (word == first / 64) mask &= ~0ull << (first % 64);
    if (word == last / 64) mask &= ~0ull >> (63 - last % 64);
    added += (uint64_t)__builtin_popcountll(mask & ~set->words[word]);
    set->words[word] |= mask;
  }
  set->size += added;
  return added;
}

#endif
