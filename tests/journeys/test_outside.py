"""The journeys' own watch: a page that asks another machine for anything is found, whoever that machine belongs to."""

from tests.ensure_browser import browser_path
from tests.journeys.handset import FLAGS, asked_outside


def test_a_page_that_asks_another_machine_for_a_font_or_a_picture_is_found(playwright):
    browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
    page, outside = browser.new_page(), []
    page.context.on("request", lambda request: outside.extend(asked_outside(request)))
    page.set_content("""<link rel="stylesheet" href="http://fonts.invalid/a.css"><img src="http://127.0.0.1:9/a.png"><img src="data:,">""")
    browser.close()
    assert outside == ["http://fonts.invalid/a.css"]
