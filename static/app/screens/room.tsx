import { useState } from "preact/hooks";
import { Badge, Banner, Nothing } from "../elements/banner.tsx";
import { Choice, Text, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import type { RoomId, RoomState, Turnover } from "../records.ts";
import { roomWords } from "../messages/rooms.ts";
import { clock, dayKey } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import { WANTS_REASON, lacking } from "../rules/turnover.ts";
import type { ShownRoom } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { ROOM_LOOKS, nextState, roomTime, staysIn } from "./room-words.ts";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";
import { TurnoverForm, detailsFor, useTurnoverForm } from "./turnover-form.tsx";
import { UndoLine } from "./undo.tsx";

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
  const { form, change } = useTurnoverForm();
  const { turnover: rules } = view.settings;
  const unexplained = WANTS_REASON.includes(room.state) && !room.reason;
  const stays = staysIn(room, view);
  const state = chosen ?? (unexplained ? room.state : next);
  const details = state ? detailsFor(state, form, rules) : {};
  const missing = state ? lacking(room, { state, by: phone.user!.id, at: new Date(now).toISOString(), reason, ...details }, rules) : [];
  const needsReason = (state !== null && WANTS_REASON.includes(state)) || missing.includes("reason");
  const mayFollow = BY_HAND.filter((one) => (one !== room.state || unexplained) && !lacking(room, { state: one, by: phone.user!.id, at: new Date(now).toISOString() }, rules).includes("order"));
  const save = () => state && saving.save(() => phone.act.setRoomState(room.id as RoomId, { state, reason: typedOrNull(reason), ...details }));
  const stop = !state ? words.roomList.stateFirst : needsReason && !reason.trim() ? words.roomList.why : missing[0] ? lackWords(missing[0]) : null;
  return (
    <Page title={room.number} large under={`${room.building} ${words.roomList.floor(room.floor)}`} back="#/rooms" corner={<EmergencyCorner />}
      thumb={<>
        <UndoLine of={{ acts: view.acts.filter(({ target }) => target === room.id) }} />
        {room.stay ? <a class="button main" href={`#/stay/${stays[0]?.id ?? room.stay}`}>{roomWords().toPerson}{stays[1] && <small class="whole">{stays[0]!.name}</small>}</a>
          : <SaveButton saving={saving} missing={stop} onPress={save}>{state && words.roomList.next(room.number, wordFor(roomWords().verbs as Record<string, string>, state) === state ? words.roomStates[state] : roomWords().verbs[state]!)}</SaveButton>}
      </>}>
      <RoomNow room={room} />
      {room.turnover && <Record turnover={room.turnover} />}
      {room.stay ? <Banner look="plain" icon="person">{roomWords().livedIn}</Banner> : <>
        {state && <TurnoverForm state={state} form={form} change={change} />}
        <form class="form" onSubmit={(event) => event.preventDefault()}>
          <Choice legend={words.roomList.set} columns options={mayFollow.map((one) => [one, words.roomStates[one]] as const)} chosen={state} onChange={choose} />
          <Text label={needsReason ? words.roomList.why : words.note} value={reason} onChange={setReason} />
          {room.state === "ready" && <a class="button" href={`#/walk-in/${room.id}`}>{roomWords().walkIn}</a>}
        </form>
        <Banner look="plain" icon="list">{words.roomList.jump}</Banner>
      </>}
    </Page>
  );
}

const lackWords = (code: string): string => roomWords().lacks[code] ?? wordFor(roomWords().items, code);

function RoomNow({ room }: { room: ShownRoom }) {
  const { view, now } = usePhone();
  return (
    <section class="sheet-part">
      <p class="name"><Icon name={ROOM_LOOKS[room.state].icon} /> {words.roomStates[room.state]}</p>
      <p class={WANTS_REASON.includes(room.state) && !room.reason ? "is-watch" : undefined}>{[roomTime(room, view, now), words.time.since(clock(room.since, now))].filter(Boolean).join(words.comma)} {room.by}</p>
      {room.mark && <Marks mark={room.mark} />}
      {staysIn(room, view).map((stay) => (
        <p key={stay.id}>{words.roomList.occupant}{words.colon}<a class="name" href={`#/stay/${stay.id}`}>{stay.name}</a> {personFacts(stay)} {stay.category && words.categories[stay.category]}
          <span class="badges">{stay.needs.map((need) => <Badge key={need.code} look="watch">{wordFor(words.needs, need.code)}</Badge>)}</span></p>
      ))}
    </section>
  );
}

/** The record of the turnover that the room is in, or that made it ready (L-4): when each stage began, and with what. */
function Record({ turnover }: { turnover: Turnover }) {
  const { view, now } = usePhone();
  const says = roomWords();
  const moments = (Object.keys(says.began) as (keyof typeof says.began)[]).filter((name) => turnover[name]);
  const dated = moments.some((name) => dayKey(Date.parse(turnover[name]!)) !== dayKey(now));
  const { agent, strength_mg_l, contact_minutes, provisioned } = turnover;
  return (
    <section class="sheet-part turnover-record" aria-label={says.record}>
      <h2>{says.record}</h2>
      <ol class={dated ? "dated" : undefined}>{moments.map((name) => <li key={name}><span>{says.began[name]}</span> <b>{clock(turnover[name]!, now)}</b></li>)}</ol>
      {agent && <p><Icon name="spray" /> {says.howDone(wordFor(words.agents, agent), strength_mg_l, contact_minutes ?? view.settings.turnover.least[agent]?.contact_minutes ?? null)}</p>}
      {provisioned.length > 0 && <p><Icon name="list" /> {provisioned.map((item) => wordFor(says.items, item)).join(words.comma)}</p>}
    </section>
  );
}
