"""A client on Proton Python that does what the interop suite tells it (../protocol.ts): commands in, events out, one JSON
object a line. It uses the engine's events directly, so that credit, settlement and parts of messages are in the suite's hands."""
import json
import os
import sys
import threading

from proton import Delivery, Endpoint, Handler, Link, SSLDomain, Terminus
from proton.reactor import ApplicationEvent, Container, EventInjector

import client_states as states
import client_values as values
from client_states import failure

SETTLE_MODES = {'unsettled': Link.SND_UNSETTLED, 'settled': Link.SND_SETTLED, 'mixed': Link.SND_MIXED}
# What is held back by the suite fills this window, and then the network.
HELD_BYTES_MAX = 1024 * 1024


def tell(on, **fields):
    sys.stdout.write(json.dumps({'on': on, **fields}) + '\n')
    sys.stdout.flush()


def terminus(one):
    """None for a terminus that is absent: Proton then tells the type "unspecified"."""
    if one.type == Terminus.UNSPECIFIED:
        return None
    return {'address': one.address or None, 'dynamic': one.dynamic}


def tls_domain(ca, certificate=None, key=None):
    domain = SSLDomain(SSLDomain.MODE_CLIENT)
    domain.set_trusted_ca_db(ca)
    domain.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
    if certificate:
        domain.set_credentials(certificate, key, None)
    return domain


