"""A first program on a mesh, in Python with Qpid Proton. README.md of the bundle tells what there is to try.

    python3 sample.py send CHANNEL [TEXT] [--count N]
    python3 sample.py receive CHANNEL [--count N]
    python3 sample.py request CHANNEL [TEXT] [--count N]
    python3 sample.py serve CHANNEL [--count N]

It connects to the first endpoint that answers, and to the next one when that is lost. Exit codes: 0 done, 1 a message was
rejected, 2 wrong words or files, 3 the channel was refused, 4 no endpoint takes the connection.
"""
import argparse
import json
import os
import ssl
import sys
import time
import uuid

from proton import ConnectionException, Delivery, LinkException, Message, SSLDomain, Timeout
from proton.utils import BlockingConnection

FOLDER = os.environ.get("WEFT_BUNDLE", os.path.join("..", ".."))


def say(line):
    print(line, file=sys.stderr, flush=True)


def tell(line):
    print(line, flush=True)


def read_bundle():
    try:
        with open(os.path.join(FOLDER, "connection.json"), encoding="utf-8") as file:
            bundle = json.load(file)
        for name in ("ca", "cert", "key"):
            bundle[name] = os.path.join(FOLDER, bundle[name])
            open(bundle[name], encoding="utf-8").close()
        return bundle
    except OSError as error:
        say(f"{error}: run it in its folder, or name the bundle by WEFT_BUNDLE")
        sys.exit(2)


