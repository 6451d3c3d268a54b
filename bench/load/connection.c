/* Sockets and everything of AMQP that sender and receiver share: openings, sessions, flow, the event loop.
 *
 * Per connection one session on channel 0, and `links_per_connection` links on it. The opening is pipelined (§2.4.1):
 * headers, SASL, open, begin and every attach leave in one write.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum {
  CONNECT_AT_ONCE = 50,         /* connections that may be in their opening: below every listen backlog */
  CONNECT_PATIENCE_MS = 10000,  /* how long a refused connection is tried again */
  EVENTS_AT_ONCE = 256,
  PEER_FRAME_MAX = 1 << 20,     /* larger frames than this are not sent, whatever the peer allows */
  INITIAL_WINDOW = 0x7fffffff,
  HOUSEKEEPING_MS = 500,
};

static int epoll_fd = -1;
static Connection **dirty;
static uint32_t dirty_count;
static uint64_t next_housekeeping_ns;

/* ---- writing ---- */

void mark_dirty(Connection *connection) {
  if (connection->dirty || connection->closed) return;
  connection->dirty = true;
  dirty[dirty_count++] = connection;
}

static void watch(Connection *connection, bool for_writing) {
  struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = connection};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
  connection->write_blocked = for_writing;
}

static void lose(Connection *connection) {
  if (connection->closed) return;
  connection->closed = true;
  load.lost_connections++;
  close(connection->fd);
}

static void flush(Connection *connection) {
  Buffer *out = &connection->out;
  while (out->start < out->end && !connection->closed) {
    ssize_t sent = send(connection->fd, out->bytes + out->start, out->end - out->start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      out->start += (size_t)sent;
    } else if (errno == EAGAIN) {
      if (!connection->write_blocked) watch(connection, true);
      return;
    } else if (errno != EINTR) {
      lose(connection);
    }
  }
  out->start = out->end = 0;
  connection->last_write_ns = now_ns();
  if (connection->write_blocked && !connection->closed) watch(connection, false);
}

void load_flush(void) {
  for (uint32_t at = 0; at < dirty_count; at++) {
    dirty[at]->dirty = false;
    flush(dirty[at]);
  }
  dirty_count = 0;
}

/* ---- opening ---- */

static int dial(void) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  if (getaddrinfo(load.options.host, load.options.port, &hints, &found)) fail("cannot resolve %s", load.options.host);
  for (uint64_t began = now_ns();;) {
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("cannot make a socket: %s (more open files are needed: ulimit -n)", strerror(errno));
    if (connect(fd, found->ai_addr, found->ai_addrlen) == 0) {
      freeaddrinfo(found);
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
      fcntl(fd, F_SETFL, O_NONBLOCK);
      return fd;
    }
    close(fd);
    if (now_ns() - began > CONNECT_PATIENCE_MS * 1000000ull) {
      fail("cannot connect to %s:%s: %s", load.options.host, load.options.port, strerror(errno));
    }
    usleep(50000);
  }
}

static void write_attach(Link *link, const char *container) {
  const Options *options = &load.options;
  bool sender = options->role == ROLE_SENDER;
  char name[240], address[240];
  /* The peer's attach carries the name back: the number at its end finds the link. */
  snprintf(name, sizeof name, "%s/%u", container, link->handle);
  if (options->address_per_link) {
    snprintf(address, sizeof address, "%s.%u", options->address, link->index);
  } else {
    snprintf(address, sizeof address, "%s", options->address);
  }
  FrameWriter frame = frame_begin(&link->connection->out, FRAME_AMQP, CODE_ATTACH);
  put_string(&frame, name);
  put_uint(&frame, link->handle);
  put_boolean(&frame, !sender);
  put_ubyte(&frame, options->settled ? 1 : sender ? 0 : 2); /* snd-settle-mode: settled, unsettled, mixed */
  put_ubyte(&frame, 0);                                     /* rcv-settle-mode: first */
  put_terminus(&frame, CODE_SOURCE, address);
  put_terminus(&frame, CODE_TARGET, address);
  if (sender) {
    put_null(&frame);
    put_null(&frame);
    put_uint(&frame, 0); /* initial-delivery-count */
  }
  frame_end(&frame);
}

