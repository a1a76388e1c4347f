"""Environment → one frozen Settings. Start fails on what is missing or contradictory."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


class SettingsFault(Exception):
    """A setting is missing, unreadable, or contradicts another; the sentence says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two places where Bihuan runs. README.md has the table of them."""

    data: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    demo_password: str | None = None
    clock: str = "real"
    time_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    dock_fresh_minutes: int = 60
    hold_minutes: int = 120
    held_hours: int = 24
    lease_hours: int = 72
    session_hours: int = 24 * 14
    workers: int = 2
    threads: int = 72  # many: most of those in use wait for a turn (sync/admission.py)
    certificate: Path | None = None
    certificate_key: Path | None = None
    proxies: int = 0
    public_address: str | None = None

    @property
    def secure(self) -> bool:
        """Whether phones reach this server by https, so that cookies may insist on it."""
        return self.certificate is not None or self.proxies > 0

    @property
    def address(self) -> str:
        """Where people reach it: as told, else where it listens. Behind a proxy only the operator knows."""
        return self.public_address or f"{'https' if self.secure else 'http'}://{self.host}:{self.port}"

    @property
    def clock_starts_at(self) -> datetime | None:
        """Where a set clock begins; None for the real one."""
        if self.clock == "real":
            return None
        start = datetime.fromisoformat(self.clock)
        return start if start.tzinfo else start.replace(tzinfo=self.time_zone)

    def for_phones(self) -> dict[str, object]:
        """What the rules on a phone need to know of them (PROTOCOL §5, `setting`)."""
        return {
            "dock_fresh_minutes": self.dock_fresh_minutes,
            "lease_hours": self.lease_hours,
            "time_zone": str(self.time_zone),
            "demo": self.demo,
        }


PASSWORD_LENGTH_MIN = 12
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def read_settings(environment: Mapping[str, str] = os.environ, *, demo: bool = False) -> Settings:
    """Read the settings. Refuses a demo that listens beyond loopback without `DEMO_OPEN=yes`, and unreadable values."""
    data = Path(environment.get("DATA") or "data").resolve()
    take = environment.get
    try:
        settings = Settings(
            data=data,
            database_url=take("DATABASE_URL") or f"sqlite:///{data / 'bihuan.sqlite3'}",
            host=take("HOST") or "127.0.0.1",
            port=int(take("PORT") or 8000),
            demo=demo,
            demo_password=take("DEMO_PASSWORD"),
            clock=take("CLOCK") or ("2022-04-03T20:00" if demo else "real"),
            time_zone=ZoneInfo(take("TIME_ZONE") or "Asia/Shanghai"),
            dock_fresh_minutes=int(take("DOCK_FRESH_MINUTES") or 60),
            hold_minutes=int(take("HOLD_MINUTES") or 120),
            held_hours=int(take("HELD_HOURS") or 24),
            lease_hours=int(take("LEASE_HOURS") or 72),
            session_hours=int(take("SESSION_HOURS") or 24 * 14),
            workers=int(take("WORKERS") or 2),
            threads=int(take("THREADS") or 72),
            certificate=Path(take("CERTIFICATE")) if take("CERTIFICATE") else None,
            certificate_key=Path(take("CERTIFICATE_KEY")) if take("CERTIFICATE_KEY") else None,
            proxies=int(take("PROXY") or 0),
            public_address=(take("PUBLIC_ADDRESS") or "").rstrip("/") or None,
        )
        settings.clock_starts_at  # noqa: B018 — an unreadable start is told now, not at the first request
    except (ValueError, KeyError) as fault:
        raise SettingsFault(f"A setting cannot be read: {fault}. See the table of settings in README.md.") from fault
    return _checked(settings, environment)


def _checked(settings: Settings, environment: Mapping[str, str]) -> Settings:
    if settings.demo and settings.host not in LOOPBACK and environment.get("DEMO_OPEN") != "yes":
        raise SettingsFault("The demo has known accounts: it listens on loopback only, unless you set DEMO_OPEN=yes.")
    if settings.public_address and not settings.public_address.startswith(("http://", "https://")):
        raise SettingsFault("PUBLIC_ADDRESS begins with https:// (or http://), and is what people type: https://bihuan.example.cn")
    if settings.demo_password and len(settings.demo_password) < PASSWORD_LENGTH_MIN:
        raise SettingsFault(f"DEMO_PASSWORD is too short: a password has at least {PASSWORD_LENGTH_MIN} characters.")
    if not settings.demo and settings.clock != "real":
        raise SettingsFault("CLOCK may only be set for the demo; real work runs on real time.")
    if bool(settings.certificate) != bool(settings.certificate_key):
        raise SettingsFault("CERTIFICATE and CERTIFICATE_KEY go together: set both or neither.")
    if settings.proxies < 0:
        raise SettingsFault("PROXY is how many proxies stand before this server: 0, 1, 2 …")
    if settings.database_url.startswith("postgresql://"):
        return _with_driver(settings)
    return settings


def _with_driver(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, database_url=settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1))
