"""On a transfer's page a picture stands where its operation is listed; one that has not come yet is said so."""

from tests.console.browser import Browser
from tests.sync.conftest import with_a_phone
from tests.sync.test_blobs import JPEG, bring, name_of, report


def test_the_page_of_a_transfer_says_that_a_photo_is_still_to_come_and_then_shows_it(world):
    transfer, phone = with_a_phone(world)
    operation = report(phone, transfer, name_of(JPEG))
    page = Browser(world, "dispatcher").open(f"/transfers/{transfer}")
    assert "照片或签名还没到" in page.text and page.all("img") == []
    assert "Picture not here yet" in Browser(world, "dispatcher", "en").open(f"/transfers/{transfer}").text
    bring(phone, JPEG)
    [image] = Browser(world, "dispatcher").open(f"/transfers/{transfer}").all("img")
    assert (image["src"], image["alt"]) == (f"/api/v1/operations/{operation}/blobs/{name_of(JPEG)}", "现场照片")
    assert Browser(world, "dispatcher").ask("get", image["src"]).data == JPEG
    assert "照片或签名还没到" not in Browser(world, "receiver1").open(f"/transfers/{transfer}").text


def test_a_stranger_and_a_role_without_transfers_get_no_picture(world):
    transfer, phone = with_a_phone(world)
    bring(phone, JPEG)
    address = f"/api/v1/operations/{report(phone, transfer, name_of(JPEG))}/blobs/{name_of(JPEG)}"
    assert world.app.test_client().get(address).status_code == 401
    found = {
        who: Browser(world, who).ask("get", address).status_code for who in ("driver1", "driver2", "dispatcher", "commander", "auditor")
    }
    assert found == {"driver1": 200, "driver2": 404, "dispatcher": 200, "commander": 200, "auditor": 200}
