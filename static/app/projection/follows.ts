import type { Arguments, OperationType } from "../operations.ts";
import type { OperationId } from "../records.ts";
import { isActOf, type Act } from "./acts.ts";

/**
 * What an act truly follows, of what has no final verdict yet: somebody on no list is known by the id of the act that added them, so
 * nothing can be said of them before it is judged. A withdrawal names what it takes back itself. Nothing else follows anything: facts
 * come in any order, and one that waited for another would keep the office on older news (PROTOCOL §2).
 */
export function followed(acts: Act[], args: Arguments[OperationType]): OperationId[] {
  const waiting = acts.filter(isActOf("add_extra_person")).filter(({ mark }) => mark === "saved" || mark === "held");
  if (!waiting.length) return [];
  const said = JSON.stringify(args);
  return waiting.map(({ id }) => id).filter((id) => said.includes(id));
}
