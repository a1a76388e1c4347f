import { isActOf, readActs, type Act, type Mark } from "./acts.ts";
import { overlaidStay } from "./stay_overlays.ts";
import { TRANSFER_OVERLAYS, type Around, type TransferOperation } from "./transfer_overlays.ts";
import { remembered } from "./remembered.ts";
import type { ActRow, RecordRow } from "../database/view.ts";
import type { About, Reach } from "../database/user_database.ts";
import type { Arguments, OperationType } from "../operations.ts";
import type { Held, Line, OperationId, RecordType, RoomId, Stay, Step, Transfer, User } from "../records.ts";
import { settingsFrom, type Settings } from "../rules/settings.ts";
import { WANTS_REASON, lacking, moved } from "../rules/turnover.ts";
import { stepsOf, type StepNow } from "../rules/steps.ts";

export type ShownLine = Line & { mark: Mark | null };
export type ShownTransfer = Omit<Held<"transfer">, "lines"> & { lines: ShownLine[]; now: Record<Step, StepNow>; acts: Act[] };
export type ShownRoom = Held<"room"> & { mark: Mark | null };
export type ShownStay = Held<"stay"> & { mark: Mark | null; acts: Act[] };
/** Something that was not accepted, or that waits, and is not put away. Done on another phone, its act is not known here. */
export interface Refusal { id: OperationId; type: string; target: string; mark: "refused" | "held"; code: string | null; about: About; act: Act | null }

/** Something that is not on this phone any more, of which acts are still to go up: it was given to somebody else, or has ended. */
export interface Left { id: string; code: string | null; unsent: number }

/** All that screens show: the records with the waiting acts laid over them. Computed from what is stored, and never stored. */
export interface View {
  transfers: ShownTransfer[]; transfer(id: string): ShownTransfer | undefined;
  rooms: ShownRoom[]; room(id: string): ShownRoom | undefined;
  stays: ShownStay[]; stay(id: string): ShownStay | undefined; conflicts: Held<"conflict">[]; sites: Held<"site_card">[]; hospitals: Held<"hospital">[];
  areas: Held<"area">[]; contacts: Held<"contact">[];
  settings: Settings; acts: Act[]; notSent: Act[]; refusals: Refusal[]; left: Left[];
  /** Words for an operation's place in "not sent yet", as they stand now. */
  about(target: string, args: Arguments[OperationType]): About;
  /** The revision that the person sees of a record; null if the phone does not hold it. */
  revision(id: string): number | null;
  /** Acts that no screen needs any more, at this time (ms). */
  forgettable(now: number): OperationId[];
}

export function project(rows: RecordRow[], actRows: ActRow[], reach: Reach, me: Pick<User, "id" | "name" | "site">): View {
  const records = theRecords(rows, [me], () => readRecords(rows, me));
  const acts = readActs(actRows, records.receipts, reach);
  const onTarget = grouped(acts, (act) => act.target as string);
  const actsOn = (id: string): Act[] => onTarget.get(id) ?? [];
  const transfers = records.transfers.map((transfer) => showTransfer(transfer, actsOn(transfer.id), records.around));
  const rooms = records.rooms.map((room) => showRoom(room, actsOn(room.id), me, records.asTheyAre.settings));
  const stays = records.stays.map((stay) => showStay(stay, actsOn(stay.id), me, records.asTheyAre.settings.time_zone));
  const transferById = new Map(transfers.map((transfer) => [transfer.id, transfer]));
  const roomById = new Map(rooms.map((room) => [room.id, room]));
  const stayById = new Map(stays.map((stay) => [stay.id, stay]));
  const isSite = (id: string) => records.asTheyAre.sites.some((site) => site.id === id);
  const refusals = refusalsIn(acts, records.receipts);
  const notSent = acts.filter((act) => act.mark === "saved");
  return {
    ...records.asTheyAre, transfers, transfer: (id) => transferById.get(id), rooms, room: (id) => roomById.get(id),
    stays, stay: (id) => stayById.get(id),
    acts, notSent, refusals, left: leftBehind(notSent, (id) => transferById.has(id) || roomById.has(id) || stayById.has(id) || isSite(id)),
    about: (target, args) => aboutStay(stayById.get(target), roomById) ?? aboutOf(transferById.get(target), roomById.get(target), args),
    forgettable: (now) => forgettable(acts, refusals, records.receipts, now),
  };
}

