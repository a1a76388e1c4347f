import type { Step } from "../records.ts";
import { STEPS } from "../records.ts";
import { stepToDo, type StepNow } from "../rules/steps.ts";
import { words } from "../messages/words.ts";

/** The mark of this product: a ring of six arcs, one a step. It closes when the handover list is signed. */
export function Loop({ now }: { now: Record<Step, StepNow> }) {
  const step = stepToDo(now);
  if (!step) return <ClosedLoop />;
  const at = STEPS.indexOf(step);
  const held = now[step].state === "blocked";
  return (
    <svg class="loop" viewBox="0 0 44 44" role="img" aria-label={(held ? words.today.loopHeld : words.today.loopAt)(at + 1)}>
      {STEPS.map((step, place) => <circle key={step} class={arc(now[step].state, place === at)} {...RING} stroke-dashoffset={-10 * place} />)}
      <text x="22" y="22.5">{at + 1}</text>
    </svg>
  );
}

const RING = { cx: 22, cy: 22, r: 18, pathLength: 60, "stroke-dasharray": "8 52" };

function arc(state: StepNow["state"], isNext: boolean): string | undefined {
  if (state === "done") return "loop-done";
  if (state === "blocked") return "loop-held";
  return isNext ? "loop-open" : undefined;
}

const ClosedLoop = () => (
  <svg class="loop" viewBox="0 0 44 44" role="img" aria-label={words.today.loopDone}>
    <circle class="loop-done" cx="22" cy="22" r="18" />
    <path class="loop-check" d="M14 22.5l5.5 5.5L30.5 16.5" />
  </svg>
);
