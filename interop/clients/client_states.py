"""Delivery states (§3.4) of Proton Python as the suite has them, and back."""
from proton import Condition, Delivery

import client_values as values

STATES = {
    'accepted': Delivery.ACCEPTED,
    'rejected': Delivery.REJECTED,
    'released': Delivery.RELEASED,
    'modified': Delivery.MODIFIED,
}
OUTCOMES = {state: name for name, state in STATES.items()}
OUTCOMES[Delivery.RECEIVED] = 'received'


def failure(condition):
    if condition is None or not condition.name:
        return {'condition': None, 'description': None}
    return {'condition': condition.name, 'description': condition.description}


def update(delivery, state):
    """Gives a delivery its local state."""
    local, outcome = delivery.local, state['outcome']
    if outcome == 'rejected' and state.get('condition'):
        info = state.get('info')
        local.condition = Condition(
            state['condition'], state.get('description'), values.symbol_map(info) if info else None)
    if outcome == 'modified':
        local.failed = state.get('deliveryFailed', False)
        local.undeliverable = state.get('undeliverableHere', False)
        if state.get('annotations'):
            local.annotations = values.symbol_map(state['annotations'])
    delivery.update(STATES[outcome])


def report(delivery):
    """What the peer says of a delivery."""
    remote = delivery.remote
    state = {'outcome': OUTCOMES.get(delivery.remote_state, 'none')}
    if delivery.remote_state == Delivery.REJECTED:
        condition = remote.condition
        state.update(failure(condition), info=values.report(condition.info) if condition else None)
    if delivery.remote_state == Delivery.MODIFIED:
        state.update(deliveryFailed=remote.failed, undeliverableHere=remote.undeliverable,
                     annotations=values.report(remote.annotations))
    return state
