import type { ComponentChildren } from "preact";
import { Nothing } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";
import type { TransferId } from "../records.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { usePhone } from "./shown.tsx";

/** A transfer as screens of it take it: what is recorded on it names it by this id. */
export type OneTransfer = ShownTransfer & { readonly id: TransferId };

/** A screen of one transfer, or the way on when the phone does not hold it any more. */
export function OfTransfer({ transfer, children }: { transfer: TransferId; children: (transfer: OneTransfer) => ComponentChildren }) {
  const { view } = usePhone();
  const shown = view.transfer(transfer);
  if (shown) return <>{children(shown as OneTransfer)}</>;
  const left = view.left.find(({ id }) => id === transfer);
  return (
    <Page title={words.product} back="#/" corner={<EmergencyCorner />} thumb={<a class="button main" href="#/">{words.goToday}</a>}>
      <Nothing title={words.notHere}>{left ? <a href="#/unsent">{words.leftUnsent(left.code, left.unsent)}</a> : ""}</Nothing>
    </Page>
  );
}

/** Leave a form for the screen it came from, without adding it to the way back. */
export const goTo = (path: string): void => location.replace(path);