class Client(Handler):
    def __init__(self):
        super().__init__()
        self.container = None
        self.connections = {}
        self.links = {}
        self.numbers = {}  # of connections and links, by engine object
        self.deliveries = {}  # by number of link and delivery
        self.received = 0
        self.bytes_read = {}  # of unfinished deliveries, by their number
        self.options = {}
        self.held = {}
        self.finished = set()  # received deliveries that we settled, perhaps while they arrive

    # --- commands ----------------------------------------------------------------------------------------------------

    def on_command(self, event):
        command = event.subject
        try:
            getattr(self, 'do_' + command.pop('do'))(**command)
        except Exception as error:  # the suite has to hear of it, whatever it is
            tell('fault', text='%s: %s' % (type(error).__name__, error))

    def do_connect(self, connection, host='127.0.0.1', port=None, containerId=None, user=None, password=None,
                   mechanisms=None, sasl=True, tls=None, idleTimeoutMs=None, maxFrameSize=None, properties=None):
        self.container.container_id = containerId or 'proton-python'
        opened = self.container.connect(
            url='%s://%s:%d' % ('amqps' if tls else 'amqp', '[%s]' % host if ':' in host else host, port), reconnect=False,
            ssl_domain=tls_domain(**tls) if tls else None,
            heartbeat=None if idleTimeoutMs is None else idleTimeoutMs / 1000.0, user=user, password=password,
            allowed_mechs=mechanisms, allow_insecure_mechs=True, sasl_enabled=sasl, max_frame_size=maxFrameSize,
            properties=values.symbol_map(properties) if properties else None)
        self.connections[connection] = opened
        self.numbers[opened] = connection

    def do_close(self, connection):
        self.connections[connection].close()

    def do_attach(self, connection, link, role, name=None, address=None, dynamic=False, coordinator=False,
                  capabilities=None, senderSettleMode=None, receiverSettleMode=None, credit=0, newSession=False, **options):
        session = self.session_of(self.connections[connection], newSession, options.get('holds', False))
        attached = getattr(session, role)(name or 'link-%d' % link)
        node = attached.target if role == 'sender' else attached.source
        if coordinator:
            node.type = Terminus.COORDINATOR
        elif dynamic:
            node.dynamic = True
        else:
            node.address = address
        if isinstance(capabilities, str):
            node.capabilities.put_symbol(capabilities)
        elif capabilities:
            node.capabilities.put_object(values.symbol_array(capabilities))
        if senderSettleMode:
            attached.snd_settle_mode = SETTLE_MODES[senderSettleMode]
        if receiverSettleMode:
            attached.rcv_settle_mode = Link.RCV_SECOND if receiverSettleMode == 'second' else Link.RCV_FIRST
        self.links[link] = attached
        self.numbers[attached] = link
        self.options[link] = options
        attached.open()
        if credit:
            attached.flow(credit)

    def session_of(self, connection, is_new, is_narrow):
        if not is_new and not is_narrow:
            return self.container._get_session(connection)
        session = connection.session()
        if is_narrow:
            session.incoming_capacity = HELD_BYTES_MAX
        session.open()
        return session

    def do_send(self, link, delivery, message=None, raw=None, size=None, to=None, settled=False, messageFormat=0):
        if messageFormat != 0:
            raise ValueError('Proton Python sends message format 0 only')
        sender = self.links[link]
        sent = self.deliver(sender, link, delivery)
        sender.stream(values.encode_message(message, raw, size, to))
        sender.advance()
        if settled:
            sent.settle()
            self.forget(link, delivery)

    def do_part(self, link, delivery, raw, last):
        sender = self.links[link]
        if (link, delivery) not in self.deliveries:
            self.deliver(sender, link, delivery)
        sender.stream(values.from_base64(raw))
        if last:
            sender.advance()

    def do_abort(self, link, delivery):
        self.deliveries[link, delivery].abort()

    def deliver(self, sender, link, number):
        sent = sender.delivery('d-%d' % number)
        self.deliveries[link, number] = sent
        self.numbers[sent] = number
        return sent

    def do_state(self, link, delivery, state, settle):
        one = self.deliveries[link, delivery]
        states.update(one, state)
        if settle:
            self.finished.add(delivery)
            one.settle()

    def do_settle(self, link, delivery):
        self.deliveries[link, delivery].settle()
        self.forget(link, delivery)

    def forget(self, link, number):
        """Proton answers no drain while somebody holds a sent delivery that is settled."""
        del self.numbers[self.deliveries.pop((link, number))]

    def do_credit(self, link, credit):
        self.links[link].flow(credit)

    def do_drain(self, link, credit):
        self.links[link].drain(credit)

    def do_read(self, link):
        self.options[link]['holds'] = False
        held = self.held.pop(link, None)
        if held is not None:
            self.receive(link, held)

    def do_end(self, link):
        self.links[link].session.close()

    def do_detach(self, link, closed):
        if closed:
            self.links[link].close()
        else:
            self.links[link].detach()

    # --- events ------------------------------------------------------------------------------------------------------

    def on_connection_remote_open(self, event):
        one = event.connection
        tell('open', connection=self.numbers[one], containerId=one.remote_container,
             properties=values.report(one.remote_properties) or {},
             capabilities=values.report_list(one.remote_offered_capabilities))

    def on_connection_remote_close(self, event):
        one = event.connection
        tell('close', connection=self.numbers[one], **failure(one.remote_condition))
        if not one.state & Endpoint.LOCAL_CLOSED:
            one.close()

    def on_transport_closed(self, event):
        one = event.connection
        if one in self.numbers:
            condition = event.transport.condition if event.transport is not None else None
            tell('disconnected', connection=self.numbers[one], **failure(condition))

    def on_session_remote_close(self, event):
        if not event.session.state & Endpoint.LOCAL_CLOSED:
            event.session.close()

    def on_link_remote_open(self, event):
        one = event.link
        if one in self.numbers:
            tell('attached', link=self.numbers[one], source=terminus(one.remote_source),
                 target=terminus(one.remote_target), maxMessageSize=one.remote_max_message_size)

    def on_link_remote_close(self, event):
        self.tell_detached(event.link, True)
        if not event.link.state & Endpoint.LOCAL_CLOSED:
            event.link.close()

    def on_link_remote_detach(self, event):
        self.tell_detached(event.link, False)
        event.link.detach()

    def tell_detached(self, link, closed):
        if link in self.numbers:
            tell('detached', link=self.numbers[link], closed=closed, **failure(link.remote_condition))

    def on_link_flow(self, event):
        one = event.link
        if one not in self.numbers:
            return
        tell('credit', link=self.numbers[one], credit=one.credit, drain=one.is_sender and one.drain_mode)
        if one.is_sender and one.drain_mode and one.credit > 0:
            one.drained()
        if one.is_receiver and one.drain_mode and not one.draining():
            one.drain_mode = False
            tell('drained', link=self.numbers[one])

    def on_delivery(self, event):
        one, link = event.delivery, self.numbers.get(event.link)
        if link is None:
            return
        if event.link.is_sender:
            self.tell_outcome(link, one)
        elif one not in self.numbers:
            self.received += 1
            self.numbers[one] = self.received
            self.deliveries[link, self.received] = one
            self.receive(link, one)
        elif one.readable or one.aborted:
            self.receive(link, one)
        elif one.settled:
            tell('settled', link=link, delivery=self.numbers[one])

    def receive(self, link, one):
        number, receiver = self.numbers[one], self.links[link]
        if number in self.finished:
            return
        if one.aborted:
            self.finished.add(number)
            tell('aborted', link=link, delivery=number)
            one.settle()
            return
        if self.options[link].get('holds'):
            self.held[link] = one
            tell('partial', link=link, delivery=number, bytes=one.pending)
            return
        arrived = self.bytes_read.setdefault(number, bytearray())
        arrived += receiver.recv(one.pending) or b''
        if one.partial:
            tell('partial', link=link, delivery=number, bytes=len(arrived))
            return
        receiver.advance()
        whole = bytes(self.bytes_read.pop(number))
        tell('message', link=link, delivery=number, settled=one.settled, messageFormat=0, **values.report_message(whole))
        if self.options[link].get('autoAccept'):
            one.update(Delivery.ACCEPTED)
            one.settle()

    def tell_outcome(self, link, one):
        if not one.updated or one not in self.numbers:
            return
        tell('outcome', link=link, delivery=self.numbers[one], settled=one.settled, state=states.report(one))
        if one.settled:
            one.settle()
            self.forget(link, self.numbers[one])


def read_commands(injector):
    for line in sys.stdin:
        injector.trigger(ApplicationEvent('command', subject=json.loads(line)))
    os._exit(0)  # the suite is gone


def main():
    client, injector = Client(), EventInjector()
    client.container = Container(client)
    client.container.selectable(injector)
    threading.Thread(target=read_commands, args=(injector,), daemon=True).start()
    client.container.run()


main()
