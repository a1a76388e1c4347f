"""What gunicorn loads."""

import os

from server.app import create_app
from server.settings import read_settings
from server.ticker import start_ticker

app = create_app(read_settings(demo=os.environ.get("BIHUAN_DEMO") == "yes"))
start_ticker(app)
