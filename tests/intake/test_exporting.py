"""What was imported goes out again, harmless to whoever opens it."""

import csv

import pytest
from openpyxl import load_workbook

from server.intake.exporting import NOUNS, export_rows, write_csv, write_file
from server.problems import Refused
from server.store.lists.within import Within

ID = "22019919800101003X"


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_can_be_written_as_a_table(world, noun):
    world.person()
    world.do("save_occupant", site="S1", building="主楼", floor="2", number="0201", name="赵刚", category="close_contact")
    header, *lines = export_rows(noun)
    assert len(set(header)) == len(header) and all(len(line) == len(header) for line in lines)


def test_a_formula_in_a_name_stays_a_text(world, tmp_path):
    world.person(name='=HYPERLINK("http://x","点")')
    world.person(name="@SUM(1)", phone="14200001001")
    write_file("people", tmp_path / "people.xlsx")
    cells = [row[0] for row in load_workbook(tmp_path / "people.xlsx").active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"} and all(cell.value.startswith("'") for cell in cells)


def test_an_id_number_goes_out_by_its_tail(world):
    world.person(id_number=ID)
    text = b"".join(write_csv(export_rows("people"))).decode("utf-8-sig")
    [row] = csv.DictReader(text.splitlines())
    assert row["证件号后四位"] == "003X" and ID not in text


def test_an_export_stays_within_reach(world):
    world.person()
    assert len(list(export_rows("people", Within(area=world.area("绿园"))))) == 1
    assert len(list(export_rows("people", Within(area=world.area("宽城"))))) == 2


def test_an_export_nobody_knows_is_refused(world, tmp_path):
    with pytest.raises(Refused, match="export.unknown"):
        list(export_rows("secrets"))
    with pytest.raises(Refused, match="export.file_kind"):
        write_file("people", tmp_path / "people.pdf")


def test_who_reads_masked_gets_no_telephone_number_of_anybody(world):
    world.person(phone="14200009739", second_phone="14200008888")
    world.do("save_occupant", site="S1", building="主楼", floor="2", number="0201", name="赵刚", phone="14200007777")
    for reader, whole in (("auditor", False), ("commander", False), ("dispatcher", True)):
        for noun, number in (("people", "14200009739"), ("people", "14200008888"), ("occupants", "14200007777")):
            text = world.signed_in(reader).get(f"/exports/{noun}").text
            assert (number in text) is whole, (reader, noun)


def test_a_district_s_desk_exports_the_occupants_that_are_its_own_people(world):
    area = world.area("绿园")
    home = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}
    for number, name, areas in (("0201", "赵刚", {}), ("0202", "孙丽", home)):
        world.do("save_occupant", site="S1", building="主楼", floor="2", number=number, name=name, **areas)
    assert "孙丽" not in world.signed_in("desk1").get("/exports/occupants").text
