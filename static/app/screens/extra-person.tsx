import { Banner } from "../elements/banner.tsx";
import { Choice, Text, isNumberIn, optionsOf, typedOrNull, wholeNumber } from "../elements/fields.tsx";
import type { Sex, TransferId } from "../records.ts";
import { words } from "../messages/words.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

/** Someone is aboard who is not on the list: they are written down, and nobody is put out of the coach. */
export const ExtraPersonScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <ExtraPerson transfer={shown} />}</OfTransfer>
);

interface ExtraForm { name: string; age: string; sex: Sex | null; tel: string; note: string }

function ExtraPerson({ transfer }: { transfer: OneTransfer }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const { form, change, drop } = useDraft<ExtraForm>(`extra ${transfer.id}`, () => ({ name: "", age: "", sex: null, tel: "", note: "" }));
  const args = { name: form.name.trim(), age: wholeNumber(form.age), sex: form.sex, phone: typedOrNull(form.tel), note: typedOrNull(form.note) };
  const save = () => saving.save(() => phone.act.addExtraPerson(transfer.id, args), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  return (
    <Page title={words.boarding.extraTitle} under={transfer.destination.name} back={`#/transfer/${transfer.id}`} keeps
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={!isNumberIn(form.age, 0, 130) ? words.boarding.age : form.name.trim() ? null : words.boarding.nameFirst} onPress={save}>{words.boarding.saveExtra}</SaveButton>}>
      <Banner look="plain" icon="person">{words.boarding.extraHow}</Banner>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Text label={words.boarding.name} value={form.name} onChange={(name) => change({ name })} />
        <Choice legend={words.boarding.sex} columns options={optionsOf(words.sexes)} chosen={form.sex} onChange={(sex) => change({ sex })} />
        <div class="pair">
          <Text label={words.boarding.age} mode="numeric" value={form.age} onChange={(age) => change({ age })} />
          <Text label={words.boarding.phone} type="tel" value={form.tel} onChange={(tel) => change({ tel })} />
        </div>
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}
