/* amqpload: a lean AMQP 1.0 load generator without a library.
 *
 *   amqpload sender   --address A [--rate R] [--settled] [--size BYTES] [--count N | --for SECONDS]
 *   amqpload receiver --address A [--credit N] [--settle range|each|backwards] [--outcome …] [--hold N] [--count N]
 *   amqpload idle     --address A --connections N
 *   amqpload under -- COMMAND …     runs COMMAND in this very process, and has it killed when our parent dies
 *
 * It says on standard output, one JSON object a line: ready, sent (a sender has sent everything), progress, result, failed.
 * With --control it obeys one order a line on standard input: `go` (start sending), `stop` (send no more), `expect N` (a
 * receiver is done after N messages), `quit`; the end of the input means quit too, so that no generator outlives its harness. Without --control
 * it starts at once and ends when it is done.
 *
 * Exit codes: 0 complete, 1 not complete (silence, lost connection), 2 usage, 3 the router broke the protocol.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

Load load;
uint8_t body_pattern[2 * PATTERN_SIZE];

/* ---- what is said ---- */

void event_begin(const char *event) { printf("{\"event\":\"%s\"", event); }

void event_end(void) {
  puts("}");
  fflush(stdout);
}

void print_histogram(const char *name, const Histogram *histogram) {
  printf(",\"%s\":{\"count\":%" PRIu64 ",\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", name, histogram->total,
         (double)histogram_at(histogram, 0.5) / 1e3, (double)histogram_at(histogram, 0.99) / 1e3,
         (double)histogram_at(histogram, 0.999) / 1e3, (double)histogram->max / 1e3);
}

void print_trouble(void) {
  printf(",\"lostConnections\":%u,\"lostLinks\":%u,\"error\":\"", load.lost_connections, load.lost_links);
  for (const char *at = load.first_error; *at; at++) {
    putchar(*at == '"' || *at == '\\' || (unsigned char)*at < ' ' ? '\'' : *at);
  }
  printf("\"");
}

/* ---- orders ---- */

static void obey(const char *line) {
  unsigned long long expected;
  if (strcmp(line, "go") == 0) {
    load.orders.go = true;
  } else if (strcmp(line, "stop") == 0) {
    load.orders.stop = true;
  } else if (strcmp(line, "quit") == 0) {
    load.orders.quit = true;
  } else if (sscanf(line, "expect %llu", &expected) == 1) {
    load.orders.expected = expected;
    load.orders.changed_ns = now_ns();
  } else {
    fail("unknown order “%s”", line);
  }
}

void orders_read(void) {
  static char text[256];
  static size_t length;
  ssize_t count = read(STDIN_FILENO, text + length, sizeof text - 1 - length);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    load.orders.quit = true;
    return;
  }
  length += (size_t)count;
  for (char *end; (end = memchr(text, '\n', length));) {
    *end = 0;
    obey(text);
    size_t used = (size_t)(end - text) + 1;
    length -= used;
    memmove(text, end + 1, length);
  }
}

static void on_signal(int number) {
  (void)number;
  load.orders.quit = true;
}

/* ---- options ---- */

enum {
  OPTION_HOST = 1, OPTION_PORT, OPTION_SASL, OPTION_ADDRESS, OPTION_ADDRESS_PER_LINK, OPTION_CONTAINER, OPTION_CONNECTIONS,
  OPTION_LINKS, OPTION_MAX_FRAME_SIZE, OPTION_STREAM, OPTION_CONTROL, OPTION_PROGRESS, OPTION_SILENCE, OPTION_FOR, OPTION_COUNT,
  OPTION_SIZE, OPTION_RATE, OPTION_SETTLED, OPTION_CREDIT, OPTION_SETTLE, OPTION_SETTLE_BATCH, OPTION_OUTCOME, OPTION_HOLD, OPTION_HELD_OUTCOME, OPTION_PROPERTIES,
};

