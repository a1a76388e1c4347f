import { Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { clock, day, dayKey, minutesBetween, roughSince, roughSpan } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import { testsToTake } from "../rules/clocks.ts";
import { isOver, overSince, vacateBy } from "../rules/overstays.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { usePhone } from "./shown.tsx";
import { checkOf, clockWords, lacksOf, lackWords, partNow, roomOf, staysHere, stayWords } from "./stay-words.ts";
import { personFacts } from "./transfer-words.ts";

/** A site's first question: who is expired and not vacated. Then who may leave, who is due, and who is to be tested. */
export function DueScreen() {
  const { view, now } = usePhone();
  const said = stayWords();
  const groups = dueGroups(staysHere(view), now, view.settings.time_zone);
  const floors = [...groups.over, ...groups.today, ...groups.byTests].some(({ released }) => !released);
  const shown = [
    [said.over, groups.over], [said.stillHere, groups.stillHere], [said.today, groups.today], [said.byTests, groups.byTests],
    [said.testsToday, groups.testsToday], [said.tomorrow, groups.tomorrow],
  ] as const;
  return (
    <Page title={said.title(groups.over.length, groups.today.length)} tab="due" corner={<EmergencyCorner />} flush head={<RoundLink />}
      thumb={floors && <a class="button main" href="#/release">{said.releaseFloor}</a>}>
      {shown.every(([, stays]) => !stays.length) && <Nothing title={said.nothing}>{""}</Nothing>}
      {shown.map(([title, stays]) => stays.length > 0 && (
        <section key={title} class="household">
          <h2 class="household-head">{title}<span class="whole">{words.people(stays.length)}</span></h2>
          {stays.map((stay) => <DueStay key={stay.id} stay={stay} />)}
        </section>
      ))}
    </Page>
  );
}

type DueGroup = "over" | "stillHere" | "today" | "byTests" | "testsToday" | "tomorrow";

/** Each person in the first group that is theirs; in it whoever is longest over comes first. */
function dueGroups(stays: ShownStay[], now: number, zone: string): Record<DueGroup, ShownStay[]> {
  const groups: Record<DueGroup, ShownStay[]> = { over: [], stillHere: [], today: [], byTests: [], testsToday: [], tomorrow: [] };
  for (const stay of stays.filter(({ referred_at }) => !referred_at)) {
    const group = isOver(stay, now, zone) ? "over" : groupOf(stay, now);
    if (group) groups[group].push(stay);
  }
  groups.stillHere.sort((one, other) => one.released!.at.localeCompare(other.released!.at));
  groups.over.sort((one, other) => overSince(one, zone)! - overSince(other, zone)!);
  return groups;
}

function groupOf(stay: ShownStay, now: number): DueGroup | null {
  const [today, due] = [dayKey(now), stay.due_at];
  if (stay.released) return "stillHere";
  if (due === today) return "today";
  if (!due && lacksOf(stay, now)?.length === 0) return "byTests";
  if (stay.clock && testsToTake(stay.clock, stay.tests ?? [], today).length) return "testsToday";
  return due === dayKey(now + 86_400_000) ? "tomorrow" : null;
}

/** The round of this half of the day, and how far it is. */
function RoundLink() {
  const { view, now } = usePhone();
  const said = stayWords();
  const [here, part] = [staysHere(view), partNow(now, view.settings.time_zone)];
  const seen = here.filter((stay) => checkOf(stay, part, dayKey(now))).length;
  return (
    <a class="row" href="#/round">
      <Icon name="aid" /><span class="row-text"><strong>{said.roundTitle(said.roundOf[part])}</strong></span>
      <span class="row-end">{said.roundSeen(seen, here.length)} <Icon name="next" /></span>
    </a>
  );
}

function DueStay({ stay }: { stay: ShownStay }) {
  const { view, now } = usePhone();
  return (
    <a class="person" href={`#/stay/${stay.id}`}>
      <span>
        <span class="name">{stay.name}</span><small>{personFacts(stay)}</small><br />
        <StayTime stay={stay} now={now} />
        {stay.mark === "saved" && <Marks mark={stay.mark} />}
      </span>
      <b class="room">{roomOf(stay, view)?.number ?? ""}</b>
    </a>
  );
}

/** How long over, or which day of how many; below it what still lacks. */
function StayTime({ stay, now }: { stay: ShownStay; now: number }) {
  const { view } = usePhone();
  const said = stayWords();
  if (stay.released) return <Overstay released={stay.released} now={now} />;
  const late = isOver(stay, now, view.settings.time_zone);
  const lacks = lacksOf(stay, now) ?? [];
  return (
    <>
      <span class={late ? "is-stop" : "quiet"}>
        {late && <Icon name="stop" />} {late ? `${said.dueOn(day(stay.due_at!))}${words.comma}${words.roomList.overdue(roughSpan(Math.floor((now - overSince(stay, view.settings.time_zone)!) / 60_000)))}` : clockWords(stay, now)}
      </span>
      {lacks.length > 0 && <><br /><span class="is-watch">{lackWords(lacks)}</span></>}
    </>
  );
}

function Overstay({ released, now }: { released: NonNullable<ShownStay["released"]>; now: number }) {
  const said = stayWords();
  const over = vacateBy(released) <= now;
  return (
    <span class={over ? "is-stop" : "is-watch"}>
      <Icon name={over ? "stop" : "clock"} /> {said.releasedSince(roughSince(released.at, now))}
      {released.vacate_due_at && <>{words.comma}{over ? said.overVacate(roughSpan(minutesBetween(released.vacate_due_at, now))) : said.vacateBy(clock(released.vacate_due_at, now))}</>}
    </span>
  );
}
