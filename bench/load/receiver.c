/* The receiver: counts, checks and times what comes, settles it in the order that was asked for, and renews credit.
 *
 * Checked always: every message once (across all links of the process), and every byte of its body.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>

#include "load.h"

enum { STREAMS_MAX = 1 << 16 };

static struct {
  uint64_t received, unique, duplicates, corrupt, aborted, bytes;
  uint64_t given[4];            /* outcomes: accepted, rejected, released, modified */
  uint64_t first_ns, last_ns, longest_gap_ns;
  Histogram latency;
  NumberSet seen[STREAMS_MAX];  /* message numbers, by the stream in their stamp */
  Connection *held_connection;  /* of the delivery that is settled at the end; NULL: none (any more) */
  uint32_t held_id;
  uint64_t held_number;
  bool held_once;
  double cpu_at_start;
} receiver;

/* ---- the message ---- */

/* The body's first byte: behind the sections in front of the data section (§3.2). NULL: there is no data section. */
static const uint8_t *find_body(const uint8_t *at, const uint8_t *end, uint64_t *size) {
  while (at < end) {
    uint64_t code = read_descriptor(&at, end);
    if (code == CODE_DATA && end - at >= 5) {
      bool wide = *at == 0xb0;
      *size = wide ? read_u32(at + 1) : at[1];
      return at + (wide ? 5 : 2);
    }
    if (code >= CODE_DATA) return NULL;
    at = skip_value(at, end);
  }
  return NULL;
}

static void begin_message(Link *link, const uint8_t *payload, const uint8_t *end) {
  uint64_t size = 0;
  const uint8_t *body = find_body(payload, end, &size);
  link->incoming_corrupt = !body || end - body < STAMP_SIZE;
  link->incoming_body_size = size;
  link->incoming_offset = 0;
  if (link->incoming_corrupt) return;
  link->incoming_number = read_u64(body);
  link->incoming_stamp = read_u64(body + 8);
  link->incoming_offset = (uint64_t)(end - body);
  if (memcmp(body + STAMP_SIZE, body_bytes(STAMP_SIZE), (size_t)(end - body) - STAMP_SIZE) != 0) link->incoming_corrupt = true;
}

static void continue_message(Link *link, const uint8_t *payload, const uint8_t *end) {
  size_t size = (size_t)(end - payload);
  if (size > PATTERN_SIZE || memcmp(payload, body_bytes(link->incoming_offset), size) != 0) link->incoming_corrupt = true;
  link->incoming_offset += size;
}

static void count_message(const Link *link, uint64_t now) {
  receiver.received++;
  if (!receiver.first_ns) {
    receiver.first_ns = now;
    receiver.cpu_at_start = cpu_seconds();
  } else if (now - receiver.last_ns > receiver.longest_gap_ns) {
    receiver.longest_gap_ns = now - receiver.last_ns;
  }
  receiver.last_ns = now;
  uint64_t stream = link->incoming_number >> 48, number = link->incoming_number & 0xffffffffffff;
  if (link->incoming_corrupt || link->incoming_offset != link->incoming_body_size) {
    receiver.corrupt++;
    return;
  }
  histogram_record(&receiver.latency, now > link->incoming_stamp ? now - link->incoming_stamp : 0);
  if (number_set_add(&receiver.seen[stream], number)) {
    receiver.unique++;
  } else {
    receiver.duplicates++;
  }
}

/* ---- settling ---- */

static uint8_t choose_outcome(uint64_t number) {
  static const uint8_t mix[8] = {CODE_REJECTED, CODE_ACCEPTED, CODE_RELEASED, CODE_ACCEPTED,
                                 CODE_MODIFIED, CODE_ACCEPTED, CODE_ACCEPTED, CODE_ACCEPTED};
  return load.options.outcome == OUTCOME_MIX ? mix[number % 8] : load.options.outcome;
}

