import { Choice, Stepper, Ticks, optionsOf } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { roomWords } from "../messages/rooms.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import type { RoomAgent } from "../operations.ts";
import type { RoomState } from "../records.ts";
import type { Details, TurnoverRules } from "../rules/turnover.ts";
import { useDraft } from "./drafts.ts";
import { usePhone } from "./shown.tsx";

interface Form { agent: RoomAgent; strength: number | null; contact: number | null; missing: string[]; also: string[] }

/** What is the same for all rooms of a floor, asked once and kept: the agent and its minutes, what does not lie ready. A result that is waited for is never ticked by itself. */
export function useTurnoverForm(): { form: Form; change: (part: Partial<Form>) => void } {
  return useDraft<Form>("turnover", () => ({ agent: "chlorine", strength: 1000, contact: null, missing: ["environment_negative"], also: [] }));
}

/** What goes with the word that a room is in this state now; nothing where the state asks for nothing. */
export function detailsFor(state: RoomState, form: Form, rules: TurnoverRules): Partial<Details> & { agent?: RoomAgent | null } {
  if (state === "contact_time") {
    return { agent: form.agent, strength_mg_l: form.agent === "chlorine" ? form.strength : null, contact_minutes: minutesOf(form, rules) };
  }
  if (state === "ready") return { provisioned: [...rules.checklist.filter((item) => !form.missing.includes(item)), ...form.also] };
  return {};
}

const minutesOf = ({ agent, contact }: Form, rules: TurnoverRules): number | null => contact ?? rules.least[agent]?.contact_minutes ?? null;

/** The questions of a state, folded to one line with the usual answers: opened only where today's are others. */
export function TurnoverForm({ state, form, change }: { state: RoomState; form: Form; change: (part: Partial<Form>) => void }) {
  const { turnover: rules } = usePhone().view.settings;
  if (state !== "contact_time" && state !== "ready") return null;
  const says = roomWords();
  const contact = minutesOf(form, rules);
  return (
    <details class="usual">
      <summary>
        <Icon name={state === "ready" ? "list" : "spray"} />
        <span>{state === "ready" ? stockWords(form, rules) : says.howDone(words.agents[form.agent], form.agent === "chlorine" ? form.strength : null, contact)}</span>
        <span class="usual-change">{says.change}</span>
      </summary>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        {state === "contact_time" ? (
          <>
            <Choice legend={laterWords().disinfection.agent} options={optionsOf(words.agents)} chosen={form.agent} onChange={(agent) => change({ agent, contact: null })} />
            {form.agent === "chlorine" && <Stepper label={laterWords().disinfection.strength} by={250} value={form.strength} onChange={(strength) => change({ strength })} />}
            <Stepper label={laterWords().disinfection.contact} by={5} least={rules.least[form.agent]?.contact_minutes ?? 0} value={contact} onChange={(minutes) => change({ contact: minutes })} />
          </>
        ) : (
          <Ticks legend={says.checklist} columns options={[...rules.checklist, ...rules.also].map((item) => [item, wordFor(says.items, item)] as const)}
            chosen={[...rules.checklist.filter((item) => !form.missing.includes(item)), ...form.also]}
            onChange={(there) => change({ missing: rules.checklist.filter((item) => !there.includes(item)), also: rules.also.filter((item) => there.includes(item)) })} />
        )}
      </form>
    </details>
  );
}

function stockWords(form: Form, { checklist }: TurnoverRules): string {
  const missing = checklist.filter((item) => form.missing.includes(item)).length;
  return missing ? roomWords().unstocked(missing) : roomWords().stocked(checklist.length);
}
