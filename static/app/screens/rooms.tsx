import { useState } from "preact/hooks";
import { Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { minutesBetween, roughSpan } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { ShownRoom } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { ROOM_LOOKS, TURNOVER, isOverstayed, nextState, roomTime } from "./room-words.ts";
import { usePhone } from "./shown.tsx";

let lastFloor: string | null = null;

/** Rooms by floor with their states and timers; the next job is the main button. */
export function RoomsScreen() {
  const { view, phone } = usePhone();
  const rooms = view.rooms.filter(({ site }) => !phone.user?.site || site === phone.user.site);
  const floors = [...new Set(rooms.map(floorOf))];
  const [chosen, choose] = useState(lastFloor);
  const floor = chosen && floors.includes(chosen) ? chosen : (floors[0] ?? null);
  const shown = rooms.filter((room) => floorOf(room) === floor);
  const site = view.sites.find(({ id }) => id === phone.user?.site);
  const pick = (one: string) => { lastFloor = one; choose(one); };
  return (
    <Page title={words.roomList.title} under={[site?.name, words.roomList.all(rooms.length)].filter(Boolean).join("　")} tab="rooms" corner={<EmergencyCorner />}
      head={floors.length > 0 && <Floors rooms={rooms} floors={floors} current={floor} onPick={pick} />} thumb={<NextJob rooms={rooms} />}>
      {rooms.length === 0 && <Nothing title={words.roomList.nothing}>{words.roomList.nothingHow}</Nothing>}
      <div class="rooms">{shown.map((room) => <Door key={room.id} room={room} />)}</div>
    </Page>
  );
}

const floorOf = ({ building, floor }: ShownRoom): string => `${building} ${floor}`;

function Floors({ rooms, floors, current, onPick }: { rooms: ShownRoom[]; floors: string[]; current: string | null; onPick: (floor: string) => void }) {
  const severalBuildings = new Set(rooms.map(({ building }) => building)).size > 1;
  return (
    <nav class="floors" aria-label={words.roomList.floors}>
      {floors.map((floor) => {
        const here = rooms.filter((room) => floorOf(room) === floor);
        const name = severalBuildings ? `${here[0]!.building} ${words.roomList.floor(here[0]!.floor)}` : words.roomList.floor(here[0]!.floor);
        return (
          <button key={floor} type="button" aria-current={floor === current ? "true" : undefined} onClick={() => onPick(floor)}>
            {name}<small>{words.roomList.ready(here.filter(({ state }) => state === "ready").length)}</small>
          </button>
        );
      })}
    </nav>
  );
}

function Door({ room }: { room: ShownRoom }) {
  const { view, now } = usePhone();
  const over = isOverstayed(room, view, now);
  const { look, icon } = over ? ROOM_LOOKS.hold : ROOM_LOOKS[room.state];
  const place = TURNOVER.indexOf(room.state);
  return (
    <a class={`door ${look}`} href={`#/room/${room.id}`}>
      <b class="room">{room.number}</b>
      <span class="door-state"><Icon name={icon} />{over ? words.roomList.overstay : words.roomStates[room.state]}</span>
      <span class="door-time">{roomTime(room, view, now)}{room.mark === "saved" && <> <Icon name="pending" /><span class="unseen">{words.marks.officeNotYet}</span></>}</span>
      {place >= 0 && room.state !== "ready" && (
        <span class="turn" aria-hidden="true">{TURNOVER.slice(1, -1).map((state, at) => <i key={state} class={at + 1 < place ? "past" : at === Math.max(0, place - 1) ? "now" : undefined} />)}</span>
      )}
    </a>
  );
}

/** The room that has waited longest for its next step. */
function NextJob({ rooms }: { rooms: ShownRoom[] }) {
  const { now } = usePhone();
  const waiting = rooms.filter(({ state }) => state !== "ready" && TURNOVER.includes(state)).sort((one, other) => one.since.localeCompare(other.since))[0];
  const next = waiting && nextState(waiting.state);
  if (!waiting || !next) return null;
  return <a class="button main" href={`#/room/${waiting.id}`}>{words.roomList.next(waiting.number, words.roomStates[next])}{words.comma}{words.time.waited(roughSpan(minutesBetween(waiting.since, now)))}</a>;
}
