/**
 * What a person on a phone may do: the operations of `sync/PROTOCOL.md` §4 with their arguments and class.
 * The target is the transfer unless `Targets` says otherwise. Operations carry ids, never names (an extra person excepted).
 */
import type {
  Category, DayPart, HospitalId, LineId, LineOutcome, Moment, OperationId, Reception, RoomId, RoomState, Sex, SiteId, StayId, StaysBehind, Step,
  StopId, TestKind, TestResult, Time, TransferId, UserId,
} from "./records.ts";

export type IdentityCode = "id_card" | "face" | "call_back" | "household_register" | "birthday";

export const VEHICLE_ITEMS = [
  "partition_sealed", "vents_work", "waste_place", "vomit_kit", "disinfectant", "hand_rub", "masks", "spare_ppe", "fuel",
  "heating", "seat_belts", "fire_extinguisher", "first_aid", "phone_charger", "printed_list", "pass", "disinfected", "driver_hours",
] as const;
export type VehicleItem = (typeof VEHICLE_ITEMS)[number];

export const DOCK_REFUSALS = ["full", "not_disinfected", "no_staff", "category", "no_power_or_heat", "other"] as const;
export type DockRefusal = (typeof DOCK_REFUSALS)[number];

export const RECEPTION_REFUSALS = ["no_room", "fever", "wrong_person", "not_on_list", "category", "younger_test", "other"] as const;
export type ReceptionRefusal = (typeof RECEPTION_REFUSALS)[number];

export const PROBLEM_REASONS = [
  "unreachable", "refused", "wrong_person", "wrong_address", "wrong_site", "site_refused", "category_changed", "emergency",
  "vehicle_breakdown", "accident", "driver_over_hours", "room_not_ready", "cross_infection", "property_lost",
  "dependant_left_alone", "other",
] as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[number];

export const ROOM_AGENTS = ["chlorine", "hydrogen_peroxide", "uv"] as const;
export type RoomAgent = (typeof ROOM_AGENTS)[number];

/** What somebody who walks a floor sees behind a door; unclear: nobody opens, and it cannot be seen from outside. */
export type SeenBehind = "occupied" | "empty" | "unclear";

/** A corrected field: what the person saw, and what it should be. */
export interface Edit { was: string | null; now: string | null }

