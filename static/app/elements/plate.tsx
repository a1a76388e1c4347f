import type { Address } from "../records.ts";
import { language, words } from "../messages/words.ts";

/** Building, unit and room are three plates, never a string. `differs` fills the unit's plate: not the door before. */
export function Plate({ address, differs }: { address: Address | null; differs?: boolean }) {
  if (!address || !(address.building || address.unit || address.room)) return <span class="quiet">{words.noAddress}</span>;
  return (
    <span class="plate">
      <Part value={address.building} unit={words.building} />
      <Part value={address.unit} unit={words.unit} changed={differs ?? false} />
      <Part value={address.room} unit={words.room} />
    </span>
  );
}

/** The label stands behind the number as on the door; in English it leads. */
function Part({ value, unit, changed }: { value: string | null; unit: string; changed?: boolean }) {
  if (!value) return null;
  const number = <b>{value}</b>;
  return <span class={changed ? "changed" : undefined}>{language === "zh" ? [number, unit] : [unit, number]}</span>;
}
