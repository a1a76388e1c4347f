// What each act shows before the office has it, and what taking it back shows after the office had it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reach } from "../../static/app/database/user_database.ts";
import type { ActRow, RecordRow } from "../../static/app/database/view.ts";
import { CLASSES, type Body, type OperationType } from "../../static/app/operations.ts";
import type { OperationId, Transfer, UserId } from "../../static/app/records.ts";
import { leaseIsOver, pastLease } from "../../static/app/projection/lease.ts";
import { project, type View } from "../../static/app/projection/view.ts";
import { baseTransfer, operations } from "./contract.ts";

const transferId = "0190c000-0000-7000-8000-000000000099";
const roomId = "0190c000-0000-7000-8000-000000000031";
const room = { site: "s", building: "主楼", floor: "2", number: "0201", kind: "single", state: "ready", since: "2022-04-03T08:00:00Z", by: null, reason: null, transfer: null, stay: null, turnover: null };
const stayId = "0190c000-0000-7000-8000-0000000000e1";
const stay = {
  site: "s", room: roomId, name: "王强", age: 30, sex: "male", id_tail: null, category: "close_contact", needs: [], checked_in_at: "2022-03-21T02:00:00Z",
  clock_from: "2022-03-20", due_at: "2022-04-03", ended_at: null, released: null, tests: [], health: [], changes: [],
  clock: { release: "last_test", due_on: "2022-04-03", tests_due: [{ day: 14, on: "2022-04-03" }], samples: 2, environment: false, index_tests: false, earlier: true },
};
const me = { id: "0190c000-0000-7000-8000-0000000000a1" as UserId, name: "赵师傅", site: null };
/** The first example of each type. */
const bodies = Object.fromEntries(operations().valid.reverse().map(({ body }) => [body.type, body])) as unknown as Record<OperationType, Body>;

const records = (transfer: Transfer = baseTransfer()): RecordRow[] => [
  { type: "transfer", id: transferId, rev: 7, body: transfer }, { type: "room", id: roomId, rev: 3, body: room },
  { type: "stay", id: stayId, rev: 5, body: stay },
];
const upTo = (high: number): Reach => ({ epoch: "e", high });
let made = 0;
const row = (body: Body, stamp: number | null = null): ActRow => {
  const id = `0190d000-0000-7000-8000-${String(++made).padStart(12, "0")}` as OperationId;
  const kept = stamp === null ? null : { seq: 1, id, device: "d", epoch: "e", verdict: "applied" as const, code: null, stamp, conflict: null, settled_at: 0 };
  return { id, body, about: { code: null, name: null }, kept };
};
const withdrawOf = ({ id, body }: ActRow): ActRow =>
  row({ ...bodies.withdraw, target: body.target, args: { operation: id } } as Body);
const shown = (view: View) => view.transfer(transferId)!;
const line = (view: View, index = 0) => shown(view).lines[index]!;

const EFFECTS: Partial<Record<OperationType, (view: View) => unknown>> = {
  verify_person: (view) => [line(view).verified?.complete, line(view).address?.unit, line(view).verified?.by],
  record_dock_call: (view) => [shown(view).dock.state, shown(view).dock.on_behalf, shown(view).dock.calls.length, shown(view).now.dock.state, shown(view).dock.ready],
  check_vehicle: (view) => [shown(view).vehicle_check?.missing, shown(view).now.vehicle.state],
  plan_route: (view) => [shown(view).route?.minutes, shown(view).now.route.state],
  record_moment: (view) => [shown(view).moments.en_route?.by, shown(view).state],
  board_person: (view) => [line(view).state, line(view).boarded_at],
  record_outcome: (view) => [line(view, 1).state, line(view, 1).outcome],
  add_extra_person: (view) => shown(view).lines.map(({ name, state }) => `${name} ${state}`),
  hand_to_care: (view) => line(view, 1).state,
  receive_person: (view) => [line(view).state, line(view).received?.outcome, line(view).received?.side],
  sign_handover: (view) => [shown(view).handover.crew?.counterpart, shown(view).handover.site],
  disinfect_vehicle: (view) => shown(view).disinfection?.by_name,
  report_problem: (view) => [shown(view).problems[0]?.reason, shown(view).now.verify.state, shown(view).now.verify.blocked_by],
  report_emergency: (view) => shown(view).emergencies[0]?.called_120,
  answer_docking: (view) => [shown(view).dock.state, shown(view).dock.answered_by, line(view).room?.number],
  set_room_state: (view) => [view.room(roomId)?.state, view.room(roomId)?.mark],
  release_stay: (view) => view.stay(stayId)?.released?.by,
  record_test_result: (view) => view.stay(stayId)?.tests?.map(({ on, result, samples }) => [on, result, samples]),
  record_health: (view) => view.stay(stayId)?.health?.map(({ day, part, medicine_days }) => [day, part, medicine_days]),
};

