/* The sender: at a fixed rate, or as fast as the credit of the router allows.
 *
 * At a fixed rate each message carries the time at which it was *due*, not the time at which it left: when the router
 * (or its credit) makes us late, the wait is part of the latency (no coordinated omission).
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>

#include "load.h"

enum { OUTPUT_AT_ONCE = 256 * 1024, DATA_HEADER_MAX = 8 + 64 };

static struct {
  uint64_t started_ns, sending_ended_ns; /* 0: not yet */
  uint64_t last_progress_ns;
  uint64_t begun, sent, limit;  /* messages of which the first, the last frame was written; how many are to be sent */
  uint64_t with_outcome, by_outcome[4], without_state; /* accepted, rejected, released, modified */
  uint64_t second_outcomes, unknown_outcomes;
  int64_t first_not_accepted;   /* delivery-id, -1: none */
  uint32_t next_link;           /* round-robin at a fixed rate */
  double cpu_at_start;
} sender;

/* The connections on which something changed: read from, or stopped by a full output. With a thousand connections it
 * would cost too much to ask every one of them in every turn. */
static Connection **visits;
static uint32_t visit_count;

static void visit_later(Connection *connection) {
  if (connection->to_visit) return;
  connection->to_visit = true;
  visits[visit_count++] = connection;
}

/* ---- one message ---- */

/* header(durable=true), properties(message-id="message-0001", to=…, subject="bench"), as clients write them. */
static size_t leading_sections(uint8_t *at) {
  static const uint8_t sections[] =
      "\x00\x53\x70\xc0\x02\x01\x41"
      "\x00\x53\x73\xc0\x1e\x04\xa1\x0cmessage-0001\x40\xa1\x05" "bench" "\xa1\x05" "bench";
  memcpy(at, sections, sizeof sections - 1);
  return sizeof sections - 1;
}

/* The head of the data section (§3.2.6): vbin8 or vbin32. */
static size_t data_header(uint8_t *at, uint64_t size) {
  const uint8_t descriptor[] = {0x00, 0x53, CODE_DATA};
  memcpy(at, descriptor, sizeof descriptor);
  if (size < 256) {
    at[3] = 0xa0;
    at[4] = (uint8_t)size;
    return 5;
  }
  at[3] = 0xb0;
  write_u32(at + 4, (uint32_t)size);
  return 8;
}

static bool has_room(const Connection *connection) {
  return connection->remote_incoming_window > 0 && connection->remote_incoming_window < 0x80000000u &&
         connection->out.end - connection->out.start < OUTPUT_AT_ONCE;
}

/* Writes one frame of a message, from `offset` of its body on; returns the offset after it. */
static uint64_t write_message_frame(Link *link, uint64_t offset, uint64_t stamp_ns) {
  Connection *connection = link->connection;
  const Options *options = &load.options;
  bool first = offset == 0;
  uint8_t header[DATA_HEADER_MAX];
  size_t header_size = first && options->properties ? leading_sections(header) : 0;
  if (first) header_size += data_header(header + header_size, options->size);
  size_t space = connection->peer_max_frame_size - TRANSFER_OVERHEAD - header_size;
  if (space > PATTERN_SIZE) space = PATTERN_SIZE;
  uint64_t left = options->size - offset;
  bool more = space < left;
  size_t body_size = more ? space : (size_t)left;
  uint8_t *at = write_transfer(&connection->out, link->handle, connection->next_delivery_id, first, options->settled, more,
                               header_size + body_size);
  memcpy(at, header, header_size);
  memcpy(at + header_size, body_bytes(offset), body_size);
  if (first) {
    write_u64(at + header_size, (uint64_t)options->stream << 48 | sender.begun);
    write_u64(at + header_size + 8, stamp_ns);
  }
  connection->next_outgoing_id++;
  connection->remote_incoming_window--;
  return offset + body_size;
}

/* Writes frames of `link`'s message from `offset` on while there is room. What found none stays `partial`, and goes on
 * before anything else of its connection. */
static void write_message(Link *link, uint64_t offset, uint64_t stamp_ns) {
  Connection *connection = link->connection;
  bool first = offset == 0;
  do {
    offset = write_message_frame(link, offset, stamp_ns);
  } while (offset < load.options.size && has_room(connection));
  if (first) {
    sender.begun++;
    connection->next_delivery_id++;
    link->delivery_count++;
    link->credit--;
  }
  bool partial = offset < load.options.size;
  connection->partial = partial ? link : NULL;
  connection->partial_offset = offset;
  if (partial) {
    visit_later(connection);
  } else {
    sender.sent++;
  }
  mark_dirty(connection);
}