static void write_opening(Connection *connection) {
  const Options *options = &load.options;
  Buffer *out = &connection->out;
  char container[200];
  snprintf(container, sizeof container, "%s-%u", options->container, connection->index);
  FrameWriter frame;
  if (options->sasl) {
    memcpy(buffer_reserve(out, 8), "AMQP\3\1\0\0", 8);
    out->end += 8;
    frame = frame_begin(out, FRAME_SASL, CODE_SASL_INIT);
    put_symbol(&frame, "ANONYMOUS");
    frame_end(&frame);
  }
  memcpy(buffer_reserve(out, 8), "AMQP\0\1\0\0", 8);
  out->end += 8;
  frame = frame_begin(out, FRAME_AMQP, CODE_OPEN);
  put_string(&frame, container);
  put_string(&frame, options->host);
  put_uint(&frame, options->max_frame_size);
  put_ushort(&frame, 0); /* channel-max: one session */
  frame_end(&frame);
  frame = frame_begin(out, FRAME_AMQP, CODE_BEGIN);
  put_null(&frame);
  put_uint(&frame, 0);
  put_uint(&frame, INITIAL_WINDOW);
  put_uint(&frame, INITIAL_WINDOW);
  put_uint(&frame, options->links_per_connection - 1); /* handle-max */
  frame_end(&frame);
  for (uint32_t handle = 0; handle < options->links_per_connection; handle++) {
    write_attach(&connection->links[handle], container);
  }
}

static void connection_open(uint32_t index) {
  uint32_t links = load.options.links_per_connection;
  Connection *connection = &load.connections[index];
  connection->fd = dial();
  connection->index = index;
  connection->peer_max_frame_size = 512; /* until the peer's open says otherwise (§2.7.1) */
  connection->links = calloc(links, sizeof(Link));
  connection->by_peer_handle = calloc(links, sizeof(Link *));
  for (uint32_t handle = 0; handle < links; handle++) {
    Link *link = &connection->links[handle];
    *link = (Link){.connection = connection, .handle = handle, .index = index * links + handle};
    load.links[link->index] = link;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event)) fail("epoll: %s", strerror(errno));
  write_opening(connection);
  mark_dirty(connection);
}

void load_open(void) {
  uint32_t count = load.options.connection_count;
  load.link_count = count * load.options.links_per_connection;
  load.connections = calloc(count, sizeof(Connection));
  load.links = calloc(load.link_count, sizeof(Link *));
  dirty = calloc(count, sizeof(Connection *));
  if (!load.connections || !load.links || !dirty) fail("out of memory");
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (load.options.control) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  }
  uint64_t silence_ns = (uint64_t)(load.options.silence_seconds * 1e9), last_ns = now_ns();
  for (uint32_t opened = 0; load.attached_count < load.link_count && !load.orders.quit;) {
    uint32_t before = load.attached_count;
    while (opened < count && opened - before / load.options.links_per_connection < CONNECT_AT_ONCE) connection_open(opened++);
    load_flush();
    load_turn(now_ns() + 50000000);
    if (load.attached_count > before) last_ns = now_ns();
    if (load.lost_connections || load.lost_links) fail("the router ended a connection or link that was being opened %s", load.first_error);
    if (now_ns() - last_ns > silence_ns) fail("%u of %u links attached, then silence", load.attached_count, load.link_count);
  }
}

void load_close(void) {
  for (uint32_t index = 0; index < load.options.connection_count; index++) {
    Connection *connection = &load.connections[index];
    if (connection->closed || !connection->out.bytes) continue;
    FrameWriter frame = frame_begin(&connection->out, FRAME_AMQP, CODE_CLOSE);
    frame_end(&frame);
    mark_dirty(connection);
  }
  load_flush();
  for (uint64_t until = now_ns() + 1000000000; now_ns() < until && load.lost_connections < load.options.connection_count;) {
    load_turn(until);
  }
}

/* ---- frames in ---- */

void write_flow(Link *link, bool drain) {
  Connection *connection = link->connection;
  FrameWriter frame = frame_begin(&connection->out, FRAME_AMQP, CODE_FLOW);
  put_uint(&frame, connection->next_incoming_id);
  put_uint(&frame, INITIAL_WINDOW);
  put_uint(&frame, connection->next_outgoing_id);
  put_uint(&frame, INITIAL_WINDOW);
  put_uint(&frame, link->handle);
  put_uint(&frame, link->delivery_count);
  put_uint(&frame, link->credit);
  if (drain) {
    put_null(&frame);
    put_boolean(&frame, true);
  }
  frame_end(&frame);
  mark_dirty(connection);
}

static Link *link_of(Connection *connection, uint64_t peer_handle) {
  Link *link = peer_handle < load.options.links_per_connection ? connection->by_peer_handle[peer_handle] : NULL;
  if (!link) fail("the router used the handle %llu, which is not attached", (unsigned long long)peer_handle);
  return link;
}