export interface Arguments {
  verify_person: {
    line: LineId; identity: IdentityCode[]; sources_agree: boolean; address_read_back: boolean;
    address: Partial<Record<"compound" | "building" | "unit" | "room", Edit>> | null;
    whereabouts: "home" | "elsewhere"; whereabouts_note: string | null; phone_works: boolean; temperature: number | null;
    symptoms: string[]; needs: string[]; medicine_days: number | null; stays_behind: StaysBehind | null;
    pets: { answer: "none" | "carer" | "alone"; who: string | null } | null; told: boolean; agrees: "agrees" | "objects" | "absent";
    note: string | null;
  };
  record_dock_call: {
    number: string; answered_by: string | null; result: "confirmed" | "refused" | "no_answer"; rooms_promised: number | null;
    reason: DockRefusal | null; gate: string | null; note: string | null; beds_ready: boolean | null; rooms_ready: boolean | null;
    staff_ready: boolean | null; beds_ready_at: Time | null; rooms_ready_at: Time | null; staff_ready_at: Time | null;
  };
  check_vehicle: {
    items: Partial<Record<VehicleItem, boolean>>; ppe: { user: UserId; on_at: Time }[];
    checker_kind: "crew" | "dispatcher_by_phone"; checker_name: string; note: string | null;
  };
  plan_route: {
    stops: StopId[]; minutes: number; km: number | null; weather: string | null; night_checked: boolean;
    backup_site: SiteId | null; pass_no: string | null; note: string | null;
  };
  record_moment: { moment: Moment; stop: StopId | null; allowed_by: string | null };
  board_person: {
    line: LineId; identity: IdentityCode[]; temperature: number | null; mask: boolean | null; seat: string | null;
    allowed_by: string | null;
  };
  record_outcome: { line: LineId; outcome: LineOutcome; note: string | null };
  add_extra_person: { name: string; age: number | null; sex: Sex | null; phone: string | null; note: string | null };
  hand_to_care: { line: LineId; to: "ambulance_120" | "hospital"; hospital: HospitalId | null; taken_by: string | null; note: string | null };
  receive_person: {
    line: LineId; outcome: Reception; room: RoomId | null; reason: ReceptionRefusal | null; temperature: number | null; note: string | null;
  };
  sign_handover: { side: "crew" | "site"; lines: { line: LineId; outcome: Reception }[]; counterpart: string; note: string | null };
  disinfect_vehicle: {
    agent: "chlorine" | "hydrogen_peroxide" | "uv"; strength_mg_l: number | null; contact_minutes: number; aired_minutes: number;
    by_name: string; place: "site" | "depot" | "other";
  };
  report_problem: { step: Step; reason: ProblemReason; line: LineId | null; note: string | null };
  report_emergency: { line: LineId | null; called_120: boolean; hospital: HospitalId | null; note: string | null };
  answer_docking: {
    answer: "accepted" | "refused"; reason: DockRefusal | null; rooms: Record<LineId, RoomId> | null; beds_ready: boolean;
    rooms_ready: boolean; staff_ready: boolean; beds_ready_at: Time | null; rooms_ready_at: Time | null; staff_ready_at: Time | null;
    gate: string | null; note: string | null;
  };
  set_room_state: {
    state: RoomState; reason: string | null; note: string | null; agent: RoomAgent | null; strength_mg_l: number | null;
    contact_minutes: number | null; aired_minutes: number | null; provisioned: string[] | null;
  };
  admit_walk_in: {
    name: string; reason: string; age: number | null; sex: Sex | null; phone: string | null; category: Category | null; note: string | null;
  };
  record_waste: {
    bags: number; weight_kg: number | null; stored_since: Time | null; handed_by: string; collected_by: string; company: string | null; note: string | null;
  };
  count_rooms: { building: string; floor: string; seen: Record<RoomId, SeenBehind>; note: string | null };
  release_stay: { index_negative: boolean; allowed_by: string | null; reason: string | null; note: string | null };
  record_test_result: {
    result: TestResult; kind: TestKind; taken_at: Time | null; ct: number | null; samples: number; note: string | null;
  };
  record_health: {
    part: DayPart; temperature: number | null; symptoms: string[]; medicine_days: number | null; request: string | null;
  };
  withdraw: { operation: OperationId };
  acknowledge_refusal: { operation: OperationId };
}

export type OperationType = keyof Arguments;
export type Class = "fact" | "check" | "decision";

/** A fact and a check are never refused for a rule; a decision is. The order here is the order of the agreement. */
export const CLASSES: Readonly<Record<OperationType, Class>> = {
  verify_person: "check", record_dock_call: "fact", check_vehicle: "check", plan_route: "check", record_moment: "fact",
  board_person: "fact", record_outcome: "fact", add_extra_person: "fact", hand_to_care: "fact", receive_person: "fact",
  sign_handover: "fact", disinfect_vehicle: "fact", report_problem: "fact", report_emergency: "fact",
  answer_docking: "decision", set_room_state: "fact", admit_walk_in: "fact", count_rooms: "fact", record_waste: "fact", release_stay: "decision",
  record_test_result: "fact", record_health: "fact", withdraw: "fact", acknowledge_refusal: "decision",
};

/** The version that this phone writes, 1 unless said (PROTOCOL §5). What waits in an outbox goes up as it was written. */
export const VERSIONS: Partial<Record<OperationType, number>> = { record_dock_call: 2, receive_person: 3, answer_docking: 2, set_room_state: 2 };

/** What is told of somebody who stays. */
export type StayOperation = "release_stay" | "record_test_result" | "record_health";

/** What each operation is about. `withdraw` has the target of the operation it takes back. */
export type Target<Type extends OperationType> =
  Type extends "set_room_state" | "admit_walk_in" ? RoomId : Type extends StayOperation ? StayId : Type extends "count_rooms" | "record_waste" ? SiteId
  : Type extends "withdraw" ? TransferId | RoomId | StayId | SiteId : Type extends "acknowledge_refusal" ? OperationId : TransferId;

/** The JSON text that goes up as `body`; the server keeps these exact bytes and their SHA-256 is the operation's hash. */
export type Body<Type extends OperationType = OperationType> = { [T in Type]: {
  type: T; v: number; author: UserId; target: Target<T>; base_rev: number | null; args: Arguments[T]; after: OperationId[];
  blobs: string[]; occurred_at: Time; clock_offset_ms: number | null; app: string;
} }[Type];
