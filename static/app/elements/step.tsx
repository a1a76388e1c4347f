import type { ComponentChildren } from "preact";
import type { StepState } from "../records.ts";
import { Icon } from "./icon.tsx";

/** What is open is large, what is done is one line, what waits says for what. Every step can be unfolded. */
export function StepRow({ number, state, unfolded, title, end, children }: {
  number: number; state: StepState; unfolded: boolean; title: string; end: ComponentChildren; children: ComponentChildren;
}) {
  return (
    <details class={`step ${state}`} open={unfolded}>
      <summary>
        <span class="step-mark">{state === "done" ? <Icon name="check" /> : state === "blocked" ? "!" : number}</span>
        <span class="step-title">{title}</span>
        <span class="step-end">{end}</span>
      </summary>
      <div class="step-body">{children}</div>
    </details>
  );
}

/** One reason under the step it guards. */
export const GateLine = ({ met, children }: { met: boolean; children: ComponentChildren }) => (
  <li class={met ? "met" : "unmet"}><Icon name={met ? "fine" : "open"} /><span>{children}</span></li>
);
