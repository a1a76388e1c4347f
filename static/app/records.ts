/**
 * What the server tells a phone: one type for each record of `sync/PROTOCOL.md` §5.
 * Times are ISO 8601 in UTC; screens show them in the zone of the setting `time_zone`.
 */
export type Id<Of extends string> = string & { readonly idOf: Of };
export type TransferId = Id<"transfer">;
export type LineId = Id<"line">;
export type RoomId = Id<"room">;
export type StayId = Id<"stay">;
export type SiteId = Id<"site">;
export type StopId = Id<"stop">;
export type HospitalId = Id<"hospital">;
export type UserId = Id<"user">;
export type OperationId = Id<"operation">;
export type ConflictId = Id<"conflict">;
export type Time = string;

/** Every record type, by the name that the feed gives it. */
export interface Records {
  transfer: Transfer; room: Room; stay: Stay; conflict: Conflict; receipt: Receipt;
  site_card: SiteCard; hospital: Hospital; area: Area; contact: Contact; setting: Setting;
}
export type RecordType = keyof Records;
/** A record as the phone holds it: its id and its revision beside the body. */
export type Held<Type extends RecordType> = Records[Type] & { readonly id: string; readonly rev: number };

export type Step = "verify" | "dock" | "vehicle" | "route" | "move" | "handover";
export const STEPS: readonly Step[] = ["verify", "dock", "vehicle", "route", "move", "handover"];
export type StepState = "waiting" | "open" | "done" | "blocked";
export type Moment = "en_route" | "at_pickup" | "people_called" | "left_pickup" | "at_site";
export const MOMENTS: readonly Moment[] = ["en_route", "at_pickup", "people_called", "left_pickup", "at_site"];
export type Category =
  | "confirmed" | "asymptomatic" | "screen_positive" | "pooled_positive" | "close_contact" | "secondary_contact"
  | "general_contact" | "risk_area_person" | "accompanying";
export type Sex = "male" | "female";
export type LineState = "expected" | "aboard" | "received" | "elsewhere" | "ended";
export type LineOutcome = "absent" | "refused" | "unfit" | "emergency" | "wrong_person" | "already_moved";
export type Reception = "received" | "refused" | "absent";
export type Verdict = "applied" | "flagged" | "held" | "refused";

export interface Transfer {
  code: string;
  kind: "outbound" | "return" | "hospital" | "site_to_site";
  category: Category | null;
  priority: "emergency" | "high" | "normal";
  state: "planned" | "under_way" | "arrived" | "closed" | "cancelled";
  depart_at: Time | null;
  deadline_at: Time | null;
  deadline_rule: string | null;
  cancelled: { at: Time; by: string; reason: string } | null;
  diverted: boolean;
  vehicle: Vehicle | null;
  crew: CrewMember[];
  desk: { name: string; phone: string } | null;
  origin: Place | null;
  destination: Place;
  backup: Place | null;
  stops: Stop[];
  lines: Line[];
  dock: Dock;
  vehicle_check: VehicleCheck | null;
  route: Route | null;
  moments: Record<Moment, MomentRecord | null>;
  handover: { crew: Signature | null; site: Signature | null; closed_at: Time | null };
  disinfection: Disinfection | null;
  problems: Problem[];
  emergencies: Emergency[];
  steps: Partial<Record<Step, StepRecord>>;
  /** How many conflict items stand open on it. */
  conflicts: number;
}

export interface Vehicle { id: string; plate: string; kind: string; seats: number; seats_usable: number }
export interface CrewMember { user: UserId; name: string; role: "driver" | "escort"; phone: string | null }
export interface Place {
  kind: "site" | "hospital" | "home" | "elsewhere";
  id: string | null; name: string; address: string | null; phone: string | null;
  lat: number | null; lng: number | null; area: string | null;
}
export interface Stop {
  id: StopId; name: string; lat: number | null; lng: number | null;
  contact_name: string | null; contact_phone: string | null; people: number;
}

