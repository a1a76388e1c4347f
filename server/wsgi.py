"""What gunicorn loads."""

import os

from server.app import create_app
from server.settings import read_settings

app = create_app(read_settings(demo=os.environ.get("BIHUAN_DEMO") == "yes"))