static void on_attach(Connection *connection, Fields fields) {
  size_t length;
  const uint8_t *name = field_text(&fields, &length);
  uint64_t peer_handle = field_number(&fields, 0), number = 0, scale = 1;
  for (; name && length > 0 && name[length - 1] >= '0' && name[length - 1] <= '9'; length--, scale *= 10) {
    number += scale * (uint64_t)(name[length - 1] - '0');
  }
  if (number >= load.options.links_per_connection || peer_handle >= load.options.links_per_connection) {
    fail("the router attached a link that was not asked for (handle %llu)", (unsigned long long)peer_handle);
  }
  Link *link = connection->by_peer_handle[peer_handle] = &connection->links[number];
  field_skip(&fields, 7); /* role, both settle modes, source, target, unsettled, incomplete-unsettled */
  if (load.options.role != ROLE_SENDER) link->delivery_count = (uint32_t)field_number(&fields, 0);
  link->attached = true;
  load.attached_count++;
  load.handlers->attached(link);
}

static void on_flow(Connection *connection, Fields fields) {
  uint32_t next_incoming_id = (uint32_t)field_number(&fields, 0);
  uint32_t incoming_window = (uint32_t)field_number(&fields, 0);
  connection->remote_incoming_window = next_incoming_id + incoming_window - connection->next_outgoing_id;
  field_skip(&fields, 2);
  uint64_t handle = field_number(&fields, UINT64_MAX);
  if (handle == UINT64_MAX) {
    load.handlers->flow(NULL, false);
    return;
  }
  Link *link = link_of(connection, handle);
  uint32_t delivery_count = (uint32_t)field_number(&fields, 0);
  uint32_t credit = (uint32_t)field_number(&fields, 0);
  field_skip(&fields, 1);
  bool drain = field_number(&fields, 0), echo = field_number(&fields, 0);
  if (load.options.role == ROLE_SENDER) {
    /* §2.6.7: what is left of the credit, counted from where the receiver believes us to be */
    int32_t left = (int32_t)(delivery_count + credit - link->delivery_count);
    link->credit = left > 0 ? (uint32_t)left : 0;
  }
  load.handlers->flow(link, drain);
  if (echo && !drain) write_flow(link, false);
}

static void on_disposition(Connection *connection, Fields fields) {
  bool by_receiver = field_number(&fields, 0);
  uint32_t first = (uint32_t)field_number(&fields, 0), last = (uint32_t)field_number(&fields, first);
  bool settled = field_number(&fields, 0);
  if (by_receiver) load.handlers->disposition(connection, first, last, settled, field_described_code(&fields));
}

static void on_error(const char *what, Fields *fields) {
  char text[200];
  field_error(fields, text, sizeof text);
  if (text[0] && !load.first_error[0]) snprintf(load.first_error, sizeof load.first_error, "%s: %s", what, text);
}

static void on_detach(Connection *connection, Fields fields) {
  Link *link = link_of(connection, field_number(&fields, UINT64_MAX));
  field_skip(&fields, 1);
  on_error("detach", &fields);
  if (link->detached) return;
  link->detached = true;
  link->credit = 0;
  load.lost_links++;
  FrameWriter frame = frame_begin(&connection->out, FRAME_AMQP, CODE_DETACH);
  put_uint(&frame, link->handle);
  put_boolean(&frame, true);
  frame_end(&frame);
  mark_dirty(connection);
}

static void on_open(Connection *connection, Fields fields) {
  field_skip(&fields, 2);
  uint64_t max_frame_size = field_number(&fields, UINT32_MAX);
  connection->peer_max_frame_size = max_frame_size < PEER_FRAME_MAX ? (uint32_t)max_frame_size : PEER_FRAME_MAX;
  field_skip(&fields, 1);
  connection->peer_idle_ns = field_number(&fields, 0) * 1000000;
}

static void on_begin(Connection *connection, Fields fields) {
  field_skip(&fields, 1);
  connection->next_incoming_id = (uint32_t)field_number(&fields, 0);
  connection->remote_incoming_window = (uint32_t)field_number(&fields, 0);
}

