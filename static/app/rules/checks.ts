import { VEHICLE_ITEMS, type Arguments, type VehicleItem } from "../operations.ts";
import { someoneCares } from "./gates.ts";

/** Items of the readiness list that were not ticked. An item left out is missing: nothing is taken for granted. */
export const missingFrom = (items: Partial<Record<string, boolean>>): VehicleItem[] => VEHICLE_ITEMS.filter((item) => items[item] !== true);

/**
 * Nothing is left to ask: two proofs of identity, the sources and the address agree, the person is told, and someone cares for who stays.
 * Who is on the way home leaves nobody behind.
 */
export function isComplete(check: Arguments["verify_person"], leavesHome = true): boolean {
  const asked = check.identity.length >= 2 && check.sources_agree && check.address_read_back && check.told && check.agrees === "agrees";
  return asked && (!leavesHome || someoneCares(check.stays_behind));
}