const OF_STAYS: OperationType[] = ["release_stay", "record_test_result", "record_health"];

const unasked = { beds_ready: null, rooms_ready: null, staff_ready: null, beds_ready_at: null, rooms_ready_at: null, staff_ready_at: null };
const onTheTelephone = {
  beds: { ready: true, at: null }, rooms: { ready: false, at: "2022-04-03T13:30:00.000Z" }, staff: { ready: true, at: null },
};

const EXPECTED: Partial<Record<OperationType, unknown>> = {
  verify_person: [true, "3", "赵师傅"], record_dock_call: ["confirmed_by_phone", true, 1, "done", onTheTelephone], check_vehicle: [["heating"], "waiting"],
  plan_route: [100, "done"], record_moment: ["赵师傅", "under_way"], board_person: ["aboard", "2022-04-03T12:50:00.000Z"],
  record_outcome: ["ended", "absent"], add_extra_person: ["李芳 expected", "王强 expected", "李小宝 aboard"], hand_to_care: "elsewhere",
  receive_person: ["received", "received", "crew"], sign_handover: ["吴前台", null], disinfect_vehicle: "消杀组 冯",
  report_problem: ["unreachable", "blocked", "unreachable"], report_emergency: true, answer_docking: ["confirmed", "赵师傅", "0201"],
  set_room_state: ["blocked", "saved"], release_stay: "赵师傅", record_test_result: [["2022-04-03", "negative", 2]],
  record_health: [["2022-04-03", "evening", 2]],
};

for (const type of Object.keys(CLASSES) as OperationType[]) {
  const effect = EFFECTS[type];
  if (!effect) continue;
  const untouched = effect(project(records(), [], upTo(0), me));

  test(`${type} shows at once what it did`, () => {
    assert.deepEqual(effect(project(records(), [row(bodies[type])], upTo(0), me)), EXPECTED[type]);
    assert.notDeepEqual(untouched, EXPECTED[type]);
  });

  test(`${type}, taken back before it was sent, shows as if it had not been`, () => {
    const act = row(bodies[type]);
    assert.deepEqual(effect(project(records(), [act, withdrawOf(act)], upTo(0), me)), untouched);
  });

  test(`${type} is not laid over records that hold it, and stays until they do`, () => {
    assert.deepEqual(effect(project(records(), [row(bodies[type], 8)], upTo(8), me)), type === "set_room_state" ? ["ready", "received"] : untouched);
    const waiting = effect(project(records(), [row(bodies[type], 8)], upTo(7), me));
    assert.deepEqual(waiting, type === "set_room_state" ? ["blocked", "received"] : EXPECTED[type]);
  });

  if (OF_STAYS.includes(type)) {
    test(`${type}, taken back after the office had it, is lifted off the stay until the office has that too`, () => {
      const { mark, acts, ...holding } = project(records(), [row(bodies[type])], upTo(0), me).stay(stayId)!;
      const act = row(bodies[type], 8);
      const withStay = [...records().filter((record) => record.type !== "stay"), { type: "stay", id: stayId, rev: 8, body: holding }];
      assert.deepEqual(effect(project(withStay, [act], upTo(8), me)), EXPECTED[type]);
      assert.deepEqual(effect(project(withStay, [act, withdrawOf(act)], upTo(8), me)), untouched);
    });
  } else if (type !== "set_room_state" && type !== "answer_docking" && type !== "verify_person") {
    test(`${type}, taken back after the office had it, is lifted off the record until the office has that too`, () => {
      const { lines, now, acts, ...after } = shown(project(records(), [row(bodies[type])], upTo(0), me));
      const holding = { ...after, lines: lines.map(({ mark, ...each }) => each) } as unknown as Transfer;
      const act = { ...row(bodies[type], 8) };
      if ("problems" in holding) Object.assign(holding, renamed(holding, act.id));
      const view = project(records(holding), [act, withdrawOf(act)], upTo(8), me);
      const lifted = effect(view);
      assert.deepEqual(type === "record_moment" ? (lifted as unknown[])[0] : lifted, type === "record_moment" ? undefined : untouched);
    });
  }
}

