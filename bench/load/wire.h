/* Bytes of AMQP 1.0, as little of it as a load generator needs: frames out, fields in. No protocol state. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Descriptor codes (AMQP 1.0 parts 2, 3 and 5). */
enum {
  CODE_OPEN = 0x10, CODE_BEGIN, CODE_ATTACH, CODE_FLOW, CODE_TRANSFER, CODE_DISPOSITION, CODE_DETACH, CODE_END, CODE_CLOSE,
  CODE_ACCEPTED = 0x24, CODE_REJECTED, CODE_RELEASED, CODE_MODIFIED,
  CODE_SOURCE = 0x28, CODE_TARGET,
  CODE_SASL_MECHANISMS = 0x40, CODE_SASL_INIT, CODE_SASL_CHALLENGE, CODE_SASL_RESPONSE, CODE_SASL_OUTCOME,
  CODE_DATA = 0x75, CODE_AMQP_SEQUENCE, CODE_AMQP_VALUE,
};
enum { FRAME_AMQP = 0, FRAME_SASL = 1, FRAME_HEADER_SIZE = 8 };

static inline uint32_t read_u32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return __builtin_bswap32(value);
}
static inline uint64_t read_u64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return __builtin_bswap64(value);
}
static inline void write_u32(uint8_t *at, uint32_t value) {
  value = __builtin_bswap32(value);
  memcpy(at, &value, sizeof value);
}
static inline void write_u64(uint8_t *at, uint64_t value) {
  value = __builtin_bswap64(value);
  memcpy(at, &value, sizeof value);
}

/* Says what went wrong, as a JSON line for the harness and as text for people, and exits with 3. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- a byte buffer: [start, end) is pending ---- */

typedef struct Buffer {
  uint8_t *bytes;
  size_t start, end, capacity;
} Buffer;

/* Room for `count` more bytes at `end`; what is pending may move. */
uint8_t *buffer_reserve(Buffer *buffer, size_t count);

/* ---- frames out ----
 *
 *   FrameWriter frame = frame_begin(out, FRAME_AMQP, CODE_BEGIN);
 *   put_null(&frame); put_uint(&frame, 0); …             one call a field, in the order of the standard
 *   frame_end(&frame);
 */
typedef struct FrameWriter {
  Buffer *out;
  size_t start;
  uint32_t fields;
} FrameWriter;

FrameWriter frame_begin(Buffer *out, uint8_t frame_type, uint8_t code);
void put_null(FrameWriter *frame);
void put_boolean(FrameWriter *frame, bool value);
void put_ubyte(FrameWriter *frame, uint8_t value);
void put_ushort(FrameWriter *frame, uint16_t value);
void put_uint(FrameWriter *frame, uint32_t value);
void put_string(FrameWriter *frame, const char *text);
void put_symbol(FrameWriter *frame, const char *text);
/* A source or target of which only the address is given. */
void put_terminus(FrameWriter *frame, uint8_t code, const char *address);
/* A described empty list, which is how the outcomes without details are written. */
void put_empty_described(FrameWriter *frame, uint8_t code);
void frame_end(FrameWriter *frame);

/* The start of a transfer frame (§2.7.5); `payload_size` bytes of payload follow, written by the caller at the result. */
enum { TRANSFER_OVERHEAD = 35 };
uint8_t *write_transfer(Buffer *out, uint32_t handle, uint32_t delivery_id, bool first_frame, bool settled, bool more,
                        size_t payload_size);
/* One disposition (§2.7.6), settled; `outcome` is a code, or 0 for none. */
void write_disposition(Buffer *out, bool receiver, uint32_t first, uint32_t last, uint8_t outcome);

/* ---- fields in ---- */

/* The position after the value at `at`; fails the process when it does not fit into [at, end). */
const uint8_t *skip_value(const uint8_t *at, const uint8_t *end);

typedef struct Fields {
  const uint8_t *at, *end; /* of the list; the payload of a transfer starts at `end` */
  uint32_t left;
} Fields;

/* Opens the list of fields at `at` (after the descriptor). Missing trailing fields read as absent. */
Fields fields_open(const uint8_t *at, const uint8_t *end);
void field_skip(Fields *fields, uint32_t count);
/* An unsigned integer or a boolean (1, 0); `absent` when it is null or left out. */
uint64_t field_number(Fields *fields, uint64_t absent);
/* The bytes of a string or symbol; NULL when absent. */
const uint8_t *field_text(Fields *fields, size_t *length);
/* The code of a described value, 0 when absent or not described. */
uint8_t field_described_code(Fields *fields);
/* The condition and description of an error field as one line of text; "" when absent. */
void field_error(Fields *fields, char *text, size_t capacity);

/* The code in front of a performative; `*at` moves to its list. */
uint64_t read_descriptor(const uint8_t **at, const uint8_t *end);

#endif