/* ---- how fast ---- */

/* Everything that this connection has credit and room for, its links taking turns. */
static void send_all_possible(Connection *connection) {
  uint32_t count = load.options.links_per_connection, without_credit = 0;
  while (without_credit < count && !connection->partial && sender.begun < sender.limit && has_room(connection)) {
    Link *link = &connection->links[connection->next_link];
    connection->next_link = connection->next_link + 1 == count ? 0 : connection->next_link + 1;
    if (link->credit == 0) {
      without_credit++;
    } else {
      without_credit = 0;
      write_message(link, 0, now_ns());
    }
  }
}

static void visit(Connection *connection) {
  if (connection->closed) return;
  if (connection->partial && has_room(connection)) write_message(connection->partial, connection->partial_offset, 0);
  if (load.options.rate == 0) send_all_possible(connection);
  if (connection->out.end - connection->out.start >= OUTPUT_AT_ONCE) visit_later(connection);
}

/* A visit that asks for another one lands on a place of the list that was read already. */
static void visit_all(void) {
  uint32_t count = visit_count;
  visit_count = 0;
  for (uint32_t at = 0; at < count; at++) {
    visits[at]->to_visit = false;
    visit(visits[at]);
  }
}

/* After a flush: is there a connection that was stopped by its full output, and now has room again? */
static bool can_go_on(void) {
  for (uint32_t at = 0; at < visit_count; at++) {
    if (!visits[at]->closed && !visits[at]->write_blocked && has_room(visits[at])) return true;
  }
  return false;
}

static uint64_t due_ns(uint64_t number) { return sender.started_ns + (uint64_t)((double)number / load.options.rate * 1e9); }

/* The next link that can send, going round among all links; NULL when none can. */
static Link *next_sending_link(void) {
  for (uint32_t tried = 0; tried < load.link_count; tried++) {
    Link *link = load.links[sender.next_link];
    sender.next_link = sender.next_link + 1 == load.link_count ? 0 : sender.next_link + 1;
    Connection *connection = link->connection;
    if (link->credit > 0 && !connection->partial && !connection->closed && has_room(connection)) return link;
  }
  return NULL;
}

/* Everything that is due by now; returns when the next message will be, UINT64_MAX when it waits for credit or room. */
static uint64_t send_what_is_due(uint64_t now) {
  while (sender.begun < sender.limit) {
    uint64_t due = due_ns(sender.begun);
    if (due > now) return due;
    Link *link = next_sending_link();
    if (!link) break;
    write_message(link, 0, due);
  }
  return UINT64_MAX;
}

/* ---- what comes back ---- */

static void on_attached(Link *link) { (void)link; }

static void on_flow(Link *link, bool drain) {
  if (!link || !drain) return;
  /* §2.6.7: nothing more to send for this credit; the delivery-count moves as if it had been used. */
  link->delivery_count += link->credit;
  link->credit = 0;
  write_flow(link, true);
}

static void on_transfer(Connection *connection, const uint8_t *at, const uint8_t *end, uint64_t now) {
  (void)connection, (void)at, (void)end, (void)now;
  fail("the router sent a transfer to a sender");
}

static void on_disposition(Connection *connection, uint32_t first, uint32_t last, bool settled, uint8_t outcome) {
  uint64_t count = (uint64_t)(uint32_t)(last - first) + 1;
  if (last >= connection->next_delivery_id || first > last) {
    sender.unknown_outcomes += count;
    return;
  }
  uint64_t fresh = number_set_add_range(&connection->with_outcome, first, last);
  sender.second_outcomes += count - fresh;
  sender.with_outcome += fresh;
  if (outcome >= CODE_ACCEPTED && outcome <= CODE_MODIFIED) {
    sender.by_outcome[outcome - CODE_ACCEPTED] += fresh;
  } else {
    sender.without_state += fresh;
  }
  if (outcome != CODE_ACCEPTED && sender.first_not_accepted < 0) sender.first_not_accepted = first;
  if (!settled) {
    write_disposition(&connection->out, false, first, last, 0);
    mark_dirty(connection);
  }
}

static void on_read_done(Connection *connection) {
  sender.last_progress_ns = now_ns();
  visit_later(connection);
}

