import { useState } from "preact/hooks";
import { Banner, Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { roomWords } from "../messages/rooms.ts";
import { roughSpan, span } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { RoomId, RoomState } from "../records.ts";
import { lacking, lateFrom, overAt } from "../rules/turnover.ts";
import type { ShownRoom } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { currentFloor, floorOf, isDue, jobsIn } from "./room-jobs.ts";
import { floorName, nextState, sinceWords } from "./room-words.ts";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { TurnoverForm, detailsFor, useTurnoverForm } from "./turnover-form.tsx";
import { UndoLine } from "./undo.tsx";

/** One step for the rooms of a floor, in one go: what is the same for all of them once, then one tap a room. */
export function FloorScreen({ state }: { state: RoomState }) {
  const { view, phone, now } = usePhone();
  const [done, setDone] = useState<string[]>([]);
  const { form, change } = useTurnoverForm();
  const says = roomWords();
  const next = nextState(state);
  const own = view.rooms.filter(({ site }) => !phone.user?.site || site === phone.user.site);
  const floor = currentFloor(own);
  const here = own.filter((room) => floorOf(room) === floor);
  const waiting = here.filter((room) => room.state === state && !done.includes(room.id)).sort(dueFirst(view.settings.turnover, now));
  const recorded = done.flatMap((id) => here.filter((room) => room.id === id));
  const acts = view.acts.filter(({ target }) => done.includes(target as string));
  if (!next || !here[0]) return <Page title={words.roomList.title} back="#/rooms"><Nothing title={says.allDone}>{""}</Nothing></Page>;
  return (
    <Page title={wordFor(says.verbs as Record<string, string>, next)} under={[floorName(here[0], own), words.roomList.all(waiting.length)].join("　")} back="#/rooms" corner={<EmergencyCorner />} flush
      thumb={<><UndoLine of={{ acts }} />{!waiting.some((room) => isDue(room, view, now)) && <NextJob rooms={own} />}</>}>
      <TurnoverForm state={next} form={form} change={change} />
      {waiting.length > 0 ? <p class="floor-hint">{says.oneTap}</p> : <Banner look="fine">{says.allDone}</Banner>}
      {waiting.map((room) => <RoomTap key={room.id} room={room} next={next} details={detailsFor(next, form, view.settings.turnover)} onDone={() => setDone((before) => [room.id, ...before])} />)}
      {recorded.length > 0 && <h2 class="household-head">{says.doneHere(recorded.length)}</h2>}
      {recorded.map((room) => (
        <a key={room.id} class="person" href={`#/room/${room.id}`}><span><b class="room">{room.number}</b> {words.roomStates[room.state]}</span>{room.mark && <Marks mark={room.mark} stacked />}</a>
      ))}
    </Page>
  );
}

/** The whole row is the target. A room that lacks something says what, and cannot be tapped by mistake. */
function RoomTap({ room, next, details, onDone }: { room: ShownRoom; next: RoomState; details: ReturnType<typeof detailsFor>; onDone: () => void }) {
  const { phone, view, now } = usePhone();
  const saving = useSaving(room.id);
  const { turnover: rules } = view.settings;
  const missing = lacking(room, { state: next, by: phone.user!.id, at: new Date(now).toISOString(), ...details }, rules);
  const runsUntil = overAt(room, rules);
  const waits = runsUntil !== null && runsUntil > now ? roomWords().left(span(Math.ceil((runsUntil - now) / 60_000))) : null;
  const why = waits ?? (missing.length ? [...new Set(missing)].map((code) => roomWords().lacks[code] ?? wordFor(roomWords().items, code)).join(words.comma) : null);
  const record = () => saving.save(() => phone.act.setRoomState(room.id as RoomId, { state: next, ...details }), onDone);
  return (
    <>
      {saving.fault && <Banner look="stop">{saving.fault}</Banner>}
      <button type="button" class={why ? "person floor-room not-yet" : "person floor-room"} aria-disabled={Boolean(why)} onClick={() => !why && record()}>
        <span><b class="room">{room.number}</b> <span class={isLate(room, rules, now) ? "is-stop" : "quiet"}>{lateOrSince(room, rules, now)}</span></span>
        <span class="floor-do">{why ? <><Icon name={waits ? "clock" : "watch"} />{why}</> : <><Icon name="open" />{wordFor(roomWords().verbs as Record<string, string>, next)}</>}</span>
      </button>
    </>
  );
}

function lateOrSince(room: ShownRoom, rules: Parameters<typeof lateFrom>[1], now: number): string {
  const from = lateFrom(room, rules);
  return from !== null && from < now ? roomWords().over(roughSpan((now - from) / 60_000)) : sinceWords(room, words.roomList.waits, now);
}

const isLate = (room: ShownRoom, rules: Parameters<typeof lateFrom>[1], now: number): boolean => (lateFrom(room, rules) ?? Infinity) < now;

/** What can be done now first, and of that what has waited longest; the rest by when its time is up. */
const dueFirst = (rules: Parameters<typeof lateFrom>[1], now: number) => (one: ShownRoom, other: ShownRoom): number => {
  const until = (room: ShownRoom) => Math.max(overAt(room, rules) ?? 0, now);
  return until(one) - until(other) || one.since.localeCompare(other.since) || one.number.localeCompare(other.number);
};

/** When the floor is done, the next one: the most urgent job of the site. */
export function NextJob({ rooms }: { rooms: ShownRoom[] }) {
  const { view, now } = usePhone();
  const [job] = jobsIn(rooms, view, now);
  if (!job) return null;
  const verb = wordFor(roomWords().verbs as Record<string, string>, job.next);
  return <a class="button main" href={`#/floor/${job.state}`} onClick={() => currentFloor(rooms, job.floor)}>{roomWords().nextJob(floorName(job.rooms[0]!, rooms), verb, job.rooms.length)}{job.late > 0 && `${words.comma}${roomWords().late(job.late)}`}</a>;
}
