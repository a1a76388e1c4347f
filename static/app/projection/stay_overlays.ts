import type { Arguments } from "../operations.ts";
import type { Stay } from "../records.ts";
import { dayIn } from "../rules/time.ts";
import { isActOf, type Act } from "./acts.ts";

/** What is recorded of a stay, laid over its record until the record shows it, or lifted off where it is being taken back. */
export function overlaidStay(stay: Stay, act: Act, me: { name: string }, zone: string): Stay {
  if (act.mark === "refused" || (act.covered ? act.withdrawn !== "waiting" : act.withdrawn)) return stay;
  return act.covered ? lifted(stay, act) : laid(stay, act, me, zone);
}

function laid(stay: Stay, act: Act, me: { name: string }, zone: string): Stay {
  const on = (time: string): string => dayIn(zone, Date.parse(time));
  if (isActOf("release_stay")(act)) return { ...stay, released: stay.released ?? releaseOf(stay, act, me) };
  if (isActOf("record_test_result")(act)) {
    const { kind, result, ct, samples } = act.args;
    const at = act.args.taken_at ?? act.at;
    return { ...stay, tests: [...(stay.tests ?? []), { at, on: on(at), kind, result, ct, samples }] };
  }
  if (isActOf("record_health")(act)) return { ...stay, health: [...(stay.health ?? []), { ...act.args, day: on(act.at), at: act.at }] };
  return stay;
}

function lifted(stay: Stay, act: Act): Stay {
  if (isActOf("release_stay")(act)) return { ...stay, released: null };
  if (isActOf("record_test_result")(act)) return { ...stay, tests: (stay.tests ?? []).filter(({ at }) => !sameTime(at, act.args.taken_at ?? act.at)) };
  if (isActOf("record_health")(act)) return { ...stay, health: (stay.health ?? []).filter(({ at }) => !sameTime(at, act.at)) };
  return stay;
}

function releaseOf({ clock }: Stay, { at, args }: { at: string; args: Arguments["release_stay"] }, me: { name: string }): NonNullable<Stay["released"]> {
  return { at, by: me.name, basis: args.allowed_by ? "by_word" : (clock?.release ?? "days"), certificate_no: null, vacate_due_at: null };
}

const sameTime = (one: string, other: string): boolean => Date.parse(one) === Date.parse(other);
