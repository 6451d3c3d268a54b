"""AMQP values of Proton Python as JSON and back; the rules are those of ../values.ts."""
import base64
import zlib

from proton import Array, Data, Message, UNDESCRIBED, symbol, timestamp

BINARY_REPORTED_MAX = 1024
RAW_REPORTED_MAX = 64 * 1024

# Name in the suite, name in Proton.
FIELDS = {
    'durable': 'durable',
    'priority': 'priority',
    'deliveryCount': 'delivery_count',
    'to': 'address',
    'subject': 'subject',
    'replyTo': 'reply_to',
    'messageId': 'id',
    'correlationId': 'correlation_id',
    'contentType': 'content_type',
    'contentEncoding': 'content_encoding',
    'groupId': 'group_id',
    'groupSequence': 'group_sequence',
    'replyToGroupId': 'reply_to_group_id',
}
# Proton Python counts these in seconds.
TIMES = {'ttl': 'ttl', 'expiryTime': 'expiry_time', 'creationTime': 'creation_time'}


def from_base64(text):
    return base64.b64decode(text)


def value(one):
    if isinstance(one, list):
        return [value(item) for item in one]
    if not isinstance(one, dict):
        return one
    if '$symbol' in one:
        return symbol(one['$symbol'])
    if '$binary' in one:
        return from_base64(one['$binary'])
    return {key: value(item) for key, item in one.items()}


def symbol_map(one):
    return {symbol(key): value(item) for key, item in one.items()}


def symbol_array(names):
    return Array(UNDESCRIBED, Data.SYMBOL, *[symbol(name) for name in names])


def patterned_bytes(size):
    period = bytes(range(251))
    return (period * (size // 251 + 1))[:size]


def encode_message(fields, raw, size, to):
    if raw is not None:
        return from_base64(raw)
    if size is not None:
        return Message(body=patterned_bytes(size), address=to, inferred=True).encode()
    message = Message()
    for name, attribute in FIELDS.items():
        if name in fields:
            setattr(message, attribute, fields[name])
    for name, attribute in TIMES.items():
        if name in fields:
            setattr(message, attribute, fields[name] / 1000.0)
    if 'userId' in fields:
        message.user_id = fields['userId'].encode()
    if 'deliveryAnnotations' in fields:
        message.instructions = symbol_map(fields['deliveryAnnotations'])
    if 'messageAnnotations' in fields:
        message.annotations = symbol_map(fields['messageAnnotations'])
    if 'applicationProperties' in fields:
        message.properties = value(fields['applicationProperties'])
    message.body = value(fields.get('body'))
    message.inferred = isinstance(message.body, bytes)
    return message.encode()


def report_message(raw):
    message = Message()
    message.decode(raw)
    fields = {name: getattr(message, attribute) for name, attribute in FIELDS.items()}
    for name in ('contentType', 'contentEncoding'):
        if fields[name] == 'None':  # what Proton Python makes of their absence
            fields[name] = None
    for name, attribute in TIMES.items():
        fields[name] = round(getattr(message, attribute) * 1000)
    fields.update(
        userId=bytes(message.user_id or b'').decode(),
        deliveryAnnotations=report(message.instructions),
        messageAnnotations=report(message.annotations),
        applicationProperties=report(message.properties),
        body=report(message.body),
    )
    told = {'message': fields}
    if len(raw) <= RAW_REPORTED_MAX:
        told['raw'] = base64.b64encode(raw).decode()
    return told


def report(one):
    if isinstance(one, (bytes, bytearray, memoryview)):
        one = bytes(one)
        if len(one) > BINARY_REPORTED_MAX:
            return {'$bytes': len(one), '$crc32': zlib.crc32(one)}
        return {'$binary': base64.b64encode(one).decode()}
    if isinstance(one, dict):
        return {str(key): report(item) for key, item in one.items()}
    if isinstance(one, Array):
        return [report(item) for item in one.elements]
    if isinstance(one, (list, tuple)):
        return [report(item) for item in one]
    if isinstance(one, bool) or one is None:
        return one
    if isinstance(one, (int, timestamp)):
        return int(one)
    if isinstance(one, float):
        return float(one)
    return str(one)


def report_list(one):
    told = report(one)
    return told if isinstance(told, list) else [] if told is None else [told]
