/* Bytes of AMQP 1.0: see wire.h. The peer is the router under test, so every read is checked, and a fault ends the run. */
#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fail(const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fprintf(stderr, "amqpload: %s\n", text);
  for (char *at = text; *at; at++) {
    if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ') *at = '\'';
  }
  printf("{\"event\":\"failed\",\"reason\":\"%s\"}\n", text);
  fflush(stdout);
  exit(3);
}

uint8_t *buffer_reserve(Buffer *buffer, size_t count) {
  if (buffer->end + count > buffer->capacity) {
    memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
    buffer->end -= buffer->start;
    buffer->start = 0;
    if (buffer->end + count > buffer->capacity) {
      while (buffer->end + count > buffer->capacity) buffer->capacity = buffer->capacity ? buffer->capacity * 2 : 1024;
      buffer->bytes = realloc(buffer->bytes, buffer->capacity);
      if (!buffer->bytes) fail("out of memory");
    }
  }
  return buffer->bytes + buffer->end;
}

/* ---- frames out ---- */

/* Everything but a transfer fits: the longest text is cut by `text_length` to what a str8 holds. */
enum { CONTROL_FRAME_MAX = 2048 };

static void put_byte(FrameWriter *frame, uint8_t value) { frame->out->bytes[frame->out->end++] = value; }

static void put_bytes(FrameWriter *frame, const void *bytes, size_t count) {
  memcpy(frame->out->bytes + frame->out->end, bytes, count);
  frame->out->end += count;
}

/*   size:4  doff=2  type  channel=0:2 │ 00 53 code │ d0 size:4 count:4 fields …   (list32: patched by frame_end) */
FrameWriter frame_begin(Buffer *out, uint8_t frame_type, uint8_t code) {
  buffer_reserve(out, CONTROL_FRAME_MAX);
  FrameWriter frame = {out, out->end, 0};
  const uint8_t head[] = {0, 0, 0, 0, 2, frame_type, 0, 0, 0x00, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0};
  put_bytes(&frame, head, sizeof head);
  return frame;
}

void frame_end(FrameWriter *frame) {
  uint8_t *start = frame->out->bytes + frame->start;
  uint32_t size = (uint32_t)(frame->out->end - frame->start);
  write_u32(start, size);
  write_u32(start + 12, size - 16);
  write_u32(start + 16, frame->fields);
}

void put_null(FrameWriter *frame) {
  put_byte(frame, 0x40);
  frame->fields++;
}
void put_boolean(FrameWriter *frame, bool value) {
  put_byte(frame, value ? 0x41 : 0x42);
  frame->fields++;
}
void put_ubyte(FrameWriter *frame, uint8_t value) {
  put_byte(frame, 0x50);
  put_byte(frame, value);
  frame->fields++;
}
void put_ushort(FrameWriter *frame, uint16_t value) {
  put_byte(frame, 0x60);
  put_byte(frame, (uint8_t)(value >> 8));
  put_byte(frame, (uint8_t)value);
  frame->fields++;
}
void put_uint(FrameWriter *frame, uint32_t value) {
  put_byte(frame, 0x70);
  write_u32(frame->out->bytes + frame->out->end, value);
  frame->out->end += 4;
  frame->fields++;
}

static void put_text(FrameWriter *frame, uint8_t constructor, const char *text) {
  size_t length = strlen(text);
  if (length > 240) fail("the text “%.40s…” is longer than 240 bytes", text);
  put_byte(frame, constructor);
  put_byte(frame, (uint8_t)length);
  put_bytes(frame, text, length);
}
void put_string(FrameWriter *frame, const char *text) {
  put_text(frame, 0xa1, text);
  frame->fields++;
}
void put_symbol(FrameWriter *frame, const char *text) {
  put_text(frame, 0xa3, text);
  frame->fields++;
}

void put_terminus(FrameWriter *frame, uint8_t code, const char *address) {
  size_t length = strlen(address);
  const uint8_t head[] = {0x00, 0x53, code, 0xc0, (uint8_t)(length + 3), 1};
  put_bytes(frame, head, sizeof head);
  put_text(frame, 0xa1, address);
  frame->fields++;
}

void put_empty_described(FrameWriter *frame, uint8_t code) {
  const uint8_t value[] = {0x00, 0x53, code, 0x45};
  put_bytes(frame, value, sizeof value);
  frame->fields++;
}

/*   header:8 │ 00 53 14 │ c0 size count=6 │ handle:5 id:5 tag:6 format:1 settled:1 more:1 │ payload
 * Frames after the first of a delivery leave id, tag and format null (§2.7.5). */
uint8_t *write_transfer(Buffer *out, uint32_t handle, uint32_t delivery_id, bool first_frame, bool settled, bool more,
                        size_t payload_size) {
  uint8_t *start = buffer_reserve(out, TRANSFER_OVERHEAD + payload_size), *at = start + FRAME_HEADER_SIZE;
  const uint8_t head[] = {0x00, 0x53, CODE_TRANSFER, 0xc0, 0, 6, 0x70};
  memcpy(at, head, sizeof head);
  uint8_t *list_size = at + 4;
  at += sizeof head;
  write_u32(at, handle);
  at += 4;
  if (first_frame) {
    *at++ = 0x70;
    write_u32(at, delivery_id);
    at += 4;
    *at++ = 0xa0;
    *at++ = 4;
    write_u32(at, delivery_id);
    at += 4;
    *at++ = 0x43;
  } else {
    memset(at, 0x40, 3);
    at += 3;
  }
  *at++ = settled ? 0x41 : 0x42;
  *at++ = more ? 0x41 : 0x42;
  *list_size = (uint8_t)(at - list_size - 1);
  size_t size = (size_t)(at - start) + payload_size;
  write_u32(start, (uint32_t)size);
  write_u32(start + 4, 0x02000000);
  out->end += size;
  return at;
}

