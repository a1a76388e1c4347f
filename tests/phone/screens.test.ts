// What screens say and ask, as far as it can be told without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { departuresOf, expectedAt, shiftAt, stageOf } from "../../static/app/screens/arrival-words.ts";
import { CYCLE } from "../../static/app/rules/turnover.ts";
import { isNumberIn, isTemperature } from "../../static/app/elements/fields.tsx";
import { nextState } from "../../static/app/screens/room-words.ts";
import { readyIn, timeIn, untimed, type AnswerForm } from "../../static/app/screens/answer-form.ts";
import { valueWords } from "../../static/app/screens/conflict-words.ts";
import { argumentsFrom as callFrom, freshCall, missingIn, type CallForm } from "../../static/app/screens/dock-form.ts";
import { boardingStops, placeToBoard, toldAt } from "../../static/app/screens/stops.ts";
import { byHousehold, deadlineWords, floorLeft, stillAboard } from "../../static/app/screens/transfer-words.ts";
import { argumentsFrom, freshForm, gapsIn, mustAnswer } from "../../static/app/screens/verify-form.ts";
import { dockOf, wayOf } from "../../static/app/screens/way-words.ts";
import { roughSince, roughSpan, span, spanSince } from "../../static/app/messages/times.ts";
import type { LineId, RoomId, StopId } from "../../static/app/records.ts";
import type { ShownLine, ShownTransfer, View } from "../../static/app/projection/view.ts";

const line = (part: Partial<ShownLine>): ShownLine => ({
  id: "l1" as LineId, person: "p1", position: 1, stop: null, household: null, name: "易淑浩", age: 39, sex: "female", id_tail: "4063",
  category: "close_contact", case_type: null, address: { compound: "中海家园", building: "27", unit: "3", room: "803" }, phone: null,
  second_phone: null, needs: [{ code: "dialysis", detail: "周二" }], words: null, room: null, state: "expected", verified: null,
  boarded_at: null, outcome: null, outcome_at: null, received: null, note: null, mark: null, ...part,
});
const moments = { en_route: null, at_pickup: null, people_called: null, left_pickup: null, at_site: null };
const transfer = (part: Partial<ShownTransfer>): ShownTransfer =>
  ({ stops: [], lines: [], origin: null, route: null, moments, depart_at: null, ...part }) as ShownTransfer;

test("a number that the office could not read is asked for again before it is saved, and none is always good", () => {
  assert.deepEqual(["", " ", "36.5", "36,5", "365", "36.5度"].map(isTemperature), [true, true, true, true, false, false]);
  assert.deepEqual(["28.5", "285", "0", "60", "-1"].map((ct) => isNumberIn(ct, 0, 60)), [true, false, true, true, false]);
});

test("who stays behind at home is asked with no default, and has to be answered", () => {
  const form = freshForm(line({}));
  assert.equal(form.stays, null);
  assert.equal(mustAnswer(form), "askFirst");
  assert.equal(mustAnswer({ ...form, stays: "nobody" }), null);
  assert.equal(mustAnswer({ ...form, stays: "nobody", temperature: "365" }), "temperature");
});

test("a carer or the desk has to be named", () => {
  const form = freshForm(line({}));
  assert.equal(mustAnswer({ ...form, stays: "carer" }), "whoFirst");
  assert.equal(mustAnswer({ ...form, stays: "carer", carerName: "王芳" }), null);
  assert.equal(mustAnswer({ ...form, stays: "desk", deskName: " " }), "whoFirst");
});

test("a person who is not there is recorded as absent without the questions that only they can answer", () => {
  const form = { ...freshForm(line({})), agrees: "absent" as const };
  assert.equal(mustAnswer(form), null);
  assert.deepEqual(gapsIn(form), []);
  const { stays_behind, pets } = argumentsFrom(form, line({}));
  assert.deepEqual([stays_behind, pets], [null, null], "nobody was asked, so nobody answered");
});

test("a form that nobody touched lacks identity, address, pets and the telling", () => {
  assert.deepEqual(gapsIn(freshForm(line({}))), ["identity", "address", "pets", "told"]);
});

