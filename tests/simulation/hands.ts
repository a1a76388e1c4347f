// What a person does on a phone: one of the things that the screen offers, chosen by rolls. Nothing is chosen that is not shown.
import type { Phone } from "../../static/app/sync/phone.ts";
import type { ShownTransfer } from "../../static/app/sync/phone.ts";
import type { ShownStay } from "../../static/app/projection/view.ts";
import { VEHICLE_ITEMS, type Arguments, type OperationType, type SeenBehind, type StayOperation } from "../../static/app/operations.ts";
import type { OperationId, RoomId, SiteId, StayId, TransferId } from "../../static/app/records.ts";
import { lacking, mayBeAllowed } from "../../static/app/rules/clocks.ts";
import { dayIn } from "../../static/app/rules/time.ts";
import { CYCLE } from "../../static/app/rules/turnover.ts";
import { photo } from "./photos.ts";

/** One of so many, from 0. */
export type Roll = (sides: number) => number;
/** `about` says what was done when `act` has resolved; its `blobs` are the pictures that went with it. */
export interface Intended { about: { type: OperationType; target: string; args: unknown; blobs?: string[] }; act(): Promise<OperationId> }
type Kind = (phone: Phone, roll: Roll) => Intended | null;

const DAY_MS = 86_400_000;
const one = <Item>(roll: Roll, items: readonly Item[]): Item => items[roll(items.length)]!;

function about<Type extends OperationType>(type: Type, target: string, args: Arguments[Type], act: () => Promise<OperationId>): Intended {
  return { about: { type, target, args }, act };
}

/** An act about a transfer that is on the screen: of a site's people one that arrives. */
function onTransfer<Type extends OperationType>(
  type: Type, name: string, args: (transfer: ShownTransfer, roll: Roll, phone: Phone) => Arguments[Type] | null,
): Kind {
  return (phone, roll) => {
    const { site } = phone.user!;
    const before = site ? phone.view.transfers.filter(({ destination }) => destination.id === site) : phone.view.transfers;
    const transfer = before.length ? one(roll, before) : null;
    const given = transfer && args(transfer, roll, phone);
    if (!given) return null;
    const record = (phone.act as any)[name] as (target: TransferId, args: Arguments[Type]) => Promise<OperationId>;
    return about(type, transfer.id, given, () => record(transfer.id as TransferId, given));
  };
}

/** The same about one of its people. */
function onLine<Type extends OperationType>(
  type: Type, name: string, args: (line: ShownTransfer["lines"][number], roll: Roll, phone: Phone) => Arguments[Type],
): Kind {
  return onTransfer(type, name, (transfer, roll, phone) => (transfer.lines.length ? args(one(roll, transfer.lines), roll, phone) : null));
}

/** An act about somebody who is there. */
function onStay<Type extends StayOperation>(
  type: Type, name: string, args: (stay: ShownStay, roll: Roll, phone: Phone) => Arguments[Type] | null,
): Kind {
  return (phone, roll) => {
    const here = phone.view.stays.filter(({ ended_at }) => ended_at === null);
    const stay = here.length ? one(roll, here) : null;
    const given = stay && args(stay, roll, phone);
    if (!given) return null;
    const record = (phone.act as any)[name] as (target: StayId, args: Arguments[Type]) => Promise<OperationId>;
    return about(type, stay.id, given, () => record(stay.id as StayId, given));
  };
}

/** As the sheet offers it: where nothing lacks, or by the word of somebody who may allow it. */
function release(stay: ShownStay, roll: Roll, phone: Phone): Arguments["release_stay"] | null {
  if (stay.released || stay.referred_at || !stay.clock) return null;
  const indexNegative = stay.clock.index_tests && roll(2) > 0;
  const lacks = lacking(stay.clock, stay.tests ?? [], dayIn(phone.view.settings.time_zone, phone.now()), indexNegative);
  if (!mayBeAllowed(stay.clock, lacks)) return null;
  return { index_negative: indexNegative, ...(lacks.length ? { allowed_by: "院感组", reason: "转居家" } : { allowed_by: null, reason: null }), note: null };
}

/** The same with a picture, one time in two: kept first, and when there is no room for it the form goes on without. */
function withPhoto(kind: Kind): Kind {
  return (phone, roll) => {
    const plain = kind(phone, roll);
    if (!plain || roll(2)) return plain;
    const said = { ...plain.about, blobs: [] as string[] };
    const record = { report_problem: phone.act.reportProblem, sign_handover: phone.act.signHandover }[said.type as "report_problem"] as typeof phone.act.reportProblem;
    return {
      about: said,
      async act() {
        const kept = await phone.pictures.keep(photo(roll)).catch(() => null);
        if (kept) said.blobs.push(kept);
        return record(said.target as TransferId, said.args as Arguments["report_problem"], said.blobs);
      },
    };
  };
}