static void settle(Link *link) {
  Connection *connection = link->connection;
  if (load.options.hold >= 0 && !receiver.held_once && receiver.received > (uint64_t)load.options.hold) {
    receiver.held_connection = connection;
    receiver.held_id = link->incoming_id;
    receiver.held_number = link->incoming_number & 0xffffffffffff;
    receiver.held_once = true;
    return;
  }
  uint8_t outcome = choose_outcome(link->incoming_number);
  receiver.given[outcome - CODE_ACCEPTED]++;
  if (connection->pending_count == connection->pending_capacity) {
    connection->pending_capacity = connection->pending_capacity ? connection->pending_capacity * 2 : 64;
    connection->pending = realloc(connection->pending, connection->pending_capacity * sizeof(Pending));
    if (!connection->pending) fail("out of memory");
  }
  connection->pending[connection->pending_count++] = (Pending){link->incoming_id, outcome};
}

/* As a client library does that settles once a read: consecutive deliveries with one outcome in one disposition. */
static void write_pending_ranges(Connection *connection) {
  const Pending *pending = connection->pending;
  for (uint32_t from = 0, to; from < connection->pending_count; from = to) {
    for (to = from + 1; to < connection->pending_count; to++) {
      if (pending[to].id != pending[to - 1].id + 1 || pending[to].outcome != pending[from].outcome) break;
    }
    write_disposition(&connection->out, true, pending[from].id, pending[to - 1].id, pending[from].outcome);
  }
}

static void write_pending(Connection *connection) {
  if (connection->pending_count == 0) return;
  uint32_t count = connection->pending_count;
  if (load.options.settle_order == SETTLE_RANGE) {
    write_pending_ranges(connection);
  } else {
    bool backwards = load.options.settle_order == SETTLE_BACKWARDS;
    for (uint32_t at = 0; at < count; at++) {
      Pending one = connection->pending[backwards ? count - 1 - at : at];
      write_disposition(&connection->out, true, one.id, one.id, one.outcome);
    }
  }
  connection->pending_count = 0;
  mark_dirty(connection);
}

static void on_read_done(Connection *connection) {
  if (connection->pending_count >= load.options.settle_batch) write_pending(connection);
}

static void settle_held(void) {
  if (!receiver.held_connection || receiver.held_connection->closed) return;
  write_disposition(&receiver.held_connection->out, true, receiver.held_id, receiver.held_id, load.options.held_outcome);
  receiver.given[load.options.held_outcome - CODE_ACCEPTED]++;
  mark_dirty(receiver.held_connection);
  receiver.held_connection = NULL;
}

/* ---- what arrives ---- */

static void on_attached(Link *link) {
  link->credit = load.options.credit;
  if (link->credit) write_flow(link, false);
}

static void on_flow(Link *link, bool drain) { (void)link, (void)drain; }

static void on_disposition(Connection *connection, uint32_t first, uint32_t last, bool settled, uint8_t outcome) {
  (void)connection, (void)first, (void)last, (void)settled, (void)outcome;
  fail("the router sent a disposition of the receiver's to a receiver");
}

static void renew_credit(Link *link) {
  link->delivery_count++;
  link->credit--;
  if (++link->credit_used * 2 < load.options.credit) return;
  link->credit_used = 0;
  link->credit = load.options.credit;
  write_flow(link, false);
}

static void on_transfer(Connection *connection, const uint8_t *at, const uint8_t *end, uint64_t now) {
  Fields fields = fields_open(at, end);
  const uint8_t *payload = fields.end;
  uint64_t handle = field_number(&fields, UINT64_MAX), id = field_number(&fields, UINT64_MAX);
  if (handle >= load.options.links_per_connection || !connection->by_peer_handle[handle]) fail("a transfer without a link");
  Link *link = connection->by_peer_handle[handle];
  field_skip(&fields, 2);
  bool settled = field_number(&fields, 0), more = field_number(&fields, 0);
  field_skip(&fields, 3);
  bool aborted = field_number(&fields, 0);
  connection->next_incoming_id++;
  receiver.bytes += (uint64_t)(end - payload);
  if (!link->incoming_more) {
    if (id == UINT64_MAX) fail("the router began a delivery without a delivery-id");
    if (link->credit == 0) fail("the router sent a delivery without credit");
    link->incoming_id = (uint32_t)id;
    link->incoming_settled = settled;
    begin_message(link, payload, end);
  } else {
    link->incoming_settled = link->incoming_settled || settled;
    continue_message(link, payload, end);
  }
  link->incoming_more = more && !aborted;
  if (link->incoming_more) return;
  renew_credit(link);
  if (aborted) {
    receiver.aborted++;
    return;
  }
  count_message(link, now);
  if (!link->incoming_settled) settle(link);
}