test("who goes home is not asked who stays behind in an isolation room, nor about pets", () => {
  const form = freshForm(line({}));
  assert.equal(mustAnswer(form, false), null);
  assert.deepEqual(gapsIn(form, false), ["identity", "address", "told"]);
});

test("on the way home the steps speak of a site that people leave and of a community that takes them", () => {
  const home = transfer({ kind: "return", destination: { kind: "home" } as ShownTransfer["destination"] });
  assert.deepEqual([wayOf(home).steps.dock, wayOf(home).steps.handover], ["对接社区", "交给社区"]);
  assert.deepEqual([wayOf(home).doMoment.at_pickup, wayOf(home).doMoment.at_site], ["到隔离点了", "到社区了"]);
  assert.equal(dockOf(home).asked, "等社区答应接收");
  const backAtTheSite = transfer({ kind: "return", destination: { kind: "site" } as ShownTransfer["destination"] });
  assert.equal(wayOf(backAtTheSite).doMoment.at_site, "到隔离点了");
});

test("who is called out of rooms stands by floor, and at the room; nobody's own door is shown there", () => {
  const room = (number: string) => ({ id: number as RoomId, building: "主楼", floor: number[1]!, number });
  const three = [line({ id: "a" as LineId, from_room: room("0201") }), line({ id: "b" as LineId, from_room: room("0301") }), line({ id: "c" as LineId, from_room: room("0202") })];
  assert.deepEqual(byHousehold(three).map((floor) => floor.map(({ id }) => id)), [["a", "c"], ["b"]]);
  assert.equal(floorLeft(three[0]!), "主楼 2 楼");
  assert.equal(floorLeft(line({})), null);
});

test("a site sees who is fetched there until the last of them is aboard", () => {
  const site = "s1";
  const leaving = transfer({ id: "t1", kind: "return", cancelled: null, origin: { id: site } as ShownTransfer["origin"], lines: [line({})] });
  const shown = (one: ShownTransfer) => ({ view: { transfers: [one] }, phone: { user: { site } } }) as unknown as Parameters<typeof departuresOf>[0];
  assert.deepEqual(departuresOf(shown(leaving)).map(({ id }) => id), ["t1"]);
  assert.deepEqual(departuresOf(shown({ ...leaving, lines: [line({ state: "aboard" })] })), []);
});

test("a corrected door says what it was and what it is, and only for the part that differs", () => {
  const form = freshForm(line({}));
  const args = argumentsFrom({ ...form, wrongAddress: true, door: { ...form.door, unit: "1" }, stays: "nobody" }, line({}));
  assert.deepEqual(args.address, { unit: { was: "3", now: "1" } });
});

test("a temperature may be typed with a comma, and what is no number is left out", () => {
  const form = { ...freshForm(line({})), stays: "nobody" as const };
  assert.equal(argumentsFrom({ ...form, temperature: "38,4" }, line({})).temperature, 38.4);
  assert.equal(argumentsFrom({ ...form, temperature: "热" }, line({})).temperature, null);
});

test("people of a transfer without stops, and who stood on no list, are still on a roll", () => {
  const stop = { id: "st1" as StopId, name: "北门", lat: null, lng: null, contact_name: null, contact_phone: null, people: 1 };
  const lines = [line({ id: "a" as LineId, stop: stop.id }), line({ id: "b" as LineId, stop: null, state: "aboard" })];
  const places = boardingStops(transfer({ stops: [stop], lines }));
  assert.deepEqual(places.map(({ key, lines: here }) => [key, here.length]), [["st1", 1], ["origin", 1]]);
  assert.deepEqual(places.map(({ expected, aboard }) => [expected, aboard]), [[1, 0], [0, 1]]);
});

test("a coach is expected from its last moment and the minutes of the route card, and without a card nobody guesses", () => {
  const left = { at: "2022-04-03T12:00:00Z", by: "沈杰", allowed_by: null };
  const route = { minutes: 40 } as ShownTransfer["route"];
  const onTheWay = transfer({ moments: { ...moments, left_pickup: left }, route });
  assert.equal(stageOf(onTheWay), "left_pickup");
  assert.equal(expectedAt(onTheWay), Date.parse("2022-04-03T12:40:00Z"));
  assert.equal(expectedAt({ ...onTheWay, route: null }), null);
});

