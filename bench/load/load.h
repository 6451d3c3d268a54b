/* One load: the options, the connections with their one session and its links, and the loop that all roles share.
 *
 *   amqpload.c    options, the roles, the line protocol with the harness
 *   connection.c  sockets, openings, frames in, the event loop
 *   sender.c      what a sender does        receiver.c  what a receiver (busy or idle) does
 *
 * A process is one load in one role, so its state is the one global `load`: handing a pointer through every call would
 * say nothing.
 */
#ifndef LOAD_H
#define LOAD_H

#include "measure.h"
#include "wire.h"

/* ---- what was asked for ---- */

typedef enum { ROLE_SENDER, ROLE_RECEIVER, ROLE_IDLE } Role;
/* How a receiver settles what one read brought: ranges; one disposition each; one each, last delivery first. */
typedef enum { SETTLE_RANGE, SETTLE_EACH, SETTLE_BACKWARDS } SettleOrder;
enum { OUTCOME_MIX = 1 }; /* beside the outcome codes: five in eight accepted, one each of the other three */

typedef struct Options {
  Role role;
  const char *host, *port, *address, *container;
  bool sasl, address_per_link, control, progress;
  uint32_t connection_count, links_per_connection, max_frame_size, stream;
  double seconds, silence_seconds; /* 0: no end; how long nothing may happen before the load gives up */
  /* sender */
  uint64_t count, size;
  double rate; /* messages a second, 0: as fast as credit allows */
  bool properties; /* sender: sections of header and properties before the body */
  bool settled; /* sender: send settled; receiver: ask for settled deliveries */
  /* receiver */
  uint32_t credit, settle_batch; /* settled only when so many are waiting, or at the next look round */
  SettleOrder settle_order;
  uint8_t outcome, held_outcome;
  int64_t hold; /* the delivery, counted from 0, that is settled only at the very end; -1: none */
} Options;

/* ---- connections and links ---- */

struct Connection;

typedef struct Link {
  struct Connection *connection;
  uint32_t index;  /* among all links of the load */
  uint32_t handle; /* ours; the peer's is looked up in `Connection.by_peer_handle` */
  bool attached, detached;
  uint32_t delivery_count, credit;
  /* receiver: the delivery that is coming in */
  bool incoming_more, incoming_settled, incoming_corrupt;
  uint32_t incoming_id;
  uint64_t incoming_number, incoming_stamp, incoming_offset, incoming_body_size;
  uint32_t credit_used;
} Link;

typedef struct Pending {
  uint32_t id;
  uint8_t outcome;
} Pending;

typedef struct Connection {
  int fd;
  uint32_t index;
  Buffer in, out;
  bool dirty, write_blocked, closed, to_visit;
  uint64_t last_write_ns, peer_idle_ns;
  uint32_t peer_max_frame_size;
  /* the session: serial numbers of RFC 1982, so differences are taken modulo 2^32 (§2.5.6) */
  uint32_t next_incoming_id, next_outgoing_id, next_delivery_id, remote_incoming_window;
  Link *links, **by_peer_handle;
  /* sender */
  NumberSet with_outcome;                 /* delivery-ids that have their outcome */
  Link *partial;                          /* the link in the middle of a message of several frames */
  uint64_t partial_offset;
  uint32_t next_link;                     /* round-robin among the links of this connection */
  /* receiver: outcomes of this read, to be written at its end */
  Pending *pending;
  uint32_t pending_count, pending_capacity;
} Connection;

/* What a role does when something arrives; `now` is when the bytes were read. */
typedef struct Handlers {
  void (*attached)(Link *link);
  void (*flow)(Link *link, bool drain);
  void (*transfer)(Connection *connection, const uint8_t *at, const uint8_t *end, uint64_t now);
  void (*disposition)(Connection *connection, uint32_t first, uint32_t last, bool settled, uint8_t outcome);
  void (*read_done)(Connection *connection);
  void (*periodic)(void); /* twice a second */
} Handlers;

/* Orders of the harness, read from standard input (see amqpload.c). */
typedef struct Orders {
  bool go, stop, quit;
  uint64_t expected;   /* how many messages a receiver is to wait for; UINT64_MAX until it is told */
  uint64_t changed_ns; /* when that was said */
} Orders;

typedef struct Load {
  Options options;
  const Handlers *handlers;
  Connection *connections;
  Link **links; /* all of them, by index */
  uint32_t link_count, attached_count, lost_connections, lost_links;
  Orders orders;
  char first_error[300]; /* the first detach, end or close with an error */
} Load;
extern Load load;

/* ---- connection.c ---- */

/* Connects, opens and attaches everything, some connections at a time; returns when all links are attached. */
void load_open(void);
/* Waits for sockets or orders, at most until `until_ns`, and handles what came; then writes what the roles left. */
void load_turn(uint64_t until_ns);
/* Has `connection` written at the end of the turn. */
void mark_dirty(Connection *connection);
/* Writes what is marked now. */
void load_flush(void);
void write_flow(Link *link, bool drain);
/* Closes politely: close frames out, then waits a moment for those of the router. */
void load_close(void);

/* ---- sender.c, receiver.c ---- */

int run_sender(void);
int run_receiver(void);
int run_idle(void);

/* ---- amqpload.c ---- */

/* Prints {"event":"…" and leaves the object open for more; `event_end` closes and flushes it. */
void event_begin(const char *event);
void event_end(void);
void print_histogram(const char *name, const Histogram *histogram);
void print_trouble(void);
void orders_read(void);

/* ---- the body of a message: stream:2 number:6 stamp:8, then a pattern that the receiver checks ---- */

enum { STAMP_SIZE = 16, PATTERN_SIZE = 65536 };
extern uint8_t body_pattern[2 * PATTERN_SIZE];
/* The body's bytes from `offset` on: at least PATTERN_SIZE of them in a row (the stamp is laid over the first 16). */
static inline const uint8_t *body_bytes(uint64_t offset) { return body_pattern + offset % PATTERN_SIZE; }

#endif