export const acts: Record<string, Kind> = {
  verify: onLine("verify_person", "verifyPerson", (line, roll) => ({
    line: line.id, identity: ["id_card", "birthday"], sources_agree: true, address_read_back: true, address: null, whereabouts: "home", whereabouts_note: null,
    phone_works: true, temperature: 36.6, symptoms: [], needs: [], medicine_days: null,
    stays_behind: { answer: "nobody", who: null, carer_name: null, carer_phone: null, desk_name: null }, pets: { answer: "none", who: null },
    told: true, agrees: one(roll, ["agrees", "agrees", "objects", "absent"] as const), note: null,
  })),
  call: onTransfer("record_dock_call", "recordDockCall", (_, roll) => {
    const result = one(roll, ["confirmed", "refused", "no_answer"] as const);
    const asked = result === "confirmed" && roll(2) ? true : null;
    return {
      number: "14200000002", answered_by: "吴前台", result, rooms_promised: 2, reason: null, gate: null, note: null,
      beds_ready: asked, rooms_ready: asked, staff_ready: asked, beds_ready_at: null, rooms_ready_at: null, staff_ready_at: null,
    };
  }),
  check: onTransfer("check_vehicle", "checkVehicle", (_, roll) => ({
    items: Object.fromEntries(VEHICLE_ITEMS.map((item) => [item, roll(12) > 0])), ppe: [], checker_kind: "crew", checker_name: "钱护士", note: null,
  })),
  route: onTransfer("plan_route", "planRoute", (transfer) => ({
    stops: transfer.stops.map(({ id }) => id), minutes: 60, km: 20, weather: "晴", night_checked: true, backup_site: null, pass_no: null, note: null,
  })),
  moment: onTransfer("record_moment", "recordMoment", (_, roll) => ({
    moment: one(roll, ["en_route", "at_pickup", "people_called", "left_pickup", "at_site"] as const), stop: null, allowed_by: roll(2) ? "专班" : null,
  })),
  board: onLine("board_person", "boardPerson", (line) => ({ line: line.id, identity: ["id_card", "face"], temperature: null, mask: true, seat: null, allowed_by: null })),
  outcome: onLine("record_outcome", "recordOutcome", (line, roll) => ({ line: line.id, outcome: one(roll, ["absent", "refused", "unfit", "emergency"] as const), note: null })),
  extra: onTransfer("add_extra_person", "addExtraPerson", (_, roll) => ({ name: one(roll, ["李小宝", "李大宝", "无名氏"]), age: 30 + roll(9), sex: null, phone: null, note: null })),
  care: onLine("hand_to_care", "handToCare", (line) => ({ line: line.id, to: "ambulance_120", hospital: null, taken_by: "急救车 7", note: null })),
  receive: onLine("receive_person", "receivePerson", (line, roll, phone) => ({
    line: line.id, outcome: one(roll, ["received", "received", "received", "refused", "absent"] as const),
    room: (roll(3) ? line.room?.id : phone.view.rooms[roll(phone.view.rooms.length)]?.id as RoomId | undefined) ?? null, reason: null, temperature: null, note: null,
  })),
  sign: withPhoto(onTransfer("sign_handover", "signHandover", (transfer, roll, phone) => ({
    side: phone.user?.site ? "site" : "crew", counterpart: "对方", note: null,
    lines: transfer.lines.map(({ id }) => ({ line: id, outcome: one(roll, ["received", "received", "refused", "absent"] as const) })),
  }))),
  disinfect: onTransfer("disinfect_vehicle", "disinfectVehicle", (_, roll) => ({
    agent: "chlorine", strength_mg_l: 1000, contact_minutes: roll(2) * 30, aired_minutes: 30, by_name: "冯师傅", place: "site",
  })),
  problem: withPhoto(onTransfer("report_problem", "reportProblem", (transfer, roll) => ({
    step: "move", reason: one(roll, ["unreachable", "vehicle_breakdown", "other"] as const), line: transfer.lines.length && roll(2) ? one(roll, transfer.lines).id : null, note: "记下",
  }))),
  emergency: onTransfer("report_emergency", "reportEmergency", (transfer, roll) => ({
    line: transfer.lines.length ? one(roll, transfer.lines).id : null, called_120: true, hospital: null, note: null,
  })),
  dock: onTransfer("answer_docking", "answerDocking", (_, roll) => {
    const accepted = roll(4) > 0;
    return {
      answer: accepted ? "accepted" : "refused", reason: accepted ? null : "full", rooms: null, beds_ready: true, rooms_ready: true, staff_ready: true, beds_ready_at: null, rooms_ready_at: null, staff_ready_at: null, gate: "东门", note: null,
    };
  }),
  room: (phone, roll) => {
    if (!phone.view.rooms.length) return null;
    const { id, state } = one(roll, phone.view.rooms);
    const next = CYCLE[CYCLE.indexOf(state) + 1];
    const seen = next && roll(4) ? next : one(roll, ["ready", "blocked", "vacated_dirty", "occupied", "hold", "disinfecting"] as const);
    const details = roll(2) ? { agent: "chlorine" as const, strength_mg_l: 1000, provisioned: phone.view.settings.turnover.checklist } : { agent: null, strength_mg_l: null, provisioned: null };
    const args = { state: seen, reason: roll(2) ? "看到的" : null, note: null, contact_minutes: null, aired_minutes: null, ...details };
    return about("set_room_state", id, args, () => phone.act.setRoomState(id as RoomId, args));
  },
  walkIn: (phone, roll) => {
    const ready = phone.view.rooms.filter(({ state }) => state === "ready");
    if (!ready.length) return null;
    const { id } = one(roll, ready);
    const args = {
      name: one(roll, ["赵自来", "孙自来", "周自来"]), reason: "自己走来", age: roll(2) ? 20 + roll(60) : null, sex: one(roll, ["male", "female", null] as const),
      phone: roll(2) ? `1370000${1000 + roll(1000)}` : null, category: one(roll, ["close_contact", "close_contact", "secondary_contact", "asymptomatic", null] as const), note: null,
    };
    return about("admit_walk_in", id, args, () => phone.act.admitWalkIn(id as RoomId, args));
  },
  count: (phone, roll) => {
    const site = phone.user?.site as SiteId | null | undefined;
    const rooms = phone.view.rooms.filter((room) => room.site === site);
    if (!site || !rooms.length) return null;
    const { building, floor } = one(roll, rooms);
    const see = ({ state }: { state: string }): SeenBehind => (roll(4) ? (state === "occupied" ? "occupied" : "empty") : one(roll, ["occupied", "empty", "unclear"] as const));
    const seen = Object.fromEntries(rooms.filter((room) => room.building === building && room.floor === floor).map((room) => [room.id, see(room)]));
    const args = { building, floor, seen: seen as Record<RoomId, SeenBehind>, note: null };
    return about("count_rooms", site, args, () => phone.act.countRooms(site, args));
  },
  waste: (phone, roll) => {
    const site = phone.user?.site as SiteId | null | undefined;
    if (!site) return null;
    const stored = new Date(phone.now() - roll(4) * DAY_MS).toISOString();
    const args = { bags: 1 + roll(30), weight_kg: roll(2) ? roll(900) / 10 : null, stored_since: stored, handed_by: "许保洁", collected_by: one(roll, ["冯师傅", "秦师傅"]), company: null, note: null };
    return about("record_waste", site, args, () => phone.act.recordWaste(site, args));
  },
  test: onStay("record_test_result", "recordTestResult", (stay, roll, phone) => {
    const result = one(roll, ["negative", "negative", "negative", "positive", "invalid"] as const);
    const kind = stay.clock?.environment && roll(3) === 0 ? "environment" : "person";
    const taken = roll(3) ? null : new Date(phone.now() - DAY_MS).toISOString();
    return { result, kind, taken_at: taken, ct: result === "positive" && roll(3) ? 10 + roll(350) / 10 : null, samples: kind === "person" ? (stay.clock?.samples ?? 1) : 1, note: null };
  }),
  health: onStay("record_health", "recordHealth", (_, roll) => {
    const part = one(roll, ["morning", "evening"] as const);
    if (roll(2)) return { part, temperature: null, symptoms: [], medicine_days: null, request: null };
    return {
      part, temperature: 36 + roll(26) / 10, symptoms: roll(4) ? [] : ["cough"], medicine_days: roll(3) ? null : roll(8), request: roll(3) ? null : `要热水 ${roll(100)}`,
    };
  }),
  release: onStay("release_stay", "releaseStay", release),
  withdraw: (phone, roll) => {
    const own = phone.view.acts.filter(({ type, withdrawn }) => type !== "withdraw" && type !== "acknowledge_refusal" && !withdrawn);
    const act = own.at(-1 - roll(Math.min(own.length, 3)));
    return act ? about("withdraw", act.target, { operation: act.id }, () => phone.undo(act.id)) : null;
  },
  acknowledge: (phone, roll) => {
    if (!phone.view.refusals.length) return null;
    const { id } = one(roll, phone.view.refusals);
    return about("acknowledge_refusal", id, { operation: id }, () => phone.acknowledge(id));
  },
};
