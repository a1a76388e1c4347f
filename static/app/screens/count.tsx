import { useState } from "preact/hooks";
import { Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import type { SeenBehind } from "../operations.ts";
import { isActOf } from "../projection/acts.ts";
import type { ShownRoom } from "../projection/view.ts";
import type { RoomId, SiteId } from "../records.ts";
import { useDraft } from "./drafts.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

/** The count round: somebody walks a floor and says what is behind each door. The register is not shown, so that nobody copies it. */
export function CountScreen() {
  const { view, phone } = usePhone();
  const site = phone.user?.site as SiteId | null | undefined;
  const rooms = view.rooms.filter((room) => room.site === site);
  const severalBuildings = new Set(rooms.map(({ building }) => building)).size > 1;
  const nameOf = ({ building, floor }: ShownRoom) => [severalBuildings && building, words.roomList.floor(floor)].filter(Boolean).join(" ");
  const floors = [...new Map(rooms.map((room) => [nameOf(room), room])).entries()];
  const [chosen, choose] = useState<string | null>(null);
  const [name, first] = floors.find(([floor]) => floor === chosen) ?? floors[0] ?? [null, null];
  if (!site || !first) return <Page title={laterWords().count.title} back="#/rooms"><Nothing title={words.roomList.nothing}>{words.roomList.nothingHow}</Nothing></Page>;
  const here = rooms.filter((room) => nameOf(room) === name);
  const pick = (
    <nav class="floors" aria-label={words.roomList.title}>
      {floors.map(([floor]) => <button key={floor} type="button" aria-current={floor === name ? "true" : undefined} onClick={() => choose(floor)}>{floor}</button>)}
    </nav>
  );
  return <OneFloor key={name} site={site} name={name!} first={first} rooms={here} pick={pick} />;
}

const NEXT: Record<SeenBehind, SeenBehind> = { occupied: "empty", empty: "unclear", unclear: "occupied" };
const LOOKS = { occupied: "kept", empty: "fine", unclear: "watch" } as const;

function OneFloor({ site, name, first, rooms, pick }: { site: SiteId; name: string; first: ShownRoom; rooms: ShownRoom[]; pick: preact.ComponentChild }) {
  const { phone, view, now } = usePhone();
  const saving = useSaving();
  const { building, floor } = first;
  const { form, change, drop } = useDraft(`count ${site} ${building} ${floor}`, () => ({ seen: {} as Record<string, SeenBehind> }));
  const last = view.acts.filter(isActOf("count_rooms")).filter(({ args, withdrawn }) => !withdrawn && args.building === building && args.floor === floor).at(-1);
  const left = rooms.filter(({ id }) => !form.seen[id]);
  const see = (room: ShownRoom) => change({ seen: { ...form.seen, [room.id]: form.seen[room.id] ? NEXT[form.seen[room.id]!] : "occupied" } });
  const restIsEmpty = () => change({ seen: { ...form.seen, ...Object.fromEntries(left.map(({ id }) => [id, "empty" as const])) } });
  const save = () => saving.save(
    () => phone.act.countRooms(site, { building, floor, seen: form.seen as Record<RoomId, SeenBehind>, note: null }),
    () => { change({ seen: {} }); drop(); },
  );
  return (
    <Page title={laterWords().count.title} under={laterWords().count.under} back="#/rooms" corner={<EmergencyCorner />} head={pick}
      thumb={(
        <>
          {left.length > 0 && left.length < rooms.length && <button type="button" class="button" onClick={restIsEmpty}>{laterWords().count.restEmpty}</button>}
          <SaveButton saving={saving} missing={left.length > 0 ? laterWords().count.left(left.length) : null} onPress={save}>{laterWords().count.save(name)}</SaveButton>
        </>
      )}>
      <div class="rooms">{rooms.map((room) => <Door key={room.id} room={room} seen={form.seen[room.id]} onTap={() => see(room)} />)}</div>
      <section class="sheet-part">
        {last && <p>{laterWords().count.last(clock(last.at, now))} <Marks mark={last.mark} /></p>}
        <p class="quiet">{laterWords().count.how}</p>
      </section>
    </Page>
  );
}

const Door = ({ room, seen, onTap }: { room: ShownRoom; seen: SeenBehind | undefined; onTap: () => void }) => (
  <button type="button" class={`door ${seen ? LOOKS[seen] : ""}`} aria-label={`${room.number} ${seen ? laterWords().count.seen[seen] : laterWords().count.not}`} onClick={onTap}>
    <b class="room">{room.number}</b>
    <span class="door-state">{seen ? <><Icon name={ICONS[seen]} />{laterWords().count.seen[seen]}</> : laterWords().count.not}</span>
  </button>
);

const ICONS = { occupied: "person", empty: "fine", unclear: "watch" } as const;
