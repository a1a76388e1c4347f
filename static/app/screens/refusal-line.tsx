import { Banner } from "../elements/banner.tsx";
import { Marks } from "../elements/marks.tsx";
import { clock } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { Refusal } from "../projection/view.ts";
import { actWords } from "./act-words.ts";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

/** Something that the office did not accept leads, and has its own way out. */
export function RefusalLine({ refusal }: { refusal: Refusal }) {
  const { phone, view, now } = usePhone();
  const saving = useSaving();
  const said = refusal.act ? actWords(refusal.act) : `${refusal.about.code ?? ""} ${wordFor(words.operations, refusal.type)}`;
  const desk = view.transfer(refusal.target)?.desk;
  return (
    <li>
      <p class="row-text"><b>{refusal.mark === "held" ? words.marks.officeHeld : words.unsent.refused}{words.colon}{said}</b><br />
        {refusal.code && wordFor(words.verdictCodes, refusal.code)} {refusal.mark === "held" ? words.conflicts.held : words.unsent.refusedHow}</p>
      {saving.fault && <Banner look="stop">{saving.fault}</Banner>}
      <p class="unsent-end">
        <Marks mark={refusal.mark} {...(refusal.act && { savedAt: clock(refusal.act.at, now) })} />
        {desk && <a class="button" href={`tel:${desk.phone}`}>{words.desk}</a>}
        {refusal.mark === "refused" && <button type="button" class="button" disabled={saving.busy} onClick={() => saving.save(() => phone.acknowledge(refusal.id))}>{words.unsent.acknowledge}</button>}
      </p>
    </li>
  );
}