const theRecords = remembered<RecordRow[], ReturnType<typeof readRecords>>();
const theHeld = remembered<RecordRow, object>();
const theTransfer = remembered<Held<"transfer">, ShownTransfer>();
const theOverlaid = remembered<Act, Transfer>();
const theLine = remembered<Line, ShownLine>();
const theRoom = remembered<Held<"room">, ShownRoom>();
const theStay = remembered<Held<"stay">, ShownStay>();

/** What depends on the records alone, in the order that screens show it; no act changes an order. */
function readRecords(rows: RecordRow[], me: Pick<User, "name" | "site">) {
  const held = byType(rows);
  const rooms = new Map(held("room").map((room) => [room.id, room]));
  const around: Around = { me, room: (id) => roomOfLine(rooms.get(id)) };
  const revisions = new Map(rows.map(({ id, rev }) => [id, rev]));
  return {
    around, transfers: held("transfer").sort(byDeparture), rooms: held("room").sort(byPlace),
    receipts: new Map(held("receipt").map((receipt) => [receipt.id, receipt])),
    stays: held("stay"),
    asTheyAre: {
      conflicts: held("conflict"), sites: held("site_card"), hospitals: held("hospital"), areas: held("area"),
      contacts: held("contact"), settings: settingsFrom(held("setting")), revision: (id: string) => revisions.get(id) ?? null,
    },
  };
}

function showTransfer(transfer: Held<"transfer">, acts: Act[], around: Around): ShownTransfer {
  return theTransfer(transfer, [around, ...acts], () => {
    const inTurn = [...acts.filter(isLifted), ...acts.filter((act) => !isLifted(act))];
    const shown = inTurn.reduce((before, act) => theOverlaid(act, [before, around], () => overlaid(before, act, around)), transfer as Transfer);
    const marks = new Map(acts.filter((act) => !act.withdrawn).map((act) => [(act.line ?? act.id) as string, act.mark]));
    const marked = (line: Line, mark: Mark | null): ShownLine => theLine(line, [mark], () => ({ ...line, mark }));
    return {
      ...shown, id: transfer.id, rev: transfer.rev, now: stepsOf(shown), acts,
      lines: shown.lines.map((line) => marked(line, marks.get(line.id) ?? null)),
    };
  });
}

/** What is lifted off goes first: it is in the record, under all that is laid on. By its id it may come last, where the clock was set back. */
const isLifted = ({ covered, withdrawn }: Act): boolean => covered && withdrawn === "waiting";

/** An act that is not covered is laid on; one that is covered and being taken back is lifted off; others are in the record. */
function overlaid(transfer: Transfer, act: Act, around: Around): Transfer {
  const overlay = TRANSFER_OVERLAYS[act.type as TransferOperation];
  if (!overlay || act.mark === "refused") return transfer;
  if (!act.covered) return act.withdrawn ? transfer : overlay.lay(transfer, act as never, around);
  return isLifted(act) ? overlay.lift(transfer, act as never) : transfer;
}

/** What a guard lets through is laid over the record, in turn; what it does not changes nothing, here as at the office. */
function showRoom(room: Held<"room">, acts: Act[], me: Pick<User, "id" | "name">, { turnover: rules }: Settings): ShownRoom {
  return theRoom(room, [me, rules, ...acts], () => {
    const changes = acts.filter(isActOf("set_room_state", "admit_walk_in")).filter((act) => !act.withdrawn);
    const waiting = changes.filter((act) => !act.covered && act.mark !== "refused");
    const mark = changes.at(-1)?.mark ?? null;
    return waiting.reduce<ShownRoom>((before, { args: said, at }) => {
      const args = "state" in said ? said : { state: "occupied" as const, reason: said.reason };
      if (!("state" in said) && before.state !== "ready") return before;
      const word = { ...args, at, by: me.id };
      if (before.state !== args.state && lacking(before, word, rules).length) return before;
      const after = { ...before, ...moved(before, word) };
      if (before.state === args.state) return WANTS_REASON.includes(before.state) ? { ...after, reason: before.reason || args.reason } : after;
      return { ...after, by: me.name, reason: args.reason, transfer: null };
    }, { ...room, turnover: room.turnover ?? null, mark });
  });
}

function showStay(stay: Held<"stay">, acts: Act[], me: Pick<User, "name">, zone: string): ShownStay {
  return theStay(stay, [me, zone, ...acts], () => {
    const shown = acts.reduce<Stay>((before, act) => overlaidStay(before, act, me, zone), stay);
    const mark = acts.filter(({ type, withdrawn }) => type !== "withdraw" && !withdrawn).at(-1)?.mark ?? null;
    return { ...shown, id: stay.id, rev: stay.rev, mark, acts };
  });
}

