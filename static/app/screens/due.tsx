import { Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import type { Held } from "../records.ts";
import { dayKey } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { stayTime } from "./room-words.ts";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";

/** Who is due out today, who is still here past their time, and who leaves tomorrow. */
export function DueScreen() {
  const { view, now } = usePhone();
  const due = view.stays.filter(({ ended_at, due_at }) => ended_at === null && due_at !== null).sort((one, other) => one.due_at!.localeCompare(other.due_at!));
  const today = dayKey(now);
  const dueDay = (stay: Held<"stay">) => dayKey(Date.parse(stay.due_at!));
  const groups = [
    [words.due.overdue, due.filter((stay) => dueDay(stay) < today)], [words.due.today, due.filter((stay) => dueDay(stay) === today)],
    [words.due.tomorrow, due.filter((stay) => dueDay(stay) === dayKey(now + 86_400_000))],
  ] as const;
  const count = groups[0][1].length + groups[1][1].length;
  return (
    <Page title={words.due.title(count)} tab="due" corner={<EmergencyCorner />} flush>
      {count === 0 && <Nothing title={words.due.nothing}>{""}</Nothing>}
      {groups.map(([title, stays]) => stays.length > 0 && (
        <section key={title} class="household">
          <h2 class="household-head">{title}<span class="whole">{words.people(stays.length)}</span></h2>
          {stays.map((stay) => <DueStay key={stay.id} stay={stay} late={dueDay(stay) < today} />)}
        </section>
      ))}
    </Page>
  );
}

function DueStay({ stay, late }: { stay: Held<"stay">; late: boolean }) {
  const { view, now } = usePhone();
  const room = stay.room && view.room(stay.room);
  return (
    <a class="person" href={stay.room ? `#/room/${stay.room}` : "#/rooms"}>
      <span><span class="name">{stay.name}</span><small>{personFacts(stay)}</small><br /><span class={late ? "is-stop" : "quiet"}>{late && <Icon name="stop" />} {stayTime(stay, now)}</span></span>
      <b class="room">{room ? room.number : ""}</b>
    </a>
  );
}