static void print_counts(void) {
  printf(",\"received\":%" PRIu64 ",\"unique\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"corrupt\":%" PRIu64 ",\"aborted\":%" PRIu64
         ",\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"released\":%" PRIu64 ",\"modified\":%" PRIu64,
         receiver.received, receiver.unique, receiver.duplicates, receiver.corrupt, receiver.aborted, receiver.given[0],
         receiver.given[1], receiver.given[2], receiver.given[3]);
}

static void write_all_pending(void) {
  for (uint32_t at = 0; at < load.options.connection_count; at++) write_pending(&load.connections[at]);
}

static void periodic(void) {
  write_all_pending();
  if (!load.options.progress) return;
  event_begin("progress");
  print_counts();
  event_end();
}

/* ---- the run ---- */

static void print_result(bool complete) {
  double seconds = (double)(receiver.last_ns - receiver.first_ns) / 1e9;
  event_begin("result");
  printf(",\"complete\":%s", complete ? "true" : "false");
  print_counts();
  if (receiver.held_once) printf(",\"heldNumber\":%" PRIu64, receiver.held_number);
  printf(",\"bytes\":%" PRIu64 ",\"seconds\":%.6f,\"rate\":%.1f,\"longestGapMs\":%.3f,\"cpuSeconds\":%.4f", receiver.bytes,
         seconds, seconds > 0 ? (double)(receiver.received - 1) / seconds : 0, (double)receiver.longest_gap_ns / 1e6,
         receiver.first_ns ? cpu_seconds() - receiver.cpu_at_start : 0);
  print_histogram("latencyUs", &receiver.latency);
  print_trouble();
  event_end();
}

static const Handlers handlers = {on_attached, on_flow, on_transfer, on_disposition, on_read_done, periodic};

static void open_and_say_ready(void) {
  load.handlers = &handlers;
  load_open();
  load_flush();
  event_begin("ready");
  event_end();
}

int run_receiver(void) {
  open_and_say_ready();
  uint64_t silence_ns = (uint64_t)(load.options.silence_seconds * 1e9), began = now_ns();
  while (!load.orders.quit && load.lost_connections < load.options.connection_count) {
    if (receiver.received >= load.orders.expected) break;
    uint64_t last_ns = receiver.last_ns > load.orders.changed_ns ? receiver.last_ns : load.orders.changed_ns;
    /* Silence is a fault only while something is expected: before that, nobody said that messages would come. */
    if (load.orders.expected != UINT64_MAX && now_ns() > (last_ns > began ? last_ns : began) + silence_ns) break;
    load_turn(now_ns() + 200000000);
  }
  bool complete = receiver.received >= load.orders.expected || load.orders.expected == UINT64_MAX;
  write_all_pending();
  settle_held();
  load_flush();
  print_result(complete);
  while (load.options.control && !load.orders.quit) load_turn(UINT64_MAX);
  load_close();
  return complete ? 0 : 1;
}

int run_idle(void) {
  open_and_say_ready();
  uint64_t until = load.options.seconds > 0 ? now_ns() + (uint64_t)(load.options.seconds * 1e9) : UINT64_MAX;
  while (!load.orders.quit && now_ns() < until) load_turn(until);
  event_begin("result");
  printf(",\"complete\":%s,\"attached\":%u", load.lost_connections == 0 ? "true" : "false", load.attached_count);
  print_trouble();
  event_end();
  load_close();
  return load.lost_connections == 0 ? 0 : 1;
}
