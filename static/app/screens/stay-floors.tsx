import type { ShownStay } from "../projection/view.ts";
import { words } from "../messages/words.ts";
import { usePhone } from "./shown.tsx";
import { floorName, floorOf } from "./stay-words.ts";

/** The floors on which these people are, with a number each. */
export function FloorsOf({ stays, current, onPick, count }: {
  stays: ShownStay[]; current: string; onPick: (floor: string) => void; count: (stays: ShownStay[]) => string;
}) {
  const { view } = usePhone();
  const floors = [...new Set(stays.map((stay) => floorOf(stay, view)))];
  return (
    <nav class="floors" aria-label={words.roomList.floors}>
      {floors.map((floor) => (
        <button key={floor} type="button" aria-current={floor === current ? "true" : undefined} onClick={() => onPick(floor)}>
          {floorName(floor, view)}<small>{count(stays.filter((stay) => floorOf(stay, view) === floor))}</small>
        </button>
      ))}
    </nav>
  );
}
