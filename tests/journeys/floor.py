"""A floor of S1 whose 24 people are over, and who stands around it: for the journey of rooms that come back."""

from datetime import date, timedelta

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store.database import db, transaction
from server.store.users import UserCompound
from tests.world import World

ROOMS = [f"06{n:02}" for n in range(1, 25)]
WAITING = 30


def fill_office(data) -> None:
    """The small town, a floor of 24 rooms with somebody in each since 20 March, a coach that could take them, and 30 people who wait."""
    app = create_app(read_settings({"DATA": str(data)}, demo=True))
    migrate_database(app)
    with app.app_context():
        world = World(app)
        with transaction() as session:
            session.add(UserCompound(user_id=world.users["worker1"], community_id=world.community))
        world.do("save_vehicle", plate="吉A·T0024", kind="coach", seats=50, area="宽城", state="clean_ready")
        for place, number in enumerate(ROOMS):
            fill_room(world, place, number)
        for n in range(WAITING):
            world.person(f"待{n:02}", phone=f"142000080{n:02}", building=str(n), needs=[])
        db.session.remove()
        db.engine.dispose()


def fill_room(world: World, place: int, number: str) -> None:
    world.do("save_room", site="S1", building="主楼", floor="6", number=number, kind="single")
    home = {"community_id": world.community, "responsible_area_id": world.area("宽城"), "compound": "天茂名苑"}
    world.do(
        "save_occupant",
        site="S1",
        building="主楼",
        floor="6",
        number=number,
        name=f"归{place + 1:02}",
        category="close_contact",
        sex="female",
        birth_year=1970,
        phone=f"142000070{place:02}",
        checked_in_at=world.clock.now() - timedelta(days=14),
        last_exposed_on=date(2022, 3, 20),
        **home,
    )
