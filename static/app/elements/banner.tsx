import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export type Look = "fine" | "watch" | "stop" | "plain";

/** What is wrong, what is safe, the way on. A `stop` is read out at once. */
export function Banner({ look, icon, children }: { look: Look; icon?: IconName; children: ComponentChildren }) {
  return (
    <div class={`banner ${look}`} role={look === "stop" ? "alert" : undefined}>
      <Icon name={icon ?? (look === "plain" ? "clock" : look)} />
      <div>{children}</div>
    </div>
  );
}

export function Badge({ look, icon, children }: { look: Look | "now"; icon?: IconName; children: ComponentChildren }) {
  return <span class={`badge ${look}`}>{icon && <Icon name={icon} />}{children}</span>;
}

/** An empty list says why it is empty and what happens next. */
export function Nothing({ title, children }: { title: string; children: ComponentChildren }) {
  return <div class="nothing"><p class="nothing-title">{title}</p><p class="quiet">{children}</p></div>;
}