test("each stop of a round has its own moments: the next one is driven to, and who is left behind holds nobody up", () => {
  const [north, south] = ["north", "south"].map((id) => ({ id: id as StopId, name: id, lat: null, lng: null, contact_name: null, contact_phone: null, people: 1 }));
  const lines = [line({ id: "a" as LineId, stop: north!.id, state: "aboard" }), line({ id: "b" as LineId, stop: south!.id })];
  const told = { at: "2022-04-03T12:00:00Z", by: "沈杰", allowed_by: null };
  const atNorth = transfer({ stops: [north!, south!], lines, moments: { ...moments, at_pickup: { ...told, stops: { [north!.id]: told } } } });
  assert.deepEqual([toldAt(atNorth, "at_pickup", north!.id), toldAt(atNorth, "at_pickup", south!.id)], [told, null]);
  assert.equal(placeToBoard(atNorth)?.key, "south");
  const leftSouth = { ...atNorth, moments: { ...atNorth.moments, left_pickup: { ...told, stops: { [south!.id]: told } } } };
  assert.equal(placeToBoard(leftSouth), undefined);
  assert.deepEqual(toldAt({ ...atNorth, stops: [north!] }, "at_pickup", north!.id)?.at, told.at);
});

test("a round is expected from the last stop that it left", () => {
  const told = (at: string) => ({ at, by: "沈杰", allowed_by: null });
  const left = { ...told("2022-04-03T12:00:00Z"), stops: { north: told("2022-04-03T12:00:00Z"), south: told("2022-04-03T12:30:00Z") } } as never;
  assert.equal(expectedAt(transfer({ moments: { ...moments, left_pickup: left }, route: { minutes: 40 } as never })), Date.parse("2022-04-03T13:10:00Z"));
});

test("a deadline at midnight is the end of the day before it", () => {
  const { by, left, late } = deadlineWords("2022-04-03T16:00:00Z", Date.parse("2022-04-03T06:32:00Z"));
  assert.match(by, /24:00/);
  assert.match(left, /9 小时 28 分/);
  assert.equal(late, false);
});

test("a room goes through its turnover one step at a time", () => {
  for (const [place, state] of CYCLE.slice(0, -1).entries()) assert.equal(nextState(state), CYCLE[place + 1]);
  assert.equal(nextState("ready"), null);
  assert.equal(nextState("occupied"), "vacated_dirty");
});

test("spans are said in the largest words that still help", () => {
  assert.deepEqual([9, 60, 130, 3000].map(span), ["9 分", "1 小时", "2 小时 10 分", "2 天"]);
  assert.deepEqual([9, 130].map(roughSpan), ["9 分", "2 小时"]);
});

test("what has just begun has not waited: nobody reads of 0 minutes", () => {
  const began = "2022-04-03T12:00:00Z";
  const read = (say: typeof spanSince) => [0, 59, 60, 7_800].map((seconds) => say(began, Date.parse(began) + seconds * 1000));
  assert.deepEqual(read(spanSince), ["", "", "1 分", "2 小时 10 分"]);
  assert.deepEqual(read(roughSince), ["", "", "1 分", "2 小时"]);
});

test("who was turned away at the door is still in the coach, and is named", () => {
  const refused = { outcome: "refused", room: null, at: "2022-04-03T12:00:00Z", by: "周敏", side: "site" } as const;
  assert.match(stillAboard(transfer({ lines: [line({ state: "aboard", received: refused }), line({ state: "received" })] })) ?? "", /1 人：易淑浩/);
  assert.equal(stillAboard(transfer({ lines: [line({ state: "received" })] })), null);
});

