import { useState } from "preact/hooks";
import { Banner, Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { roomWords } from "../messages/rooms.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import { CYCLE } from "../rules/turnover.ts";
import type { ShownRoom } from "../projection/view.ts";
import { NextJob } from "./floor.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { currentFloor, floorOf, jobsIn, roomsOwed } from "./room-jobs.ts";
import { ROOM_LOOKS, floorName, isOverstayed, roomTime } from "./room-words.ts";
import { usePhone } from "./shown.tsx";

/** Rooms by floor with their states and timers; what is to be done on the floor, and the most urgent job of the site as the main button. */
export function RoomsScreen() {
  const { view, phone } = usePhone();
  const [, drawAgain] = useState("");
  const rooms = view.rooms.filter(({ site }) => !phone.user?.site || site === phone.user.site);
  const floors = [...new Set(rooms.map(floorOf))];
  const floor = currentFloor(rooms);
  const shown = rooms.filter((room) => floorOf(room) === floor);
  const site = view.sites.find(({ id }) => id === phone.user?.site);
  const owed = roomsOwed(view);
  const pick = (one: string) => { currentFloor(rooms, one); drawAgain(one); };
  return (
    <Page title={words.roomList.title} under={[site?.name, words.roomList.all(rooms.length)].filter(Boolean).join("　")} tab="rooms" corner={<EmergencyCorner />}
      head={floors.length > 0 && <Floors rooms={rooms} floors={floors} current={floor} onPick={pick} />} thumb={<NextJob rooms={rooms} />}>
      {rooms.length === 0 && <Nothing title={words.roomList.nothing}>{words.roomList.nothingHow}</Nothing>}
      {owed > 0 && <Banner look="watch" icon="bus">{roomWords().owed(owed)}</Banner>}
      <Jobs rooms={shown} />
      <div class="rooms">{shown.map((room) => <Door key={room.id} room={room} />)}</div>
      {shown.length > 0 && <p class="foot pair"><a class="button" href="#/count">{laterWords().count.begin}</a> <a class="button" href="#/waste">{roomWords().waste}</a></p>}
    </Page>
  );
}

function Floors({ rooms, floors, current, onPick }: { rooms: ShownRoom[]; floors: string[]; current: string | null; onPick: (floor: string) => void }) {
  return (
    <nav class="floors" aria-label={words.roomList.floors}>
      {floors.map((floor) => {
        const here = rooms.filter((room) => floorOf(room) === floor);
        return (
          <button key={floor} type="button" aria-current={floor === current ? "true" : undefined} onClick={() => onPick(floor)}>
            {floorName(here[0]!, rooms)}<small>{words.roomList.ready(here.filter(({ state }) => state === "ready").length)}</small>
          </button>
        );
      })}
    </nav>
  );
}

/** What the rooms of this floor wait for, one button a step: it is done for all of them in one go. */
function Jobs({ rooms }: { rooms: ShownRoom[] }) {
  const { view, now } = usePhone();
  const says = roomWords();
  const jobs = jobsIn(rooms, view, now);
  if (!jobs.length) return null;
  return (
    <nav class="jobs" aria-label={says.jobs}>
      {jobs.map((job) => (
        <a key={job.state} class="button" href={`#/floor/${job.state}`}>
          <Icon name={ROOM_LOOKS[job.next].icon} />{says.job(wordFor(says.verbs as Record<string, string>, job.next), job.rooms.length)}
          {job.late > 0 && <small class="is-stop">{says.late(job.late)}</small>}
        </a>
      ))}
    </nav>
  );
}

function Door({ room }: { room: ShownRoom }) {
  const { view, now } = usePhone();
  const over = isOverstayed(room, view, now);
  const { look, icon } = over ? ROOM_LOOKS.hold : ROOM_LOOKS[room.state];
  const place = CYCLE.indexOf(room.state);
  return (
    <a class={`door ${look}`} href={`#/room/${room.id}`}>
      <b class="room">{room.number}</b>
      <span class="door-state"><Icon name={icon} />{over ? words.roomList.overstay : words.roomStates[room.state]}</span>
      <span class="door-time">{roomTime(room, view, now)}{room.mark === "saved" && <> <Icon name="pending" /><span class="unseen">{words.marks.officeNotYet}</span></>}</span>
      {place >= 0 && room.state !== "ready" && (
        <span class="turn" aria-hidden="true">{CYCLE.slice(1, -1).map((state, at) => <i key={state} class={at + 1 < place ? "past" : at === Math.max(0, place - 1) ? "now" : undefined} />)}</span>
      )}
    </a>
  );
}