static void print_counts(void) {
  printf(",\"sent\":%" PRIu64 ",\"outcomes\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"released\":%" PRIu64
         ",\"modified\":%" PRIu64 ",\"withoutState\":%" PRIu64 ",\"secondOutcomes\":%" PRIu64 ",\"unknownOutcomes\":%" PRIu64,
         sender.sent, sender.with_outcome, sender.by_outcome[0], sender.by_outcome[1], sender.by_outcome[2],
         sender.by_outcome[3], sender.without_state, sender.second_outcomes, sender.unknown_outcomes);
}

static void periodic(void) {
  if (!load.options.progress) return;
  event_begin("progress");
  print_counts();
  event_end();
}

/* ---- the run ---- */

static void start(uint64_t now) {
  sender.started_ns = sender.last_progress_ns = now;
  sender.limit = load.options.count ? load.options.count : UINT64_MAX;
  sender.cpu_at_start = cpu_seconds();
}

static bool all_links_have_credit(void) {
  for (uint32_t index = 0; index < load.link_count; index++) {
    if (load.links[index]->credit == 0) return false;
  }
  return true;
}

/* Sends what can be sent now; returns when there will be more to do if nothing arrives before. */
static uint64_t send_some(uint64_t now) {
  uint64_t end = load.options.seconds > 0 ? sender.started_ns + (uint64_t)(load.options.seconds * 1e9) : UINT64_MAX;
  if ((now >= end || load.orders.stop) && sender.begun < sender.limit) sender.limit = sender.begun;
  visit_all();
  uint64_t next = load.options.rate > 0 ? send_what_is_due(now) : UINT64_MAX;
  load_flush();
  if (can_go_on()) return now;
  return next < end || now >= end ? next : end;
}

/* Said exactly once: when the last message has left, or when the run ends before that. */
static void note_end_of_sending(uint64_t now, bool ended) {
  if (sender.sending_ended_ns || (sender.sent < sender.limit && !ended)) return;
  sender.sending_ended_ns = now;
  event_begin("sent");
  printf(",\"count\":%" PRIu64, sender.sent);
  event_end();
}

static bool finished(void) {
  if (!sender.sending_ended_ns) return false;
  if (!load.options.settled) return sender.with_outcome >= sender.sent;
  for (uint32_t at = 0; at < load.options.connection_count; at++) {
    if (load.connections[at].out.end > load.connections[at].out.start) return false;
  }
  return true;
}

static void print_result(bool complete) {
  double seconds = (double)(now_ns() - sender.started_ns) / 1e9;
  event_begin("result");
  printf(",\"complete\":%s", complete ? "true" : "false");
  print_counts();
  printf(",\"firstNotAccepted\":%" PRId64 ",\"seconds\":%.6f,\"rate\":%.1f,\"cpuSeconds\":%.4f", sender.first_not_accepted,
         seconds, seconds > 0 ? (double)sender.sent / seconds : 0, cpu_seconds() - sender.cpu_at_start);
  print_trouble();
  event_end();
}

/* Ready means that every link has credit, so that the start is not blurred by the router's first look at us. */
static void await_orders(uint64_t silence_ns) {
  uint64_t began = now_ns();
  while (!all_links_have_credit() && !load.orders.quit && load.lost_connections + load.lost_links == 0) {
    load_turn(now_ns() + 100000000);
    if (!load.options.control && now_ns() - began > silence_ns) fail("the router gives no credit");
  }
  event_begin("ready");
  event_end();
  while (!load.orders.go && !load.orders.quit) load_turn(UINT64_MAX);
  for (uint32_t at = 0; at < load.options.connection_count; at++) visit_later(&load.connections[at]);
}

int run_sender(void) {
  static const Handlers handlers = {on_attached, on_flow, on_transfer, on_disposition, on_read_done, periodic};
  load.handlers = &handlers;
  sender.first_not_accepted = -1;
  visits = calloc(load.options.connection_count, sizeof(Connection *));
  uint64_t silence_ns = (uint64_t)(load.options.silence_seconds * 1e9);
  load_open();
  await_orders(silence_ns);
  start(now_ns());
  for (uint64_t sent_before = 0; !load.orders.quit && load.lost_connections < load.options.connection_count;) {
    uint64_t now = now_ns(), next = send_some(now);
    note_end_of_sending(now, false);
    if (finished()) break;
    if (sender.sent != sent_before) sender.last_progress_ns = now;
    if (now > sender.last_progress_ns + silence_ns) break;
    sent_before = sender.sent;
    load_turn(next);
  }
  bool complete = finished();
  note_end_of_sending(now_ns(), true);
  print_result(complete);
  while (load.options.control && !load.orders.quit) load_turn(UINT64_MAX);
  load_close();
  return complete ? 0 : 1;
}
