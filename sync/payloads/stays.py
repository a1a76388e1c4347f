"""What a site's people tell of those who stay: their release, their tests, the health round."""

from marshmallow import fields, validate

from server.domain.health_rounds import PARTS
from server.domain.stay_tests import KINDS, RESULTS
from sync.payloads.fields import WORDS_MAX, Payload, codes, count, count_or_none, one_of, temperature, text_or_none, time_or_none, yes_or_no


class ReleaseStay(Payload):
    index_negative = yes_or_no(load_default=False)
    allowed_by = text_or_none()
    reason = text_or_none(200)
    note = text_or_none(WORDS_MAX)


class RecordTestResult(Payload):
    result = one_of(*RESULTS)
    kind = one_of(*KINDS)
    taken_at = time_or_none()
    ct = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=60))
    samples = count(9)
    note = text_or_none(WORDS_MAX)


class RecordHealth(Payload):
    part = one_of(*PARTS)
    temperature = temperature()
    symptoms = codes()
    medicine_days = count_or_none(365)
    request = text_or_none(200)


PAYLOADS = {"release_stay": ReleaseStay(), "record_test_result": RecordTestResult(), "record_health": RecordHealth()}