static const struct option known_options[] = {
  {"host", required_argument, NULL, OPTION_HOST},
  {"port", required_argument, NULL, OPTION_PORT},
  {"sasl", required_argument, NULL, OPTION_SASL},                    /* anonymous (default), none */
  {"address", required_argument, NULL, OPTION_ADDRESS},
  {"address-per-link", no_argument, NULL, OPTION_ADDRESS_PER_LINK},  /* A.0, A.1, … */
  {"container-id", required_argument, NULL, OPTION_CONTAINER},
  {"connections", required_argument, NULL, OPTION_CONNECTIONS},
  {"links", required_argument, NULL, OPTION_LINKS},                  /* on each connection */
  {"max-frame-size", required_argument, NULL, OPTION_MAX_FRAME_SIZE},
  {"stream", required_argument, NULL, OPTION_STREAM},                /* 0 … 65535: tells senders to one receiver apart */
  {"control", no_argument, NULL, OPTION_CONTROL},
  {"progress", no_argument, NULL, OPTION_PROGRESS},                  /* twice a second */
  {"silence", required_argument, NULL, OPTION_SILENCE},              /* seconds without anything before giving up */
  {"for", required_argument, NULL, OPTION_FOR},                      /* seconds of sending; of being idle */
  {"count", required_argument, NULL, OPTION_COUNT},
  {"size", required_argument, NULL, OPTION_SIZE},                    /* of the body */
  {"rate", required_argument, NULL, OPTION_RATE},                    /* messages a second, all links together */
  {"settled", no_argument, NULL, OPTION_SETTLED},
  {"properties", no_argument, NULL, OPTION_PROPERTIES},              /* a header and a message-id before the body, as clients send them */
  {"credit", required_argument, NULL, OPTION_CREDIT},                /* of each link */
  {"settle", required_argument, NULL, OPTION_SETTLE},
  {"settle-batch", required_argument, NULL, OPTION_SETTLE_BATCH},    /* settle not before N wait for it (or half a second) */
  {"outcome", required_argument, NULL, OPTION_OUTCOME},              /* accepted, rejected, released, modified, mix */
  {"hold", required_argument, NULL, OPTION_HOLD},                    /* settle the Nth delivery only at the very end */
  {"held-outcome", required_argument, NULL, OPTION_HELD_OUTCOME},
  {NULL, 0, NULL, 0},
};

_Noreturn static void usage(const char *fault) {
  fprintf(stderr, "amqpload: %s\nusage: amqpload sender|receiver|idle [options], or amqpload under -- COMMAND …\noptions:", fault);
  for (const struct option *option = known_options; option->name; option++) {
    fprintf(stderr, " --%s%s", option->name, option->has_arg ? " …" : "");
  }
  fprintf(stderr, "\n");
  exit(2);
}

static uint64_t number_option(const char *text, uint64_t lowest, uint64_t highest) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (errno || *end || end == text || *text == '-' || value < lowest || value > highest) usage("a number is out of range");
  return value;
}

/* The place of `text` among `names`; the list ends with NULL. */
static uint32_t word_option(const char *text, const char *const *names) {
  for (uint32_t at = 0; names[at]; at++) {
    if (strcmp(text, names[at]) == 0) return at;
  }
  usage("an unknown word");
}

static uint8_t outcome_option(const char *text) {
  static const char *const names[] = {"accepted", "rejected", "released", "modified", "mix", NULL};
  uint32_t place = word_option(text, names);
  return place == 4 ? OUTCOME_MIX : (uint8_t)(CODE_ACCEPTED + place);
}

