"""What was imported, out again: one table a noun, as a spreadsheet or as text, a chunk of rows at a time.

A cell that a spreadsheet would run as a formula is written as the text it is. ID numbers go out by their tail only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from server.domain.people_search import masked_phone
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.database import db, settings
from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Hospital, Site
from server.store.transfers import Vehicle
from server.store.users import User

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
EVERYTHING = Within(everything=True)
OF_PEOPLE = ("people", "occupants", "held")
TELEPHONES = ("电话", "第二电话")
Home, Pickup, Responsible = aliased(Area), aliased(Area), aliased(Area)


def export_rows(noun: str, within: Within = EVERYTHING, *, masked: bool = False) -> Iterator[list[Any]]:
    """The header, then each row. `noun` is one of NOUNS. `masked`: of people's telephone numbers the ends only. Refuses: export.unknown."""
    if noun not in NOUNS:
        raise Refused("export.unknown", noun=noun, nouns=", ".join(NOUNS))
    columns, query = NOUNS[noun]
    yield [name for name, _value in columns]
    zone = settings().time_zone
    hidden = {place for place, (name, _value) in enumerate(columns) if masked and noun in OF_PEOPLE and name in TELEPHONES}
    for row in db.session.execute(query(within).execution_options(yield_per=1_000)):
        values = [value(row) for _name, value in columns]
        yield [_cell(masked_phone(value) if place in hidden else value, zone) for place, value in enumerate(values)]