static void on_frame(Connection *connection, const uint8_t *frame, const uint8_t *end, uint64_t now) {
  const uint8_t *at = frame + frame[4] * 4;
  if (at >= end) return; /* a heartbeat */
  uint64_t code = read_descriptor(&at, end);
  if (code == CODE_TRANSFER) {
    load.handlers->transfer(connection, at, end, now);
    return;
  }
  Fields fields = fields_open(at, end);
  switch (code) {
    case CODE_OPEN: on_open(connection, fields); break;
    case CODE_BEGIN: on_begin(connection, fields); break;
    case CODE_ATTACH: on_attach(connection, fields); break;
    case CODE_FLOW: on_flow(connection, fields); break;
    case CODE_DISPOSITION: on_disposition(connection, fields); break;
    case CODE_DETACH: on_detach(connection, fields); break;
    case CODE_END: on_error("end", &fields); lose(connection); break;
    case CODE_CLOSE: on_error("close", &fields); lose(connection); break;
    case CODE_SASL_MECHANISMS: break;
    case CODE_SASL_OUTCOME: if (field_number(&fields, 99) != 0) fail("the router refused SASL ANONYMOUS"); break;
    default: fail("the router sent the unknown performative 0x%llx", (unsigned long long)code);
  }
}

/* ---- reading ---- */

static void read_frames(Connection *connection) {
  Buffer *in = &connection->in;
  size_t room = load.options.connection_count > 16 ? 4096 : 256 * 1024;
  /* Once it exists, this only moves what is pending to the front. */
  buffer_reserve(in, in->capacity ? in->capacity - (in->end - in->start) : room);
  ssize_t received = recv(connection->fd, in->bytes + in->end, in->capacity - in->end, 0);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (received <= 0) {
    lose(connection);
    return;
  }
  in->end += (size_t)received;
  uint64_t now = now_ns();
  while (in->end - in->start >= 8 && !connection->closed) {
    const uint8_t *frame = in->bytes + in->start;
    if (memcmp(frame, "AMQP", 4) == 0) { /* a protocol header; no frame is 0x414d5150 bytes long */
      in->start += 8;
      continue;
    }
    uint32_t size = read_u32(frame);
    if (size < 8 || size > load.options.max_frame_size || frame[4] < 2 || frame[4] * 4u > size) {
      fail("the router sent a frame of %u bytes (data offset %u)", size, frame[4]);
    }
    if (in->end - in->start < size) {
      buffer_reserve(in, size - (in->end - in->start));
      break;
    }
    on_frame(connection, frame, frame + size, now);
    in->start += size;
  }
  if (in->start == in->end) in->start = in->end = 0;
  if (!connection->closed) load.handlers->read_done(connection);
}

/* ---- the loop ---- */

static void housekeeping(uint64_t now) {
  next_housekeeping_ns = now + HOUSEKEEPING_MS * 1000000ull;
  for (uint32_t index = 0; index < load.options.connection_count; index++) {
    Connection *connection = &load.connections[index];
    if (connection->closed || connection->peer_idle_ns == 0 || connection->out.end > connection->out.start) continue;
    /* A third of the peer's time-out: half is the standard's advice (§2.4.5), and housekeeping itself is not exact. */
    if (now - connection->last_write_ns < connection->peer_idle_ns / 3) continue;
    memcpy(buffer_reserve(&connection->out, 8), "\0\0\0\10\2\0\0\0", 8);
    connection->out.end += 8;
    mark_dirty(connection);
  }
  load.handlers->periodic();
}

/* Returns how many events there are. epoll_wait counts in milliseconds, but at 20,000 messages a second the next one is
 * due in 50 µs: short waits go through ppoll, which counts in nanoseconds, on the epoll descriptor itself. */
static int wait_for_events(struct epoll_event *events, uint64_t until_ns) {
  uint64_t now = now_ns();
  if (until_ns > next_housekeeping_ns) until_ns = next_housekeeping_ns;
  uint64_t ns = until_ns > now ? until_ns - now : 0;
  if (ns >= 2000000) return epoll_wait(epoll_fd, events, EVENTS_AT_ONCE, (int)(ns / 1000000));
  struct timespec patience = {0, (long)ns};
  struct pollfd descriptor = {.fd = epoll_fd, .events = POLLIN};
  if (ns > 0 && ppoll(&descriptor, 1, &patience, NULL) <= 0) return 0;
  return epoll_wait(epoll_fd, events, EVENTS_AT_ONCE, 0);
}

void load_turn(uint64_t until_ns) {
  load_flush();
  struct epoll_event events[EVENTS_AT_ONCE];
  int count = wait_for_events(events, until_ns);
  for (int at = 0; at < count; at++) {
    Connection *connection = events[at].data.ptr;
    if (!connection) {
      orders_read();
      continue;
    }
    if (connection->closed) continue;
    if (events[at].events & EPOLLOUT) mark_dirty(connection);
    if (events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_frames(connection);
  }
  uint64_t now = now_ns();
  if (now >= next_housekeeping_ns) housekeeping(now);
  load_flush();
}
