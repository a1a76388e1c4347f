"""What gunicorn loads."""

import os

from server.app import create_app
from server.backup.in_use import hold_in_use
from server.demo.arrivals import bring_what_is_found
from server.garbage import collect_seldom
from server.settings import read_settings
from server.ticker import ALSO_DUE, start_ticker

settings = read_settings(demo=os.environ.get("BIHUAN_DEMO") == "yes")
in_use = hold_in_use(settings.data)
app = create_app(settings)
if settings.demo:
    ALSO_DUE.append(bring_what_is_found)
start_ticker(app)
collect_seldom()