def write_csv(rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Text that a spreadsheet opens in the right encoding, in pieces for a stream."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()


def write_file(noun: str, file: Path, within: Within = EVERYTHING) -> int:
    """Write an export as .xlsx or .csv, by the file's name; how many rows. Refuses: export.unknown, export.file_kind."""
    kind, rows = file.suffix.lower(), export_rows(noun, within)
    if kind not in (".xlsx", ".csv"):
        raise Refused("export.file_kind")
    if kind == ".csv":
        written = list(rows)
        file.write_bytes(b"".join(write_csv(written)))
        return len(written) - 1
    book = Workbook(write_only=True)
    sheet, count = book.create_sheet(noun), -1
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(file)
    return count


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def _cell(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        value = "；".join(one if isinstance(one, str) else _need(one) for one in value)
    return harmless(value) if isinstance(value, str) else value


def _need(need: dict[str, Any]) -> str:
    return need["code"] + (f" {need['detail']}" if need.get("detail") else "")


Columns = list[tuple[str, Callable[[Any], Any]]]


def _of(table: str, **columns: str) -> Columns:
    return [(title, lambda row, name=name: getattr(getattr(row, table), name)) for name, title in columns.items()]


def _people(within: Within) -> Select:
    query = select(Person, Home.name.label("home"), Pickup.name.label("pickup"), Responsible.name.label("responsible"))
    for alias, column in ((Home, Person.home_area_id), (Pickup, Person.pickup_area_id), (Responsible, Person.responsible_area_id)):
        query = query.join(alias, alias.id == column, isouter=True)
    return query.where(within.people(), Person.merged_into.is_(None)).order_by(Person.listed_at, Person.id)


def _rooms(within: Within) -> Select:
    return select(Room, Site).join(Site).where(within.places()).order_by(Site.code, Room.building, Room.floor, Room.number)


def _occupants(within: Within) -> Select:
    query = select(Stay, Person, Room, Site).join(Person, Person.id == Stay.person_id).join(Room, Room.id == Stay.room_id)
    query = query.join(Site, Site.id == Stay.site_id).where(Stay.ended_at.is_(None), within.people())
    return query.order_by(Site.code, Room.building, Room.floor, Room.number, Stay.place)


def _held(within: Within) -> Select:
    query = select(ImportRow, ImportFile).join(ImportFile).where(ImportRow.state == "waiting", within.area_rows(ImportFile.area_id))
    return query.order_by(ImportFile.arrived_at, ImportRow.position)


def _in_area(table: type, column: Any, *order: Any) -> Callable[[Within], Select]:
    return lambda within: select(table, Area).join(Area, Area.id == column, isouter=True).where(within.area_rows(column)).order_by(*order)


NOUNS: dict[str, tuple[Columns, Callable[[Within], Select]]] = {
    "people": (
        [
            *_of("Person", name="姓名", sex="性别", birth_year="出生年", id_tail="证件号后四位", phone="电话", second_phone="第二电话"),
            ("户籍区域", lambda row: row.home),
            ("接人区域", lambda row: row.pickup),
            ("责任区域", lambda row: row.responsible),
            *_of("Person", compound="小区", building="楼", unit="单元", room="室", address="地址"),
            *_of("Person", category="类别", case_type="分型", found="发现途径"),
            *_of("Person", detected_at="发现时间", sampled_at="采样时间", last_exposed_on="末次暴露日期"),
            *_of("Person", listed_at="列入时间", state="状态"),
            *_of("Person", needs="需求", words="备注"),
        ],
        _people,
    ),
    "areas": (
        _of("Area", name="名称", short="简称", kind="类型", adcode="区划代码", lat="纬度(WGS84)", lng="经度(WGS84)")
        + _of("Area", tier="分级", tier_from="分级时间"),
        lambda within: select(Area).order_by(Area.name),
    ),
    "communities": (
        _of("Area", name="区域") + _of("Community", name="小区", lat="纬度(WGS84)", lng="经度(WGS84)")
        + _of("Community", contact_name="社区联系人", contact_phone="电话"),
        lambda within: select(Community, Area).join(Area).where(within.area_rows(Area.id)).order_by(Area.name, Community.name),
    ),
    "sites": (
        _of("Site", code="场所编号", name="场所名称", kind="场所类型", address="地址", accepts="收治类别")
        + _of("Site", lat="纬度(WGS84)", lng="经度(WGS84)", state="状态", head_name="负责人", head_phone="负责人电话")
        + _of("Site", duty_phone="24小时值班电话")
        + _of("Area", name="区域"),
        lambda within: select(Site, Area).join(Area).where(within.places()).order_by(Site.code),
    ),
    "rooms": (
        _of("Site", code="场所编号") + _of("Room", building="楼栋", floor="楼层/区", number="房号", kind="房型", own_bathroom="独立卫生间")
        + _of("Room", state="状态", since="状态时间", reason="原因"),
        _rooms,
    ),
    "occupants": (
        _of("Site", code="场所编号") + _of("Room", building="楼栋", floor="楼层/区", number="房号")
        + _of("Person", name="姓名", sex="性别", id_tail="证件号后四位", phone="电话")
        + _of("Stay", category="类别", checked_in_at="入住时间", clock_from="末次暴露日期", due_on="到期日"),
        _occupants,
    ),
    "vehicles": (
        _of("Vehicle", plate="车牌号", kind="车型", seats="核定座位", partition="驾驶室物理隔离", state="状态")
        + _of("Vehicle", last_disinfected_at="最近消杀时间")
        + [("区域", lambda row: row.Area and row.Area.name)],
        _in_area(Vehicle, Vehicle.area_id, Vehicle.plate),
    ),
    "staff": (
        _of("User", name="姓名", phone="电话", role="岗位", username="用户名", disabled="停用")
        + [("单位", lambda row: row.User.facts.get("unit"))],
        _in_area(User, User.area_id, User.role, User.username),
    ),
    "hospitals": (
        _of("Hospital", name="医院", colour="颜色", address="地址", phone="24小时电话", services="科室")
        + _of("Hospital", how_to_get_there="到达方式", admission="就诊条件", checked_at="核对时间"),
        lambda within: select(Hospital).order_by(Hospital.name),
    ),
    "held": (
        _of("ImportFile", name="文件", list_day="名单日期") + _of("ImportRow", sheet="表", row="行", name="姓名", phone="电话")
        + _of("ImportRow", reasons="原因", warnings="提示"),
        _held,
    ),
}  # fmt: skip