function leftBehind(notSent: Act[], isHere: (id: string) => boolean): Left[] {
  const gone = notSent.filter(({ target, type }) => type !== "acknowledge_refusal" && !isHere(target));
  return [...grouped(gone, ({ target }) => target as string)].map(([id, acts]) => ({ id, code: acts[0]!.about.code, unsent: acts.length }));
}

function refusalsIn(acts: Act[], receipts: ReadonlyMap<string, Held<"receipt">>): Refusal[] {
  const putAway = new Set(acts.filter(isActOf("acknowledge_refusal")).filter(({ mark }) => mark !== "refused").map(({ args }) => args.operation as string));
  const here = acts.filter(({ mark, type }) => (mark === "refused" || mark === "held") && type !== "acknowledge_refusal")
    .map((act) => ({ id: act.id, type: act.type, target: act.target as string, mark: act.mark, code: act.code, about: act.about, act }) as Refusal);
  const known = new Set(acts.map(({ id }) => id as string));
  const elsewhere = [...receipts.values()].filter(({ id, verdict }) => (verdict === "refused" || verdict === "held") && !known.has(id))
    .map(({ id, operation_type, target, verdict, code }) =>
      ({ id, type: operation_type, target, mark: verdict, code, about: { code: null, name: null }, act: null }) as Refusal);
  return [...here, ...elsewhere].filter(({ id }) => !putAway.has(id) && !receipts.get(id)?.acknowledged_at);
}

/**
 * A day after the office has answered it, nobody undoes an act or looks for its mark: by the office's clock, whatever this phone's said
 * when it was made, and however long it waited here. A refusal stays until it is put away.
 */
function forgettable(acts: Act[], refusals: Refusal[], receipts: ReadonlyMap<string, unknown>, now: number): OperationId[] {
  const open = new Set(refusals.map(({ id }) => id as string));
  const present = new Set(acts.map(({ id }) => id as string));
  return acts.filter((act) => act.covered && !open.has(act.id) && now - (act.settledAt ?? now) > keptMs)
    .filter((act) => act.type !== "acknowledge_refusal" || !(receipts.has(act.args.operation) || present.has(act.args.operation)))
    .map(({ id }) => id);
}

const keptMs = 24 * 3600_000;

function aboutOf(transfer: ShownTransfer | undefined, room: ShownRoom | undefined, args: Arguments[OperationType]): About {
  const line = "line" in args ? transfer?.lines.find(({ id }) => id === args.line) : undefined;
  if ("seen" in args) return { code: `${args.building} ${args.floor}`, name: null };
  return { code: transfer?.code ?? room?.number ?? null, name: line?.name ?? ("name" in args ? args.name : null) };
}

const aboutStay = (stay: ShownStay | undefined, rooms: ReadonlyMap<string, ShownRoom>): About | undefined =>
  stay && { code: (stay.room && rooms.get(stay.room)?.number) ?? null, name: stay.name };

/** Types that this version does not know are held too, and read by the next one. */
function byType(rows: RecordRow[]): <Type extends RecordType>(type: Type) => Held<Type>[] {
  const types = grouped(rows, ({ type }) => type);
  return <Type extends RecordType>(type: Type) => (types.get(type) ?? []).map((row) => theHeld(row, [], () => asHeld(row)) as Held<Type>);
}

const asHeld = ({ id, rev, body }: RecordRow): object => ({ ...(body as object), id, rev });

function grouped<Entry>(entries: Entry[], keyOf: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group) group.push(entry);
    else groups.set(keyOf(entry), [entry]);
  }
  return groups;
}

const roomOfLine = (room: Held<"room"> | undefined): Line["room"] =>
  room ? { id: room.id as RoomId, building: room.building, floor: room.floor, number: room.number } : null;

const byDeparture = (one: Transfer, other: Transfer): number =>
  (one.depart_at ?? "9").localeCompare(other.depart_at ?? "9") || one.code.localeCompare(other.code);

const byPlace = (one: Held<"room">, other: Held<"room">): number =>
  one.building.localeCompare(other.building, "zh", { numeric: true }) || one.floor.localeCompare(other.floor, "zh", { numeric: true })
  || one.number.localeCompare(other.number, "zh", { numeric: true });