export interface Line {
  id: LineId; person: string; position: number; stop: StopId | null; household: string | null;
  name: string; age: number | null; sex: Sex | null; id_tail: string | null;
  category: Category | null; case_type: string | null; last_test?: { at: Time; result: string } | null;
  /** Null for a receiver, and for the crew once the person is aboard; so are the phones. */
  address: Address | null;
  phone: string | null; second_phone: string | null;
  needs: Need[];
  /** What the list said in words that nobody could turn into a need. */
  words: string | null;
  room: LineRoom | null;
  /** The room at a site out of which they are called; an office that is older does not say. */
  from_room?: LineRoom | null;
  state: LineState;
  verified: Verification | null;
  boarded_at: Time | null;
  outcome: LineOutcome | null;
  outcome_at: Time | null;
  received: { outcome: Reception; room: RoomId | null; at: Time; by: string; side: "crew" | "site" } | null;
  note: string | null;
}
export interface LineRoom { id: RoomId; building: string; floor: string; number: string }
export interface Address { compound: string | null; building: string | null; unit: string | null; room: string | null }
export interface Need { code: string; detail: string | null }
export interface StaysBehind {
  answer: "nobody" | "can_be_alone" | "carer" | "desk";
  who: string | null; carer_name: string | null; carer_phone: string | null; desk_name: string | null;
}
export interface Verification {
  at: Time; by: string; agrees: "agrees" | "objects" | "absent" | null; stays_behind: StaysBehind | null; complete: boolean;
}

export interface Dock {
  state: "asked" | "confirmed" | "confirmed_by_phone" | "refused";
  answered_by: string | null; at: Time | null;
  /** True when a crew member recorded by telephone what the site said. */
  on_behalf: boolean;
  rooms_promised: number | null; reason: string | null; gate: string | null;
  /** Where the site itself answered, or was asked on the telephone; an older office does not say it. */
  ready?: Record<DockPart, { ready: boolean; at: Time | null }> | null;
  calls: DockCall[];
}
export type DockPart = "beds" | "rooms" | "staff";
export const DOCK_PARTS: readonly DockPart[] = ["beds", "rooms", "staff"];
export interface DockCall {
  number: string; answered_by: string | null; result: "confirmed" | "refused" | "no_answer";
  rooms_promised: number | null; at: Time; by: string;
}
export interface VehicleCheck {
  at: Time; by: string; items: Partial<Record<string, boolean>>; missing: string[]; ppe: { user: UserId; on_at: Time }[];
  checker_kind: "crew" | "dispatcher_by_phone"; checker_name: string; overrides: Override[];
}
/** A commander's word that the vehicle may go without this item. */
export interface Override { item: string; by: string; at: Time; reason: string }
export interface Route {
  at: Time; by: string; stops: StopId[]; minutes: number; km: number | null; night_checked: boolean;
  weather: string | null; backup_site: SiteId | null;
}
/** The first telling of a moment; a trip with several stops keeps each stop's own beside it. */
export interface MomentRecord extends MomentTold { stops?: Partial<Record<StopId, MomentTold>> }
export interface MomentTold { at: Time; by: string; allowed_by: string | null }
export interface Signature { at: Time; by: string; lines: { line: LineId; outcome: Reception }[]; counterpart: string }
export interface Disinfection {
  at: Time; by: string; agent: "chlorine" | "hydrogen_peroxide" | "uv"; strength_mg_l: number | null;
  contact_minutes: number; aired_minutes: number; by_name: string; place: "site" | "depot" | "other";
}
export interface Problem {
  id: string; step: Step; reason: string; line: LineId | null; note: string | null; at: Time; by: string; resolved_at: Time | null;
}
export interface Emergency {
  id: string; line: LineId | null; called_120: boolean; hospital: HospitalId | null; note: string | null; at: Time; by: string;
}
export interface StepRecord { state: StepState; since: Time | null; done_at: Time | null; by: string | null; owner: string | null }

export type RoomState =
  | "building_up" | "awaiting_acceptance" | "ready" | "reserved" | "occupied" | "vacated_dirty" | "disinfecting" | "contact_time"
  | "aerating" | "inspecting" | "provisioning" | "blocked" | "hold" | "staff_use";