test("a call that asked none of the three shows none, nor does one that an older phone still has in its outbox", () => {
  const { args } = bodies.record_dock_call as Body & { args: Record<string, unknown> };
  const old = Object.fromEntries(Object.entries(args).filter(([name]) => !name.includes("_ready")));
  for (const told of [{ ...args, ...unasked }, old]) {
    assert.equal(shown(project(records(), [row({ ...bodies.record_dock_call, args: told } as Body)], upTo(0), me)).dock.ready, null);
  }
});

test("a call that nobody took leaves what the site said before", () => {
  const answered = shown(project(records(), [row(bodies.record_dock_call)], upTo(0), me)).dock;
  const body = { ...bodies.record_dock_call, occurred_at: "2022-04-03T11:20:00.000Z", args: { number: "0434-3000000", answered_by: null, result: "no_answer", rooms_promised: null, reason: null, gate: null, note: null, ...unasked } } as Body;
  const { dock } = shown(project(records(), [row(bodies.record_dock_call), row(body)], upTo(0), me));
  assert.deepEqual([dock.state, dock.ready, dock.calls.length], [answered.state, onTheTelephone, 2]);
});

test("an act has its mark on its line and step by step on the transfer, and a withdrawn one has none", () => {
  const act = row(bodies.board_person);
  assert.equal(line(project(records(), [act], upTo(0), me)).mark, "saved");
  assert.equal(line(project(records(), [act, withdrawOf(act)], upTo(0), me)).mark, null);
  assert.deepEqual(shown(project(records(), [act], upTo(0), me)).acts.map(({ type, mark }) => [type, mark]), [["board_person", "saved"]]);
});

test("a moment told anew stays when the one in the record is taken back, also where the phone's clock was set back in between", () => {
  const moment = (stamp: number | null) => row(bodies.record_moment, stamp);
  const [anew, first] = [moment(null), moment(8)]; // by their ids, made in this order
  const { lines, now, acts, ...rest } = shown(project(records(), [first], upTo(7), me));
  const holding = { ...rest, lines: lines.map(({ mark, ...each }) => each) } as unknown as Transfer;
  const view = project(records(holding), [first, anew, withdrawOf(first)], upTo(8), me);
  assert.deepEqual([shown(view).moments.en_route?.by, shown(view).state], ["赵师傅", "under_way"]);
});

test("a person already received by the site does not go back into the coach when the boarding arrives late", () => {
  const transfer = baseTransfer();
  transfer.lines[0]!.state = "received";
  assert.equal(line(project(records(transfer), [row(bodies.board_person)], upTo(0), me)).state, "received");
});

test("a person aboard stays aboard when somebody ticks them absent, and one turned away at the site is still the crew's", () => {
  const transfer = baseTransfer();
  transfer.lines[1]!.state = "aboard";
  assert.equal(line(project(records(transfer), [row(bodies.record_outcome)], upTo(0), me), 1).state, "aboard");
  const turnedAway = { ...bodies.receive_person, args: { ...bodies.receive_person.args, outcome: "refused", reason: "no_room" } } as Body;
  const view = project(records(), [row(turnedAway)], upTo(0), me);
  assert.deepEqual([line(view).state, line(view).received?.outcome], ["aboard", "refused"]);
});

