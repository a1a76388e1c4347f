import type { Arguments, IdentityCode } from "../operations.ts";
import type { Address, StaysBehind } from "../records.ts";
import type { ShownLine } from "../projection/view.ts";
import { decimalNumber, isTemperature, typedOrNull } from "../elements/fields.tsx";

type Verify = Arguments["verify_person"];
type DoorPart = "building" | "unit" | "room";

/** Form F1 while it is filled in. Null means that nobody has answered: who stays behind and pets have no default. */
export interface VerifyForm {
  identity: IdentityCode[]; sources: "agree" | "differ"; readBack: boolean; wrongAddress: boolean; door: Record<DoorPart, string>;
  whereabouts: Verify["whereabouts"]; whereaboutsNote: string; phoneWorks: boolean; temperature: string; symptoms: string[]; needs: string[];
  medicineDays: number | null; stays: StaysBehind["answer"] | null; staysWho: string; carerName: string; carerPhone: string;
  deskName: string; pets: NonNullable<Verify["pets"]>["answer"] | null; petsWho: string; told: boolean; agrees: Verify["agrees"]; note: string;
}

export function freshForm(line: ShownLine): VerifyForm {
  return {
    identity: [], sources: "agree", readBack: false, wrongAddress: false, door: doorOf(line.address), whereabouts: "home", whereaboutsNote: "",
    phoneWorks: true, temperature: "", symptoms: [], needs: line.needs.map(({ code }) => code), medicineDays: null, stays: null, staysWho: "",
    carerName: "", carerPhone: "", deskName: "", pets: null, petsWho: "", told: false, agrees: "agrees", note: "",
  };
}

/** What is still to be asked before the form is whole: the check is saved all the same, and says what is missing. */
export function gapsIn(form: VerifyForm, leavesHome = true): Gap[] {
  if (form.agrees === "absent") return [];
  const gaps: [Gap, boolean][] = [
    ["identity", form.identity.length < 2], ["address", !form.readBack && !form.wrongAddress], ["pets", leavesHome && form.pets === null],
    ["told", !form.told],
  ];
  return gaps.filter(([, missing]) => missing).map(([gap]) => gap);
}
type Gap = "identity" | "address" | "pets" | "told";

/** What must be answered before the form can be saved at all. A person who is not there cannot be asked, and who goes home leaves nobody. */
export function mustAnswer(form: VerifyForm, leavesHome = true): "askFirst" | "whoFirst" | "temperature" | null {
  if (!isTemperature(form.temperature)) return "temperature";
  if (form.agrees === "absent" || !leavesHome) return null;
  if (form.stays === null) return "askFirst";
  if (form.stays === "carer" && !form.carerName.trim()) return "whoFirst";
  return form.stays === "desk" && !form.deskName.trim() ? "whoFirst" : null;
}

/** The form as the agreement wants it. */
export function argumentsFrom(form: VerifyForm, line: ShownLine): Verify {
  return {
    line: line.id, identity: form.identity, sources_agree: form.sources === "agree", address_read_back: form.readBack, address: corrections(form, line),
    whereabouts: form.whereabouts, whereabouts_note: form.whereabouts === "elsewhere" ? typedOrNull(form.whereaboutsNote) : null,
    phone_works: form.phoneWorks, temperature: decimalNumber(form.temperature), symptoms: form.symptoms, needs: form.needs,
    medicine_days: form.medicineDays, stays_behind: staysBehind(form), pets: form.pets && { answer: form.pets, who: typedOrNull(form.petsWho) },
    told: form.told, agrees: form.agrees, note: typedOrNull(form.note),
  };
}

function staysBehind({ stays, staysWho, carerName, carerPhone, deskName }: VerifyForm): Verify["stays_behind"] {
  return stays && {
    answer: stays, who: stays === "nobody" ? null : typedOrNull(staysWho), carer_name: stays === "carer" ? typedOrNull(carerName) : null,
    carer_phone: stays === "carer" ? typedOrNull(carerPhone) : null, desk_name: stays === "desk" ? typedOrNull(deskName) : null,
  };
}

function corrections({ wrongAddress, door }: VerifyForm, { address }: ShownLine): Verify["address"] {
  if (!wrongAddress) return null;
  const edits = DOOR.flatMap((part) => {
    const was = address?.[part] ?? null;
    const now = typedOrNull(door[part]);
    return was === now ? [] : [[part, { was, now }] as const];
  });
  return edits.length ? Object.fromEntries(edits) : null;
}

export const DOOR: readonly DoorPart[] = ["building", "unit", "room"];

const doorOf = (address: Address | null): Record<DoorPart, string> => ({
  building: address?.building ?? "", unit: address?.unit ?? "", room: address?.room ?? "",
});

/** What people of one home answer alike: the door, who stays behind, pets. */
export const sharedPart = ({ readBack, wrongAddress, door, stays, staysWho, carerName, carerPhone, deskName, pets, petsWho, told }: VerifyForm) =>
  ({ readBack, wrongAddress, door, stays, staysWho, carerName, carerPhone, deskName, pets, petsWho, told });
