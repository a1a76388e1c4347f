"""Pictures go into a backup with the operations that name them, and come back whole, on either engine."""

from sqlalchemy import select

from server.backup.keys import read_private
from server.backup.reading import check_backup
from server.backup.restoring import restore
from server.store.blobs import Blob, content_of
from server.store.database import db
from server.store.users import User
from tests.backup.test_backup import APPLICATION, back_up, closed, elsewhere, opened
from tests.sync.conftest import with_a_phone
from tests.sync.test_blobs import JPEG, bring, look, name_of, report


def test_a_photo_comes_back_with_its_operation(each_world, tmp_path, request):
    transfer, phone = with_a_phone(each_world)
    bring(phone, JPEG)
    operation = report(phone, transfer, name_of(JPEG))
    file, key = tmp_path / "now.backup", tmp_path / "private.key"
    back_up(phone.world, file, key)
    assert check_backup(file, read_private(key)).rows["blob_part"] == 3
    closed(phone.world)
    fresh = elsewhere(phone.world, tmp_path, request)
    restore(file, read_private(key), fresh, APPLICATION)
    app = opened(fresh)
    with app.app_context():
        assert content_of(db.session, db.session.get(Blob, (phone.user, name_of(JPEG)))) == JPEG
        phone.world.app = app
        phone.world.users["dispatcher"] = db.session.scalar(select(User.id).where(User.username == "dispatcher"))
        assert look(phone.world, "dispatcher", operation, name_of(JPEG)).data == JPEG
        db.session.remove()
        db.engine.dispose()
