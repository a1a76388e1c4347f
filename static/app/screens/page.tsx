import type { ComponentChildren } from "preact";
import { Banner } from "../elements/banner.tsx";
import { Icon, type IconName } from "../elements/icon.tsx";
import { clock, span } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { Emptied } from "../sync/phone.ts";
import { isReceiver, usePhone, type Shown } from "./shown.tsx";

interface PageProps {
  title: string;
  /** True when the title is a person's name or a room's number: read at arm's length. */
  large?: boolean;
  under?: string;
  /** Where "back" leads; a page without it is one of the tabs. */
  back?: string;
  /** True when something is being filled in: "back" then says that it is kept. */
  keeps?: boolean;
  /** What stands in the top right corner: emergency on every screen of a transfer, else the desk's number. */
  corner?: ComponentChildren;
  /** Counts and sums that stand between the top and the list. */
  head?: ComponentChildren;
  /** The main action, and nothing else that matters. */
  thumb?: ComponentChildren;
  /** A sheet lifts off the list: it is about one person of it. */
  sheet?: boolean;
  tab?: Tab;
  flush?: boolean;
  children: ComponentChildren;
}

export type Tab = "today" | "arrivals" | "rooms" | "due" | "unsent" | "hospitals" | "settings";

/** One screen: where I am, how old this is, the list, and the thumb zone. */
export function Page({ title, large, under, back, keeps, corner, head, thumb, sheet, tab, flush, children }: PageProps) {
  const shown = usePhone();
  return (
    <>
      <header class="top">
        {back && <a class="top-back" href={back} aria-label={keeps ? words.backKept : words.back}><Icon name="back" /></a>}
        <h1 tabIndex={-1} class={large ? "name" : undefined}>{title}{under && <small>{under}</small>}</h1>
        {corner}
      </header>
      <main>
        <Strip shown={shown} />
        {shown.state.emptied && <EmptiedNotice shown={shown} emptied={shown.state.emptied} />}
        {shown.leaseOver && <Banner look="watch" icon="lock">{words.strip.leaseOver}</Banner>}
        {shown.state.storageLow && <Banner look="watch">{words.faults.storageLow}</Banner>}
        {tab && shown.state.clockWrong && <WrongClock offsetMs={shown.state.clockOffsetMs ?? 0} />}
        {head}
        <div class={flush ? "list flush" : "list"}>{children}</div>
      </main>
      {thumb && <footer class={sheet ? "thumb sheet" : "thumb"}>{thumb}</footer>}
      {tab && <Tabs shown={shown} tab={tab} />}
    </>
  );
}

/** How old this is and what has not been sent; opens "what is not sent yet". */
function Strip({ shown: { view, state, now } }: { shown: Shown }) {
  const concerns = view.refusals.length + view.conflicts.filter((conflict) => conflict.state === "open").length;
  const fresh = state.reached === true && !state.signedOut && !state.switchedOff && state.asOf !== null;
  return (
    <a class={fresh && !concerns ? "strip" : "strip watch"} href={concerns && !state.unsent ? "#/conflicts" : "#/unsent"}>
      <Icon name={fresh ? "online" : "offline"} />
      <span>{stripWords(state, now)}</span>
      <span class="strip-end">
        {state.unsent ? words.strip.unsent(state.unsent) : concerns ? words.strip.concerns(concerns) : words.strip.allSent}
      </span>
      <Icon name="next" />
    </a>
  );
}

function stripWords(state: Shown["state"], now: number): string {
  if (state.signedOut) return state.uploadPaused ? words.strip.signInToSend : words.strip.signInToReceive;
  if (state.switchedOff) return words.strip.switchedOff;
  if (state.asOf === null) return words.strip.neverOnline;
  const asOf = clock(new Date(state.asOf).toISOString(), now);
  return state.reached ? words.strip.online(asOf) : words.strip.offline(asOf);
}

/** Stays until it is put away: what was lost has to be written again by whoever did it. */
const EmptiedNotice = ({ shown: { phone, now }, emptied }: { shown: Shown; emptied: Emptied }) => (
  <Banner look="stop">
    {words.strip.emptied(clock(emptied.last_contact, now), emptied.unsent)}
    <button type="button" class="button" onClick={() => void phone.putAwayEmptied()}>{words.strip.emptiedRead}</button>
  </Banner>
);

/** Records carry the office's time all the same, so a screen of work keeps its room; a tab's says it. */
const WrongClock = ({ offsetMs }: { offsetMs: number }) => (
  <Banner look="watch" icon="clock">{words.time.clockOff(span(Math.abs(offsetMs) / 60_000))}</Banner>
);

function Tabs({ shown, tab }: { shown: Shown; tab: Tab }) {
  return (
    <nav class="tabs" aria-label={words.tabs.label}>
      {(isReceiver(shown) ? RECEIVER_TABS : CREW_TABS).map(([name, icon, path]) => (
        <a key={name} href={path} aria-current={name === tab ? "page" : undefined}>
          <Icon name={icon} />
          <span>{words.tabs[name]}{name === "unsent" && shown.state.unsent > 0 ? ` ${shown.state.unsent}` : ""}</span>
        </a>
      ))}
    </nav>
  );
}

const CREW_TABS: [Tab, IconName, string][] = [
  ["today", "list", "#/"], ["unsent", "send", "#/unsent"], ["hospitals", "aid", "#/hospitals"], ["settings", "gear", "#/settings"],
];
const RECEIVER_TABS: [Tab, IconName, string][] = [
  ["arrivals", "bus", "#/"], ["rooms", "bed", "#/rooms"], ["due", "clock", "#/due"], ["settings", "gear", "#/settings"],
];

/** In the same corner on every screen of a transfer, in every state. */
export const EmergencyCorner = ({ transfer }: { transfer?: string | undefined }) => (
  <a class="button emergency" href={transfer ? `#/transfer/${transfer}/emergency` : "#/emergency"}><Icon name="aid" />{words.emergency}</a>
);

export const CallCorner = ({ phone, label }: { phone: string | null | undefined; label: string }) =>
  phone ? <a class="button" href={`tel:${phone}`}><Icon name="call" />{label}</a> : null;
