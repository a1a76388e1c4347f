// What a person saw on a phone: each act that was called saved, and what the office said of it. P9: its effect stays on the screen
// until the phone has been given all up to its stamp, or its refusal. Kept beside the engine, and never told to it.
import type { Phone } from "../../static/app/sync/phone.ts";
import type { ShownTransfer } from "../../static/app/sync/phone.ts";
import type { ShownStay, View } from "../../static/app/projection/view.ts";

interface Seen { id: string; type: string; target: string; args: any }
interface Verdict { verdict: string; stamp: number | null }

export class Eyes {
  private saved = new Map<string, Seen[]>();
  private verdicts = new Map<string, Verdict>();
  private before = new Set<string>(); // what an earlier history has answered: records show it until the phone has taken up the new one
  private highs = new Map<string, number>();
  private epoch = "";
  private saidAt = "";

  saw(user: string, act: Seen): void {
    this.saved.set(user, [...(this.saved.get(user) ?? []), act]);
  }

  /** An answer that has come as far as this phone. */
  hear(user: string | null, status: number, asked: string | null, body: string): void {
    const answer = status === 200 && body.startsWith("{") && body.includes('"epoch"') ? parsed(body) : null;
    if (!answer || !Array.isArray(answer.results) || answer.turn !== parsed(asked!).turn) return;
    if (answer.epoch !== this.epoch && answer.server_time < this.saidAt) return; // late, of a history that has ended meanwhile: it settles nothing
    if (answer.epoch !== this.epoch) this.begin(answer.epoch, answer.server_time);
    for (const { id, verdict, stamp } of answer.results) this.verdicts.set(id, { verdict, stamp });
    for (const [first, last, stamp] of answer.applied ?? []) {
      for (const { id, seq } of parsed(asked!).operations) if (first <= seq && seq <= last) this.verdicts.set(id, { verdict: "applied", stamp });
    }
    for (const { type, id, body: of } of answer.changes) if (type === "receipt" && of) this.verdicts.set(id, of);
    if (user && answer.promote && !answer.more) this.highs.set(user, Math.max(this.highs.get(user) ?? 0, answer.high));
  }

  copy(): Eyes {
    const other = new Eyes();
    [other.saved, other.verdicts, other.highs] = [new Map(this.saved), new Map(this.verdicts), new Map(this.highs)];
    other.before = new Set(this.before);
    [other.epoch, other.saidAt] = [this.epoch, this.saidAt];
    return other;
  }

  /** What should be on this screen and is not, in words. */
  wrong(phone: Phone): string[] {
    const user = phone.user!.id as string;
    const shown = new Set(phone.view.acts.map(({ id }) => id as string));
    const saved = this.saved.get(user) ?? [];
    const taken = new Set(saved.filter(({ type }) => type === "withdraw").map(({ args }) => args.operation));
    return saved.flatMap((act, place) => {
      const said = this.verdicts.get(act.id);
      if (!said && !shown.has(act.id) && !this.before.has(act.id)) return [`P19 ${act.type} ${act.id} was saved and is not on the screen`];
      if (this.hasCome(user, said) || taken.has(act.id)) return [];
      const later = saved.slice(place + 1);
      return shows(phone.view, act, later) ? [] : [`P9 ${act.type} ${act.id} left the screen (${said ? `stamp ${said.stamp}, ${said.verdict}` : "no verdict"})`];
    });
  }

  private hasCome(user: string, said: Verdict | undefined): boolean {
    if (!said || said.verdict === "held") return false;
    return said.verdict === "refused" || said.stamp === null || said.stamp <= (this.highs.get(user) ?? 0);
  }

  /** Another history of the office: what it said before it may not remember. */
  private begin(epoch: string, saidAt: string): void {
    [this.epoch, this.saidAt] = [epoch, saidAt];
    for (const id of this.verdicts.keys()) this.before.add(id);
    this.verdicts.clear();
    this.highs.clear();
  }
}

/** Whether its effect is there. What is said of the same person or the same question later counts for that act, and no more for this one. */
function shows(view: View, act: Seen, later: Seen[]): boolean {
  const { type, target, args } = act;
  if (type === "withdraw") return view.acts.find(({ id }) => id === args.operation)?.withdrawn !== false;
  if (type === "acknowledge_refusal") return !view.refusals.some(({ id }) => id === args.operation);
  if (type === "count_rooms" || type === "record_waste") return view.acts.some((one) => one.id === act.id && !one.withdrawn);
  const room = view.room(target);
  if ((type === "set_room_state" || type === "admit_walk_in") && room) return room.mark !== null;
  const stay = view.stay(target);
  if (stay) return showsOfStay(stay, act);
  const transfer = view.transfer(target);
  return !transfer || showsOn(transfer, act, later.filter((other) => other.target === target));
}

function showsOfStay({ tests = [], health = [], released }: ShownStay, { type, args }: Seen): boolean {
  const isThere = (told: object[], ...names: string[]): boolean => told.some((one: any) => names.every((name) => same(one[name], args[name])));
  switch (type) {
    case "release_stay": return Boolean(released);
    case "record_test_result": return isThere(tests, "kind", "result", "ct", "samples");
    case "record_health": return isThere(health, "part", "temperature", "symptoms", "medicine_days", "request");
    default: throw new Error(`Nobody looks at what becomes of ${type}`);
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function showsOn(transfer: ShownTransfer, { id, type, args }: Seen, later: Seen[]): boolean {
  const line = transfer.lines.find((one) => one.id === args.line);
  const isLast = (...types: string[]): boolean => !later.some((act) => types.includes(act.type));
  const isLastOfLine = Boolean(line) && !later.some((act) => act.args?.line === args.line);
  const { moments, vehicle_check, route, dock, handover, disinfection, problems, emergencies, lines } = transfer;
  switch (type) {
    case "verify_person": return !line || line.verified !== null;
    case "record_dock_call": return dock.calls.some(({ number, result }) => number === args.number && result === args.result);
    case "answer_docking": return !isLast("record_dock_call", "answer_docking") || dock.state === (args.answer === "accepted" ? "confirmed" : "refused");
    case "check_vehicle": return vehicle_check !== null;
    case "plan_route": return route !== null;
    case "record_moment": return moments[args.moment as keyof typeof moments] !== null;
    case "add_extra_person": return lines.some((one) => (one.id as string) === id);
    case "board_person": return !isLastOfLine || line!.state !== "expected";
    case "record_outcome": return !isLastOfLine || line!.state !== "expected";
    case "receive_person": return !isLastOfLine || (args.outcome === "received" ? line!.state === "received" : line!.received !== null || line!.state !== "expected");
    case "hand_to_care": return !isLastOfLine || line!.state === "elsewhere";
    case "sign_handover": return handover[args.side as keyof typeof handover] !== null;
    case "disinfect_vehicle": return disinfection !== null;
    case "report_problem": return problems.some((one) => one.id === id);
    case "report_emergency": return emergencies.some((one) => one.id === id);
    default: throw new Error(`Nobody looks at what becomes of ${type}`);
  }
}

function parsed(body: string): any {
  try { return JSON.parse(body); } catch { return null; }
}