void write_disposition(Buffer *out, bool receiver, uint32_t first, uint32_t last, uint8_t outcome) {
  uint8_t *start = buffer_reserve(out, 40), *at = start;
  write_u32(start + 4, 0x02000000);
  const uint8_t head[] = {0x00, 0x53, CODE_DISPOSITION, 0xc0, outcome ? 17 : 13, outcome ? 5 : 4, receiver ? 0x41 : 0x42, 0x70};
  at += FRAME_HEADER_SIZE;
  memcpy(at, head, sizeof head);
  at += sizeof head;
  write_u32(at, first);
  at[4] = 0x70;
  write_u32(at + 5, last);
  at[9] = 0x41;
  at += 10;
  if (outcome) {
    const uint8_t state[] = {0x00, 0x53, outcome, 0x45};
    memcpy(at, state, sizeof state);
    at += sizeof state;
  }
  write_u32(start, (uint32_t)(at - start));
  out->end += (size_t)(at - start);
}

/* ---- fields in ---- */

static void need(const uint8_t *at, const uint8_t *end, size_t count) {
  if ((size_t)(end - at) < count) fail("the router sent a frame that ends inside a value");
}

/* The upper half of a constructor says how many bytes follow, or how wide the size in front of them is (§1.2). */
const uint8_t *skip_value(const uint8_t *at, const uint8_t *end) {
  static const uint8_t fixed[16] = {[4] = 0, [5] = 1, [6] = 2, [7] = 4, [8] = 8, [9] = 16};
  need(at, end, 1);
  uint8_t constructor = *at++, category = constructor >> 4;
  size_t size;
  if (constructor == 0) return skip_value(skip_value(at, end), end);
  if (category >= 4 && category <= 9) {
    size = fixed[category];
  } else if (category == 0xa || category == 0xc || category == 0xe) {
    need(at, end, 1);
    size = *at++;
  } else if (category == 0xb || category == 0xd || category == 0xf) {
    need(at, end, 4);
    size = read_u32(at);
    at += 4;
  } else {
    fail("the router sent the unknown constructor 0x%02x", constructor);
  }
  need(at, end, size);
  return at + size;
}

Fields fields_open(const uint8_t *at, const uint8_t *end) {
  Fields fields = {at, end, 0};
  need(at, end, 1);
  uint8_t constructor = *at++;
  if (constructor == 0x45) {
    fields.at = fields.end = at;
  } else if (constructor == 0xc0) {
    need(at, end, 2);
    fields = (Fields){at + 2, at + 1 + at[0], at[1]};
  } else if (constructor == 0xd0) {
    need(at, end, 8);
    fields = (Fields){at + 8, at + 4 + read_u32(at), read_u32(at + 4)};
  } else {
    fail("the router sent 0x%02x where a list belongs", constructor);
  }
  if (fields.end > end || fields.at > fields.end) fail("the router sent a list that is longer than its frame");
  return fields;
}

/* Moves past the next field and returns where it starts; NULL when no field is left. */
static const uint8_t *next_field(Fields *fields) {
  if (fields->left == 0) return NULL;
  const uint8_t *at = fields->at;
  fields->left--;
  fields->at = skip_value(at, fields->end);
  return at;
}

void field_skip(Fields *fields, uint32_t count) {
  while (count-- > 0) next_field(fields);
}

uint64_t field_number(Fields *fields, uint64_t absent) {
  const uint8_t *at = next_field(fields);
  if (!at) return absent;
  switch (*at) {
    case 0x41: return 1;
    case 0x42: case 0x43: case 0x44: return 0;
    case 0x50: case 0x52: case 0x53: case 0x56: return at[1];
    case 0x60: return (uint64_t)at[1] << 8 | at[2];
    case 0x70: return read_u32(at + 1);
    case 0x80: return read_u64(at + 1);
    default: return absent;
  }
}

const uint8_t *field_text(Fields *fields, size_t *length) {
  const uint8_t *at = next_field(fields);
  *length = 0;
  if (!at || (*at & 0xe0) != 0xa0) return NULL;
  bool wide = *at >= 0xb0;
  *length = wide ? read_u32(at + 1) : at[1];
  return at + (wide ? 5 : 2);
}

uint8_t field_described_code(Fields *fields) {
  const uint8_t *at = next_field(fields);
  if (!at || *at != 0x00) return 0;
  return (uint8_t)read_descriptor(&at, fields->end);
}

void field_error(Fields *fields, char *text, size_t capacity) {
  text[0] = 0;
  const uint8_t *at = next_field(fields);
  if (!at || *at != 0x00) return;
  read_descriptor(&at, fields->end);
  Fields error = fields_open(at, fields->end);
  size_t condition_length, description_length;
  const uint8_t *condition = field_text(&error, &condition_length);
  const uint8_t *description = field_text(&error, &description_length);
  snprintf(text, capacity, "%.*s%s%.*s", (int)condition_length, condition ? (const char *)condition : "",
           description ? ": " : "", (int)description_length, description ? (const char *)description : "");
}

uint64_t read_descriptor(const uint8_t **at, const uint8_t *end) {
  const uint8_t *descriptor = *at + 1;
  need(*at, end, 3);
  if (**at != 0x00) fail("the router sent a frame without a performative");
  *at = skip_value(descriptor, end);
  if (descriptor[0] == 0x53) return descriptor[1];
  if (descriptor[0] == 0x80) return read_u64(descriptor + 1);
  fail("the router sent a descriptor that is not a code (0x%02x)", descriptor[0]);
}
