// What the sides of a conflict say. A code means what it means where it was told: a person refuses to come, a site refuses to receive.
import type { Conflict } from "../records.ts";
import { laterWords } from "../messages/later.ts";
import { roomWords } from "../messages/rooms.ts";
import { wordFor, words } from "../messages/words.ts";
import type { View } from "../projection/view.ts";
import { stayWords } from "./stay-words.ts";

type Value = Conflict["values"][number] & Record<string, unknown>;
type Table = Readonly<Record<string, string>>;

/** What one side said, in the words a person can compare: outcome, room, moment, reason; whoever this phone does not know is left out. */
export function valueWords(code: string, value: Value, view: View): string {
  const { says, outcome, result, reason } = tablesOf(code, value);
  const plain = (said: unknown, table: Table = {}): string => plainWords(said, table, view);
  const said = [
    plain(value.says, says), plain(value.outcome, outcome), plain(value.moment), plain(value.result, result), plain(value.state),
    plain(value.reason, reason), plain(value.allowed_by), plain(value.note),
  ];
  const lacks = [value.missing, value.without_ppe].flatMap((names) => (Array.isArray(names) && names.length ? `${words.conflicts.lacks}${plain(names)}` : []));
  const room = typeof value.room === "string" ? roomNumber(value.room, view) : undefined;
  return [...new Set([...said, ...lacks, room])].filter(Boolean).join(words.comma) || words.none;
}

/** Where the codes of a value stand first: only a reception names a room, also where it has none. */
function tablesOf(code: string, value: Value): Record<"says" | "outcome" | "result" | "reason", Table> {
  const docking = code.startsWith("dock.");
  return {
    says: code === "discrepancy" ? words.receptions : docking ? words.dockResults : words.outcomes,
    outcome: "room" in value ? words.receptions : words.outcomes,
    result: words.dockResults,
    reason: docking ? words.dockRefusals : words.refusalReasons,
  };
}

function plainWords(said: unknown, table: Table, view: View): string {
  if (Array.isArray(said)) return words.and([...new Set(said.map((one) => plainWords(one, table, view)))].filter(Boolean));
  if (typeof said !== "string" && typeof said !== "number") return "";
  const text = String(said);
  return nameOf(text, view) ?? (IS_ID.test(text) ? "" : wordFor({ ...anyWords(), ...table }, text));
}

const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const anyWords = (): Table => ({
  ...words.problemReasons, ...words.refusalReasons, ...words.dockRefusals, ...words.dockResults, ...words.roomStates, ...words.identity, ...words.vehicleItems,
  ...words.staysBehind, ...words.operations, ...words.moments, ...words.verdictCodes, ...roomWords().items, ...roomWords().lacks, ...stayWords().results,
  ...laterWords().told, ...words.lineStates, ...words.receptions, ...words.outcomes,
});

/** Whom an id means: somebody on a list, or of a crew. */
const nameOf = (id: string, { transfers }: View): string | undefined =>
  transfers.flatMap(({ lines }) => lines).find((line) => line.id === id)?.name ?? transfers.flatMap(({ crew }) => crew).find(({ user }) => user === id)?.name;

const roomNumber = (id: string, { rooms, transfers }: View): string | undefined =>
  rooms.find((room) => room.id === id)?.number ?? transfers.flatMap(({ lines }) => lines).find((line) => line.room?.id === id)?.room?.number;
