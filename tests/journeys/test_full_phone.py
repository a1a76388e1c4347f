"""A phone without room left: the act is saved all the same, the person is told, and nothing is lost when the battery falls out."""

import pytest

from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.journeys.test_phone import phone_with_the_trip
from tests.world import PASSWORD

pytestmark = pytest.mark.timeout(600)

QUOTA_SEEN_AFTER_MS = 32_000  # Chromium asks for the room left at most every 30 seconds
SIZE_OF_BALLAST = """
(name) => new Promise((resolve) => {
  const opening = indexedDB.open(name);
  opening.onsuccess = () => {
    const reading = opening.result.transaction("ballast").objectStore("ballast").getAll();
    reading.onsuccess = () => { opening.result.close(); resolve(reading.result.reduce((sum, { bytes }) => sum + bytes.length, 0)); };
  };
})
"""


def test_on_a_full_phone_an_act_is_saved_in_the_room_that_was_kept_for_it(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    driver = office.rows("SELECT id FROM user WHERE username = 'driver1'")[0][0]
    waits_until(lambda: phone.page.evaluate(SIZE_OF_BALLAST, f"bihuan-{driver}") == 1_048_576, "no room is kept")
    phone.airplane_mode(True)
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/stop/{office.first_stop}")
    origin = phone.home.removesuffix("/app/")
    storage = phone.context.new_cdp_session(phone.page)
    used = storage.send("Storage.getUsageAndQuota", {"origin": origin})["usage"]
    storage.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": used - 200_000})
    phone.page.wait_for_timeout(QUOTA_SEEN_AFTER_MS)
    phone.press("不在")
    phone.has_unsent(1)
    phone.shows("手机快满了")
    assert phone.page.evaluate(SIZE_OF_BALLAST, f"bihuan-{driver}") == 0
    phone.kill()
    phone.start(online=False)
    phone.has_unsent(1)
    phone.airplane_mode(False)
    phone.sign_in_again_if_asked("driver1", PASSWORD)
    waits_until(lambda: [row["type"] for row in office.operations_of("driver1")] == ["record_outcome"], "it never came")
