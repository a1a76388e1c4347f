"""What a person does with operations of their own: take one back, put a refusal away."""

from sync.payloads.fields import Payload, id


class OwnOperation(Payload):
    operation = id()


PAYLOADS = {"withdraw": OwnOperation(), "acknowledge_refusal": OwnOperation()}
