import { useState } from "preact/hooks";
import { Badge, Banner, Nothing } from "../elements/banner.tsx";
import { Choice, Text, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import type { RoomId, RoomState } from "../records.ts";
import { clock } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownRoom } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { ROOM_LOOKS, nextState, roomTime, stayIn } from "./room-words.ts";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";

/** One room: its state and who is in it, and the next state as one button. */
export function RoomScreen({ room }: { room: RoomId }) {
  const shown = usePhone().view.room(room);
  return shown ? <OneRoom key={`${room} ${shown.state}`} room={shown} /> : (
    <Page title={words.roomList.title} back="#/rooms"><Nothing title={words.notHere}>{""}</Nothing></Page>
  );
}

/** States that a person sets by hand; reserved and occupied come from transfers and stays. */
const BY_HAND: RoomState[] = ["vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready", "blocked", "hold", "staff_use"];

function OneRoom({ room }: { room: ShownRoom }) {
  const { phone, view, now } = usePhone();
  const saving = useSaving();
  const next = nextState(room.state);
  const [chosen, choose] = useState<RoomState | null>(null);
  const [reason, setReason] = useState("");
  const state = chosen ?? next;
  const needsReason = state === "blocked" || state === "hold";
  const stay = stayIn(room, view);
  const save = () => state && saving.save(() => phone.act.setRoomState(room.id as RoomId, { state, reason: typedOrNull(reason), note: null }));
  return (
    <Page title={room.number} large under={`${room.building} ${words.roomList.floor(room.floor)}`} back="#/rooms" corner={<EmergencyCorner />}
      thumb={<SaveButton saving={saving} missing={!state ? words.roomList.stateFirst : needsReason && !reason.trim() ? words.roomList.why : null} onPress={save}>{state && words.roomList.next(room.number, words.roomStates[state])}</SaveButton>}>
      <section class="sheet-part">
        <p class="name"><Icon name={ROOM_LOOKS[room.state].icon} /> {words.roomStates[room.state]}</p>
        <p>{roomTime(room, view, now)}{words.comma}{words.time.since(clock(room.since, now))} {room.by}</p>
        {room.mark && <Marks mark={room.mark} />}
        {stay && (
          <p>{words.roomList.occupant}{words.colon}<span class="name">{stay.name}</span> {personFacts(stay)} {stay.category && words.categories[stay.category]}
            <span class="badges">{stay.needs.map((need) => <Badge key={need.code} look="watch">{wordFor(words.needs, need.code)}</Badge>)}</span></p>
        )}
      </section>
      <Banner look="plain" icon="list">{words.roomList.jump}</Banner>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Choice legend={words.roomList.set} columns options={BY_HAND.filter((one) => one !== room.state).map((one) => [one, words.roomStates[one]] as const)} chosen={state} onChange={choose} />
        <Text label={needsReason ? words.roomList.why : words.note} value={reason} onChange={setReason} />
      </form>
    </Page>
  );
}
