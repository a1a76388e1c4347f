"""JSON doors besides sync: sessions, health, and what a phone asks before it is signed in."""

from server.api.health import health
from server.api.sessions import sessions

blueprints = (sessions, health)