def read_words(bundle):
    channels = "".join(f"\n  {one['channel']}  {', '.join(one['may'])}" for one in bundle["channels"])
    parser = argparse.ArgumentParser(
        description="Try a channel.", epilog="channels:" + channels, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in VERBS.items():
        is_told = name in ("send", "request")
        words = verbs.add_parser(name, help=verb.__doc__)
        words.add_argument("channel")
        if is_told:
            words.add_argument("text", nargs="?", default="hello")
        words.add_argument("--count", type=count_of, default=1 if is_told else float("inf"))
    return parser.parse_args()


def count_of(text):
    count = int(text)
    if count < 1:
        raise ValueError
    return count


# --- the connection ------------------------------------------------------------------------------------------------------


def certificate_fault(bundle):
    """What is wrong with our certificate; '' when nothing is. We show it to ourselves: routers end the connection without a
    reason when they do not take it."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(bundle["ca"])
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        for side in (client, server):
            side.load_cert_chain(bundle["cert"], bundle["key"])
        ends = (client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True))
        for end in ends * 2:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
        return ""
    except ssl.SSLError as error:
        return getattr(error, "verify_message", None) or str(error)


def connect(bundle):
    """The connection to the first endpoint that takes us; None when none does."""
    fault = certificate_fault(bundle)
    if fault != "":
        say(f"cert.pem: {fault}; a new one is made by: weft mesh bundle {bundle['application']}")
        return None
    for endpoint in bundle["endpoints"]:
        place = f"{endpoint['router']} ({endpoint['host']}:{endpoint['port']})"
        try:
            # The files are read each time: the certificate may have been renewed.
            tls = SSLDomain(SSLDomain.MODE_CLIENT)
            tls.set_trusted_ca_db(bundle["ca"])
            tls.set_credentials(bundle["cert"], bundle["key"], None)
            tls.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
            connection = BlockingConnection(
                f"amqps://{endpoint['host']}:{endpoint['port']}",
                timeout=10,
                ssl_domain=tls,
                allowed_mechs="EXTERNAL",  # we are who our certificate says
                heartbeat=10,  # a router that is silent for longer is lost
            )
            say(f"connected to {place}")
            return connection
        except (ConnectionException, Timeout, OSError) as error:
            say(f"{place}: {error}")
    return None


# --- what it does: each goes on where it was when the connection was lost --------------------------------------------------


class Work:
    """What is to be done, and how much of it is."""

    def __init__(self, words):
        self.channel = words.channel
        self.count = words.count
        self.text = getattr(words, "text", "")
        self.run = uuid.uuid4().hex[:8]
        self.done = 0
        self.rejected = 0

    @property
    def number(self):
        return self.done + 1

    def message(self):
        """The next one, always with the same id: a consumer that gets it twice can tell."""
        body = f"{self.text} {self.number}" if self.count > 1 else self.text
        return Message(id=f"{self.run}-{self.number}", body=body)


def deliver(sender, what, message):
    """Sends until there is an outcome that is final. Returns '' when it is accepted, else why it was rejected."""
    while True:
        # Without a limit of time: credit comes when there is a consumer.
        delivery = sender.send(message, timeout=None, error_states=[])
        if delivery.remote_state == Delivery.ACCEPTED:
            return ""
        if delivery.remote_state == Delivery.REJECTED:
            return describe(delivery.remote.condition)
        # Nobody got it, or it is in doubt whether somebody did.
        outcome = "released" if delivery.remote_state == Delivery.RELEASED else "modified"
        tell(f"{what}: {outcome}; again in a second")
        time.sleep(1)


def describe(condition):
    if condition is None:
        return "without a reason"
    # A refusal says by which rule of the policy.
    rules = ", ".join(f"{name} {value}" for name, value in (condition.info or {}).items())
    return f"{condition.name}: {condition.description}" + (f" ({rules})" if rules else "")


def body_of(message):
    body = message.body
    return bytes(body).decode() if isinstance(body, (bytes, bytearray, memoryview)) else str(body)


def send(connection, work):
    """publishes, and prints the outcome of each message"""
    sender = connection.create_sender(work.channel)
    while work.done < work.count:
        reason = deliver(sender, f"sent {work.number}", work.message())
        tell(f"sent {work.number}: {'accepted' if reason == '' else 'rejected: ' + reason}")
        work.done += 1
        work.rejected += reason != ""


def request(connection, work):
    """publishes requests, and prints the answers"""
    # The router makes up an address for the answers: nobody has to agree on one.
    answers = connection.create_receiver(None, dynamic=True, credit=10)
    sender = connection.create_sender(work.channel)
    while work.done < work.count:
        message = work.message()
        message.reply_to = answers.remote_source.address
        reason = deliver(sender, f"request {work.number}", message)
        if reason != "":
            tell(f"request {work.number}: rejected: {reason}")
            work.rejected += 1
        else:
            answer = answer_to(message, answers)
            if answer is None:
                tell(f"request {work.number}: no reply in 10 seconds; again")
                continue
            tell(f"reply {work.number}: {body_of(answer)}")
        work.done += 1


def answer_to(message, answers):
    """None when there is none in time. Routers keep nothing: an answer may be lost with a router on its way."""
    try:
        while True:
            answer = answers.receive(timeout=10)
            answers.accept()
            if answer.correlation_id == message.id:
                return answer
    except Timeout:
        return None


def receive(connection, work):
    """consumes, accepts and prints"""
    receiver = connection.create_receiver(work.channel)
    while work.done < work.count:
        message = receiver.receive(timeout=None)  # gives credit for one, and waits for it
        tell(f"received {work.number}: {body_of(message)}")
        receiver.accept()
        work.done += 1


def serve(connection, work):
    """answers requests with their own text"""
    answers = connection.create_sender(None)  # each answer says where it goes
    receiver = connection.create_receiver(work.channel)
    while work.done < work.count:
        message = receiver.receive(timeout=None)
        receiver.accept()
        if message.reply_to:
            answer = Message(address=message.reply_to, correlation_id=message.id, body=body_of(message))
            answers.send(answer, error_states=[])  # whoever asked may be gone
        tell(f"answered {work.number}: {body_of(message)}")
        work.done += 1


VERBS = {"send": send, "receive": receive, "request": request, "serve": serve}


def main():
    bundle = read_bundle()
    words = read_words(bundle)
    work = Work(words)
    try:
        return work_on(bundle, VERBS[words.verb], work)
    except KeyboardInterrupt:
        return 1 if work.rejected > 0 else 0


def work_on(bundle, verb, work):
    is_first = True
    while True:
        connection = connect(bundle)
        if connection is None:
            if is_first:
                return 4
            time.sleep(1)
            continue
        is_first = False
        try:
            try:
                verb(connection, work)
            except KeyboardInterrupt:
                pass
            connection.close()  # what was accepted is told before
            return 1 if work.rejected > 0 else 0
        except LinkException as error:
            link = getattr(error, "link", None)
            say(f"refused: {error if link is None else describe(link.remote_condition)}")
            return 3
        except ConnectionException as error:
            say(f"connection lost: {error}")
            time.sleep(1)


sys.exit(main())
