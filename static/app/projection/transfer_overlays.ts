import type { Act } from "./acts.ts";
import type { OperationType, StayOperation } from "../operations.ts";
import type { Line, LineId, MomentRecord, MomentTold, RoomId, StopId, Transfer, User } from "../records.ts";
import { isComplete, missingFrom } from "../rules/checks.ts";
import { leavesHome } from "../rules/gates.ts";

/** Who looks, and what the phone knows of rooms. */
export interface Around { me: Pick<User, "name" | "site">; room: (id: RoomId) => Line["room"] }

export type TransferOperation = Exclude<OperationType, StayOperation | "set_room_state" | "count_rooms" | "record_waste" | "admit_walk_in" | "withdraw" | "acknowledge_refusal">;

type Overlays = { [Type in TransferOperation]: {
  /** The transfer as it will be once the office has applied the act. */
  lay: (transfer: Transfer, act: Act<Type>, around: Around) => Transfer;
  /** The transfer as it will be once the office has taken the act back; what it replaced before is the office's to restore. */
  lift: (transfer: Transfer, act: Act<Type>) => Transfer;
} };

export const TRANSFER_OVERLAYS: Overlays = {
  verify_person: {
    lay: (transfer, act, { me }) => withLine(transfer, act.args.line, (line) => ({
      address: corrected(line.address, act.args.address),
      needs: [...line.needs, ...act.args.needs.filter((code) => !line.needs.some((need) => need.code === code)).map((code) => ({ code, detail: null }))],
      verified: { at: act.at, by: me.name, agrees: act.args.agrees, stays_behind: act.args.stays_behind, complete: isComplete(act.args, leavesHome(transfer)) },
    })),
    lift: (transfer, act) => withLine(transfer, act.args.line, () => ({ verified: null })),
  },
  record_dock_call: {
    lay: (transfer, { args, at }, { me }) => {
      const call = { number: args.number, answered_by: args.answered_by, result: args.result, rooms_promised: args.rooms_promised, at, by: me.name };
      const known = transfer.dock.calls.some((other) => other.at === at && other.number === args.number);
      const dock = { ...transfer.dock, calls: known ? transfer.dock.calls : [...transfer.dock.calls, call] };
      if (args.result === "no_answer") return { ...transfer, dock };
      const { answered_by, rooms_promised, reason, gate } = args;
      const state = args.result === "confirmed" ? "confirmed_by_phone" : "refused";
      return { ...transfer, dock: { ...dock, state, answered_by, at, on_behalf: true, rooms_promised, reason, gate: gate ?? dock.gate, ready: readyIn(args) } };
    },
    lift: (transfer, { at, args }) => {
      const calls = transfer.dock.calls.filter((call) => call.at !== at || call.number !== args.number);
      return args.result === "no_answer" ? { ...transfer, dock: { ...transfer.dock, calls } } : { ...transfer, dock: { ...asked(transfer), calls } };
    },
  },
  check_vehicle: {
    lay: (transfer, { args: { items, ppe, checker_kind, checker_name }, at }, { me }) => ({
      ...transfer,
      vehicle_check: {
        at, by: me.name, items, missing: missingFrom(items), ppe, checker_kind, checker_name, overrides: transfer.vehicle_check?.overrides ?? [],
      },
    }),
    lift: (transfer) => ({ ...transfer, vehicle_check: null }),
  },
  plan_route: {
    lay: (transfer, { args: { stops, minutes, km, night_checked, weather, backup_site }, at }, { me }) => ({
      ...transfer, route: { at, by: me.name, stops, minutes, km, night_checked, weather, backup_site },
    }),
    lift: (transfer) => ({ ...transfer, route: null }),
  },
  record_moment: {
    lay: (transfer, { args: { moment, stop, allowed_by }, at }, { me }) => ({
      ...transfer,
      state: begun(transfer, moment === "at_site" ? "arrived" : "under_way"),
      moments: { ...transfer.moments, [moment]: withTelling(transfer.moments[moment], stop, { at, by: me.name, allowed_by }) },
    }),
    lift: (transfer, { args }) => ({
      ...transfer,
      state: args.moment === "at_site" && transfer.state === "arrived" ? "under_way" : transfer.state,
      moments: { ...transfer.moments, [args.moment]: withoutTelling(transfer.moments[args.moment], args.stop) },
    }),
  },
  board_person: {
    lay: (transfer, { args, at }) => withLine({ ...transfer, state: begun(transfer, "under_way") }, args.line, (line) =>
      isElsewhere(line) ? {} : { state: "aboard", boarded_at: at, outcome: null, outcome_at: null }),
    lift: (transfer, { args }) => withLine(transfer, args.line, (line) =>
      line.state === "aboard" ? { state: "expected", boarded_at: null } : {}),
  },
  record_outcome: {
    // Somebody who is aboard stays so: the crew holds them, and the office sees both.
    lay: (transfer, { args, at }) => withLine(transfer, args.line, (line) =>
      line.state === "aboard" || isElsewhere(line) ? {} : { state: "ended", outcome: args.outcome, outcome_at: at, note: args.note }),
    lift: (transfer, { args }) => withLine(transfer, args.line, (line) =>
      line.state === "ended" ? { state: "expected", outcome: null, outcome_at: null, note: null } : {}),
  },
  add_extra_person: {
    lay: (transfer, act) => (transfer.lines.some(({ id }) => id === (act.id as string)) ? transfer
      : { ...transfer, lines: [...transfer.lines, extraLine(transfer, act)] }),
    lift: (transfer, act) => ({ ...transfer, lines: transfer.lines.filter((line) => line.id !== (act.id as string)) }),
  },
  hand_to_care: {
    lay: (transfer, { args }) => withLine(transfer, args.line, () => ({ state: "elsewhere", note: args.note })),
    lift: (transfer, { args }) => withLine(transfer, args.line, (line) => ({ ...backAboard(line), note: null })),
  },
  receive_person: {
    lay: (transfer, { args: { line, outcome, room }, at }, { me }) => withLine(transfer, line, ({ state }) => ({
      // Turned away at the door, they are still the crew's.
      state: outcome === "received" ? "received" : outcome === "refused" && state === "expected" ? "aboard" : state,
      received: { outcome, room, at, by: me.name, side: sideOf(me) },
    })),
    lift: (transfer, { args }) => withLine(transfer, args.line, (line) => ({ ...backAboard(line), received: null })),
  },
  sign_handover: {
    lay: (transfer, { args: { side, lines, counterpart }, at }, { me }) => ({
      ...transfer, handover: { ...transfer.handover, [side]: { at, by: me.name, lines, counterpart } },
    }),
    lift: (transfer, { args }) => ({ ...transfer, handover: { ...transfer.handover, [args.side]: null } }),
  },
  disinfect_vehicle: {
    lay: (transfer, { args, at }, { me }) => ({ ...transfer, disinfection: { ...args, at, by: me.name } }),
    lift: (transfer) => ({ ...transfer, disinfection: null }),
  },
  report_problem: {
    lay: (transfer, { id, args, at }, { me }) => ({
      ...transfer, problems: [...without(transfer.problems, id), { id, ...args, at, by: me.name, resolved_at: null }],
    }),
    lift: (transfer, { id }) => ({ ...transfer, problems: without(transfer.problems, id) }),
  },
  report_emergency: {
    lay: (transfer, { id, args, at }, { me }) => ({
      ...transfer, emergencies: [...without(transfer.emergencies, id), { id, ...args, at, by: me.name }],
    }),
    lift: (transfer, { id }) => ({ ...transfer, emergencies: without(transfer.emergencies, id) }),
  },
  answer_docking: {
    lay: (transfer, { args, args: { answer, reason, rooms, gate }, at }, { me, room }) => ({
      ...transfer,
      dock: { ...transfer.dock, state: answer === "accepted" ? "confirmed" : "refused", answered_by: me.name, at, on_behalf: false, reason, gate, ready: readyIn(args) },
      lines: transfer.lines.map((line) => (rooms?.[line.id] ? { ...line, room: room(rooms[line.id]!) ?? line.room } : line)),
    }),
    lift: (transfer) => ({ ...transfer, dock: asked(transfer) }),
  },
};

