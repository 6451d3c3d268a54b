/* Checks measure.h: run by bench/load.test.ts. Prints nothing and exits with 0 when all is well. */
#include <stdio.h>

#include "../measure.h"

static int faults;

static void check(bool fine, const char *what, uint64_t value) {
  if (fine) return;
  printf("%s (%llu)\n", what, (unsigned long long)value);
  faults++;
}

/* A single recorded value must come back within 0.8 %, whatever its size. */
static void check_histogram_precision(void) {
  static Histogram histogram;
  for (uint64_t value = 1; value < 1ull << 62; value += value / 3 + 1) {
    memset(&histogram, 0, sizeof histogram);
    histogram_record(&histogram, value);
    histogram_record(&histogram, value * 2); /* so that the maximum does not hide the bucket's middle */
    uint64_t read = histogram_at(&histogram, 0), error = read > value ? read - value : value - read;
    check(error * 125 <= value, "the histogram is off by more than 0.8 %", value);
  }
}

static void check_histogram_quantiles(void) {
  static Histogram histogram;
  memset(&histogram, 0, sizeof histogram);
  for (uint64_t value = 1; value <= 100000; value++) histogram_record(&histogram, value);
  const double quantiles[] = {0.5, 0.99, 0.999, 1};
  for (int at = 0; at < 4; at++) {
    double expected = quantiles[at] * 100000, read = (double)histogram_at(&histogram, quantiles[at]);
    check(read > expected * 0.992 && read < expected * 1.008, "a quantile is off", (uint64_t)read);
  }
  check(histogram.max == 100000 && histogram.total == 100000, "the maximum or the count is off", histogram.max);
}

/* Ranges against the same numbers added one by one. */
static void check_number_sets(void) {
  NumberSet ranges = {0}, singles = {0};
  uint64_t seed = 42;
  for (int round = 0; round < 20000; round++) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    uint64_t first = (seed >> 33) % 100000, last = first + (seed >> 20) % 200, fresh = 0;
    for (uint64_t number = first; number <= last; number++) fresh += number_set_add(&singles, number);
    check(number_set_add_range(&ranges, first, last) == fresh, "a range counted wrongly", first);
  }
  check(ranges.size == singles.size, "the sizes differ", ranges.size);
}

int main(void) {
  check_histogram_precision();
  check_histogram_quantiles();
  check_number_sets();
  return faults ? 1 : 0;
}