test("each stop keeps its own moment beside the first telling, and taking one back leaves the other stop's", () => {
  const at = (stop: string): Body => ({ ...bodies.record_moment, args: { moment: "at_pickup", stop, allowed_by: null } }) as Body;
  const [north, south] = [row(at("north")), row(at("south"))];
  const stops = (rows: ActRow[]) => Object.keys(shown(project(records(), rows, upTo(0), me)).moments.at_pickup?.stops ?? {});
  assert.deepEqual(stops([north, south]).sort(), ["north", "south"]);
  assert.deepEqual(stops([north, south, withdrawOf(south)]), ["north"]);
});

test("a late fact about a closed transfer does not open it", () => {
  const view = project(records({ ...baseTransfer(), state: "closed" }), [row(bodies.record_moment)], upTo(0), me);
  assert.deepEqual([shown(view).state, shown(view).moments.en_route?.by], ["closed", "赵师傅"]);
});

test("who works at a site receives for the site", () => {
  const view = project(records(), [row(bodies.receive_person)], upTo(0), { ...me, name: "吴前台", site: "s" as never });
  assert.equal(line(view).received?.side, "site");
});

test("projecting changes no record", () => {
  const kept = records();
  const before = structuredClone(kept);
  project(kept, Object.values(bodies).map((body) => row(body)), upTo(0), me);
  assert.deepEqual(kept, before);
});

/** The office knows a problem, an emergency and an extra person by the operation's id. */
function renamed(transfer: Transfer, id: string): Partial<Transfer> {
  const known = new Set(baseTransfer().lines.map((each) => each.id as string));
  return {
    problems: transfer.problems.map((each) => ({ ...each, id })), emergencies: transfer.emergencies.map((each) => ({ ...each, id })),
    lines: transfer.lines.map((each) => (known.has(each.id) ? each : { ...each, id: id as never })),
  };
}

test("past the lease people are hidden, but never those whom the reader has aboard, and recording goes on", () => {
  const transfer = baseTransfer();
  transfer.lines[1]!.state = "aboard";
  const hidden = pastLease(project(records(transfer), [], upTo(0), me), me);
  assert.deepEqual([line(hidden).name, line(hidden).phone, line(hidden).address, line(hidden).needs], ["•••", null, null, []]);
  assert.equal(line(hidden, 1).name, "王强");
  const boarded = pastLease(project(records(transfer), [row(bodies.board_person)], upTo(0), me), me);
  assert.deepEqual([line(boarded).state, line(boarded).name], ["aboard", "李芳"]);
});

test("a site keeps the people it received in sight past the lease, and not those who are still to come", () => {
  const transfer = baseTransfer();
  transfer.lines[0]!.state = "received";
  transfer.lines[1]!.state = "aboard";
  const names = shown(pastLease(project(records(transfer), [], upTo(0), me), { site: "s" as never })).lines.map(({ name }) => name);
  assert.deepEqual(names, ["李芳", "•••"]);
});

test("the lease is over when the office's time is past it, and not while nothing was downloaded", () => {
  assert.equal(leaseIsOver("2022-04-06T12:00:00Z", Date.parse("2022-04-06T12:00:01Z")), true);
  assert.equal(leaseIsOver("2022-04-06T12:00:00Z", Date.parse("2022-04-06T11:00:00Z")), false);
  assert.equal(leaseIsOver(null, Infinity), false);
});

test("why a room is out of use may be told later, and a reason that stands is not written over", () => {
  const said = (reason: string | null, occurred_at: string) =>
    row({ ...bodies.set_room_state, occurred_at, args: { ...(bodies.set_room_state as Body & { args: object }).args, state: "blocked", reason } } as Body);
  const first = said(null, "2022-04-03T12:20:00.000Z");
  const known = project(records(), [first], upTo(0), me).room(roomId)!;
  const told = project(records(), [first, said("水管漏水", "2022-04-03T12:25:00.000Z"), said("不知道", "2022-04-03T12:26:00.000Z")], upTo(0), me).room(roomId)!;
  assert.deepEqual([known.reason, told.reason, told.since], [null, "水管漏水", known.since]);
});