static void apply_option(Options *options, int option, const char *text) {
  static const char *const orders[] = {"range", "each", "backwards", NULL};
  static const char *const mechanisms[] = {"none", "anonymous", NULL};
  switch (option) {
    case OPTION_HOST: options->host = text; break;
    case OPTION_PORT: options->port = text; break;
    case OPTION_SASL: options->sasl = word_option(text, mechanisms) == 1; break;
    case OPTION_ADDRESS: options->address = text; break;
    case OPTION_ADDRESS_PER_LINK: options->address_per_link = true; break;
    case OPTION_CONTAINER: options->container = text; break;
    case OPTION_CONNECTIONS: options->connection_count = (uint32_t)number_option(text, 1, 60000); break;
    case OPTION_LINKS: options->links_per_connection = (uint32_t)number_option(text, 1, 100000); break;
    case OPTION_MAX_FRAME_SIZE: options->max_frame_size = (uint32_t)number_option(text, 512, 65536); break;
    case OPTION_STREAM: options->stream = (uint32_t)number_option(text, 0, 65535); break;
    case OPTION_CONTROL: options->control = true; break;
    case OPTION_PROGRESS: options->progress = true; break;
    case OPTION_SILENCE: options->silence_seconds = atof(text); break;
    case OPTION_FOR: options->seconds = atof(text); break;
    case OPTION_COUNT: options->count = number_option(text, 1, UINT64_MAX); break;
    case OPTION_SIZE: options->size = number_option(text, STAMP_SIZE, UINT32_MAX); break;
    case OPTION_RATE: options->rate = atof(text); break;
    case OPTION_SETTLED: options->settled = true; break;
    case OPTION_PROPERTIES: options->properties = true; break;
    case OPTION_CREDIT: options->credit = (uint32_t)number_option(text, 1, 1000000); break;
    case OPTION_SETTLE: options->settle_order = (SettleOrder)word_option(text, orders); break;
    case OPTION_SETTLE_BATCH: options->settle_batch = (uint32_t)number_option(text, 1, 100000); break;
    case OPTION_OUTCOME: options->outcome = outcome_option(text); break;
    case OPTION_HOLD: options->hold = (int64_t)number_option(text, 0, INT64_MAX); break;
    case OPTION_HELD_OUTCOME: options->held_outcome = outcome_option(text); break;
    default: usage("an unknown option");
  }
}

static Options read_options(int count, char **arguments) {
  static const char *const roles[] = {"sender", "receiver", "idle", NULL};
  static char container[64];
  if (count < 2) usage("say what it is to do");
  snprintf(container, sizeof container, "amqpload-%d-%" PRIx64, getpid(), now_ns());
  Options options = {
    .role = (Role)word_option(arguments[1], roles), .host = "127.0.0.1", .port = "5672", .address = "load", .container = container,
    .sasl = true, .connection_count = 1, .links_per_connection = 1, .max_frame_size = 65536, .silence_seconds = 20,
    .size = 100, .credit = 1000, .settle_batch = 1, .outcome = CODE_ACCEPTED, .held_outcome = CODE_ACCEPTED, .hold = -1,
  };
  optind = 2;
  for (int option; (option = getopt_long(count, arguments, "", known_options, NULL)) != -1;) {
    apply_option(&options, option, optarg);
  }
  if (optind < count) usage("too many words");
  if (options.held_outcome == OUTCOME_MIX) usage("--held-outcome is one outcome");
  return options;
}

/* ---- main ---- */

/* Replaces this process by another program, which the kernel kills as soon as our parent is gone: a harness that is
 * itself killed leaves no router behind. */
static int run_under(int count, char **arguments) {
  int first = count > 2 && strcmp(arguments[2], "--") == 0 ? 3 : 2;
  if (count <= first) usage("which command?");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(arguments[first], arguments + first);
  fprintf(stderr, "amqpload: cannot run %s: %s\n", arguments[first], strerror(errno));
  return 127;
}

static void prepare_process(void) {
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1); /* nanoseconds: the kernel's 50 µs would be seen in every latency at a fixed rate */
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  for (size_t at = 0; at < sizeof body_pattern; at++) body_pattern[at] = (uint8_t)('a' + at % PATTERN_SIZE % 26);
}

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "under") == 0) return run_under(count, arguments);
  load.options = read_options(count, arguments);
  load.orders.go = !load.options.control;
  load.orders.expected = load.options.count ? load.options.count : UINT64_MAX;
  prepare_process();
  switch (load.options.role) {
    case ROLE_SENDER: return run_sender();
    case ROLE_RECEIVER: return run_receiver();
    case ROLE_IDLE: return run_idle();
  }
  return 2;
}