/** The first telling stands as the transfer's moment, and the first one at each stop as that stop's. */
function withTelling(moment: MomentRecord | null, stop: StopId | null, told: MomentTold): MomentRecord {
  return { ...(moment ?? told), stops: stop ? { [stop]: told, ...moment?.stops } : (moment?.stops ?? {}) };
}

function withoutTelling(moment: MomentRecord | null, stop: StopId | null): MomentRecord | null {
  const { [stop ?? ("" as StopId)]: _, ...stops } = moment?.stops ?? {};
  return moment && stop && Object.keys(stops).length ? { ...moment, stops } : null;
}

/** Who works at a site speaks for the site; everyone else on a transfer is its crew. */
const sideOf = (me: Around["me"]): "crew" | "site" => (me.site ? "site" : "crew");

function withLine(transfer: Transfer, id: LineId, change: (line: Line) => Partial<Line>): Transfer {
  return { ...transfer, lines: transfer.lines.map((line) => (line.id === id ? { ...line, ...change(line) } : line)) };
}

const ORDER: Transfer["state"][] = ["planned", "under_way", "arrived", "closed", "cancelled"];

/** The state goes on, never back: a late fact about a closed transfer does not open it. */
const begun = ({ state }: Transfer, next: "under_way" | "arrived"): Transfer["state"] =>
  ORDER.indexOf(state) < ORDER.indexOf(next) ? next : state;

const isElsewhere = ({ state }: Line): boolean => state === "received" || state === "elsewhere";

const backAboard = (line: Line): Partial<Line> => ({ state: line.boarded_at ? "aboard" : "expected" });

const asked = ({ dock }: Transfer): Transfer["dock"] =>
  ({ state: "asked", answered_by: null, at: null, on_behalf: false, rooms_promised: null, reason: null, gate: null, ready: null, calls: dock.calls });

/** Null where none of the three was asked; a call of version 1, which may still lie in an outbox, could not ask. */
const readyIn = (args: Act<"answer_docking" | "record_dock_call">["args"]): Transfer["dock"]["ready"] => args.beds_ready == null ? null : {
  beds: { ready: args.beds_ready, at: args.beds_ready_at }, rooms: { ready: args.rooms_ready!, at: args.rooms_ready_at },
  staff: { ready: args.staff_ready!, at: args.staff_ready_at },
};

const without = <Entry extends { id: string }>(entries: Entry[], id: string): Entry[] => entries.filter((entry) => entry.id !== id);

function corrected(address: Line["address"], edits: Act<"verify_person">["args"]["address"]): Line["address"] {
  const changes = Object.entries(edits ?? {}).map(([field, edit]) => [field, edit.now]);
  return address && { ...address, ...Object.fromEntries(changes) };
}

/** Until the office gives this person a line, the operation's id stands for it. */
function extraLine(transfer: Transfer, { id, args, at }: Act<"add_extra_person">): Line {
  return {
    id: id as string as LineId, person: id, position: transfer.lines.length + 1, stop: null, household: null,
    name: args.name, age: args.age, sex: args.sex, id_tail: null, category: null, case_type: null, address: null,
    phone: args.phone, second_phone: null, needs: [], words: args.note, room: null, state: "aboard", verified: null,
    boarded_at: at, outcome: null, outcome_at: null, received: null, note: args.note,
  };
}