export interface Room {
  site: SiteId; building: string; floor: string; number: string; kind: string; state: RoomState; since: Time;
  by: string | null; reason: string | null; transfer: TransferId | null; stay: string | null;
  /** The turnover that it is in, or that made it ready. Absent from an office that does not tell it yet. */
  turnover: Turnover | null;
}
/** From one emptying of a room to its being ready: when each stage began, and the record of it. People by id. */
export interface Turnover {
  seen_from: RoomState; vacated_at: Time | null; disinfecting_at: Time | null; contact_at: Time | null; aerating_at: Time | null;
  inspecting_at: Time | null; provisioning_at: Time | null; ready_at: Time | null; agent: string | null; strength_mg_l: number | null;
  contact_minutes: number | null; aired_minutes: number | null; disinfected_by: string | null; contact_by: string | null;
  inspected_by: string | null; provisioned: string[];
}
/** Somebody in a room. What an older office does not tell yet is missing. */
export interface Stay {
  site: SiteId; room: RoomId | null; name: string; age: number | null; sex: Sex | null; id_tail: string | null;
  category: Category | null; needs: Need[]; checked_in_at: Time; clock_from: string | null; due_at: Time | null; ended_at: Time | null;
  pack?: string | null; clock_basis?: ClockBasis | null; clock?: Clock; tests?: Sample[]; health?: HealthCheck[]; changes?: ClockChange[];
  fever_from?: number; referred_at?: Time | null; released?: Release | null;
}
export type ClockBasis = "last_exposure" | "arrival" | "positive_sample" | "reset";
/** What a release is judged by (`rules/clocks.ts`). Days are those of the setting `time_zone`, as "2022-04-15". */
export interface Clock {
  release: "days" | "last_test" | "all_tests" | "negative_twice" | "ct_twice" | "by_word"; due_on: string | null;
  tests_due: { day: number; on: string }[]; samples: number; environment: boolean; index_tests: boolean; earlier: boolean;
}
export type TestResult = "negative" | "positive" | "invalid";
export type TestKind = "person" | "environment";
export interface Sample { at: Time; on: string; kind: TestKind; result: TestResult; ct: number | null; samples: number }
export type DayPart = "morning" | "evening";
/** A round's word on one person. No temperature: told to be well, without the number. */
export interface HealthCheck {
  day: string; part: DayPart; at: Time; temperature: number | null; symptoms: string[]; medicine_days: number | null; request: string | null;
}
export interface ClockChange { kind: "reset" | "extended" | "pack" | "corrected"; at: Time; was_due_on: string | null; due_on: string | null; reason: string | null }
export interface Release { at: Time; by: string | null; basis: string; certificate_no: string | null; vacate_due_at: Time | null }
export interface Conflict {
  kind: string; code: string; transfer: TransferId | null; line: LineId | null; room: RoomId | null; raised_at: Time;
  /** What stood in the register before has neither a time nor a name. */
  values: { by?: string | null; at?: Time | null; since?: Time | null; says?: unknown }[];
  state: "open" | "closed"; resolution: string | null; resolved_by: string | null; resolved_at: Time | null;
}
/** The verdict on an operation that was not simply applied; its id is the operation's. */
export interface Receipt {
  verdict: Verdict; code: string | null; stamp: number | null; conflict: ConflictId | null; operation_type: string; target: string;
  acknowledged_at?: Time | null;
}
export interface SiteCard {
  code: string; name: string; kind: string; area: string | null; address: string | null; phone: string | null;
  lat: number | null; lng: number | null; accepts: Category[];
}
export interface Hospital {
  name: string; colour: string; area: string | null; address: string | null; phone: string | null; services: string[];
  how_to_get_there: string | null; admission: string | null; checked_at: Time | null; lat: number | null; lng: number | null;
}
export interface Area { name: string; short: string; kind: string; tier: string | null }
export interface Contact { name: string; what: string; phone: string; area: string | null }
/** Ids: `dock_fresh_minutes`, `lease_hours`, `time_zone`, `demo`, `turnover`. */
export interface Setting { value: unknown }

export type Role =
  | "commander" | "dispatcher" | "desk" | "partner_desk" | "site_head" | "receiver" | "driver" | "escort" | "community"
  | "auditor" | "admin";
export interface User {
  id: UserId; username: string; name: string; role: Role | string; site: SiteId | null; area: string | null;
  phone: string | null; language: string | null;
}