test("what a site has not ready carries the time it will be; beds, rooms and staff are three answers", () => {
  const now = Date.parse("2022-04-03T12:00:00.000Z");
  const form: AnswerForm = {
    beds: true, rooms: false, staff: false, later: { beds: 30, rooms: 90, staff: null }, gate: "", given: {}, reason: null, note: "",
  };
  assert.notEqual(untimed(form), null, "nobody has said when the staff will be there");
  const whole = { ...form, later: { ...form.later, staff: 30 } };
  assert.equal(untimed(whole), null);
  assert.deepEqual(readyIn(whole, now), {
    beds_ready: true, rooms_ready: false, staff_ready: false,
    beds_ready_at: null, rooms_ready_at: "2022-04-03T13:30:00.000Z", staff_ready_at: timeIn(30, now),
  });
});

const confirmedBy = (part: Partial<CallForm>): CallForm => ({
  ...freshCall({ destination: { kind: "site", phone: "0434-3000000" }, lines: [line({}), line({})] } as never), result: "confirmed", who: "吴前台", ...part,
});

test("on the telephone all three are asked, or none, and what is not ready carries its time", () => {
  assert.equal(missingIn(confirmedBy({})), null, "nobody has to ask");
  assert.notEqual(missingIn(confirmedBy({ beds: true, staff: true })), null, "the rooms were not asked");
  const heard = { beds: true, rooms: false, staff: true };
  assert.notEqual(missingIn(confirmedBy(heard)), null, "nobody said when the rooms will be ready");
  const whole = confirmedBy({ ...heard, later: { beds: 30, rooms: 90, staff: null } });
  assert.equal(missingIn(whole), null);
  const told = callFrom(whole, Date.parse("2022-04-03T12:00:00.000Z"));
  assert.deepEqual([told.beds_ready, told.rooms_ready, told.staff_ready], [true, false, true]);
  assert.deepEqual([told.beds_ready_at, told.rooms_ready_at, told.staff_ready_at], [null, "2022-04-03T13:30:00.000Z", null]);
});

test("a call that nobody took and a refusal tell of no bed, whatever was ticked before", () => {
  for (const result of ["no_answer", "refused"] as const) {
    const form = confirmedBy({ result, reason: "full", beds: true, rooms: false });
    assert.equal(missingIn(form), null);
    const told = callFrom(form, 0);
    assert.deepEqual([told.beds_ready, told.rooms_ready, told.rooms_ready_at, told.staff_ready, told.rooms_promised], [null, null, null, null, null]);
  }
});

test("the shift that receives is that of the arrival: from eight to eight in the office's zone", () => {
  assert.deepEqual(["00:00", "11:59", "12:00", "23:59"].map((utc) => shiftAt(Date.parse(`2022-04-03T${utc}:00Z`))), ["day", "day", "night", "night"]);
});

test("a conflict says who it is about by name, and means by a code what it means where it was told", () => {
  const someone = "01a205c4-0459-765d-b6a9-21a6a9722b67", unknown = "01a205c4-0459-765d-b6a9-000000000000";
  const view = { transfers: [transfer({ lines: [line({ id: someone as LineId })], crew: [] })], rooms: [] } as unknown as View;
  const said = (code: string, value: Record<string, unknown>) => valueWords(code, value, view);
  assert.equal(said("discrepancy", { says: [someone, unknown] }), "易淑浩");
  assert.equal(said("discrepancy", { says: [unknown] }), "无");
  assert.equal(said("discrepancy", { outcome: "refused", room: null, reason: "fever" }), "拒收，发热，要送医");
  assert.equal(said("reception.refused", { says: "fever", outcome: "refused", room: null, reason: "fever" }), "发热，要送医，拒收");
  assert.equal(said("boarding.after_other_outcome", { says: "refused" }), "拒绝");
  assert.equal(said("dock.refused_after_confirmation", { says: "refused", reason: "category" }), "不接收，不收这类人员");
  assert.equal(said("custody.held_elsewhere", { says: "crew" }), "在车上");
  assert.equal(said("stay.positive", { result: "positive" }), "阳性");
  assert.equal(said("check.incomplete", { says: "check_vehicle", missing: ["fuel", "driver_hours"] }), "车辆检查，缺：油够来回、司机驾驶时间没超");
});
