// The contract examples that both languages read, with the base transfer and its changes put together.
import { readFileSync } from "node:fs";
import type { Patch } from "../../static/app/database/patches.ts";
import type { Settings } from "../../static/app/rules/settings.ts";
import type { TurnoverRules, Word } from "../../static/app/rules/turnover.ts";
import type { Gate, Button } from "../../static/app/rules/gates.ts";
import type { Lack } from "../../static/app/rules/clocks.ts";
import type { Ending } from "../../static/app/rules/overstays.ts";
import type { Clock, LineId, RoomState, Sample, Step, StepState, StopId, Transfer } from "../../static/app/records.ts";

export interface StepsExample {
  sentence: string; transfer: Transfer; steps: Record<Step, StepState>;
  waits_for: Partial<Record<Step, Step[]>>; blocked_by: Partial<Record<Step, string>>;
}
export interface GatesExample {
  sentence: string; transfer: Transfer; button: Button; line: LineId | null; stop?: StopId; at: string; gates: Gate[];
}
export interface ClocksExample { sentence: string; clock: Clock; taken: Sample[]; today: string; index_negative?: boolean; lacks: Lack[] }
export interface OperationExample { sentence: string; why?: string; body: Record<string, unknown> & { type: string } }

export const baseTransfer = (): Transfer => read("transfer.json");
export const operations = (): { valid: OperationExample[]; invalid: OperationExample[] } => read("operations.json");

export function stepsExamples(): StepsExample[] {
  const { values, examples } = read("steps.json");
  return examples.map((example: any) => ({ ...example, transfer: changed(example.with, values) }));
}

export function gatesExamples(): { settings: Settings; examples: GatesExample[] } {
  const contract = read("gates.json");
  const values = { ...read("steps.json").values, ...contract.values };
  const examples = contract.examples.map((example: any) =>
    ({ ...example, transfer: changed({ ...(example.from ? contract[example.from] : {}), ...example.with }, values) }));
  return { settings: contract.settings, examples };
}

export interface OverstaysExample { sentence: string; stay: Ending; now: string; over: boolean }
export const overstaysExamples = (): OverstaysExample[] => read("overstays.json").examples;

export interface PatchExample { says: string; of: unknown; patch: Patch; makes: unknown; sum: string }
export const patchExamples = (): PatchExample[] => read("patches.json");

export const clocksExamples = (): ClocksExample[] => read("clocks.json").examples;

/** The base transfer with dotted paths set, in their order: `{"lines.0.state": "aboard", "route": "@route"}`. */
function changed(paths: Record<string, unknown>, values: Record<string, unknown>): Transfer {
  const transfer: any = baseTransfer();
  for (const [path, value] of Object.entries(paths)) {
    const names = path.split(".");
    const last = names.pop()!;
    const place = names.reduce((inside, name) => inside[name], transfer);
    place[last] = structuredClone(typeof value === "string" && value.startsWith("@") ? values[value.slice(1)] : value);
  }
  return transfer;
}

export interface RoomsExample { sentence: string; words: (Omit<Word, "at"> & { at: number; then: RoomState; lacks: string[] })[] }
export const roomsExamples = (): { rules: TurnoverRules; examples: RoomsExample[] } => read("rooms.json");

const read = (name: string): any => JSON.parse(readFileSync(`tests/contract/${name}`, "utf8"));
