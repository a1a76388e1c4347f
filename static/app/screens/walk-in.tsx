import { Banner, Nothing } from "../elements/banner.tsx";
import { Choice, Text, isNumberIn, optionsOf, typedOrNull, wholeNumber } from "../elements/fields.tsx";
import { roomWords } from "../messages/rooms.ts";
import { words } from "../messages/words.ts";
import type { Category, RoomId, Sex } from "../records.ts";
import { useDraft } from "./drafts.ts";
import { goTo } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

interface Form { name: string; why: string; age: string; sex: Sex | null; tel: string; category: Category | null }

/** Somebody came by themselves, on no list: they get this room, and are written down. */
export function WalkInScreen({ room: id }: { room: RoomId }) {
  const { phone, view } = usePhone();
  const saving = useSaving();
  const says = roomWords();
  const { form, change, drop } = useDraft<Form>(`walk-in ${id}`, () => ({ name: "", why: "", age: "", sex: null, tel: "", category: null }));
  const room = view.room(id);
  if (!room) return <Page title={says.walkIn} back="#/rooms"><Nothing title={words.notHere}>{""}</Nothing></Page>;
  const save = () => saving.save(() => phone.act.admitWalkIn(id, {
    name: form.name.trim(), reason: form.why.trim(), age: wholeNumber(form.age), sex: form.sex, phone: typedOrNull(form.tel), category: form.category, note: null,
  }), () => {
    drop();
    goTo(`#/room/${id}`);
  });
  return (
    <Page title={says.walkIn} under={room.number} back={`#/room/${id}`} keeps corner={<EmergencyCorner />}
      thumb={<SaveButton saving={saving} missing={!isNumberIn(form.age, 0, 130) ? words.boarding.age : form.name.trim() && form.why.trim() ? null : says.whoFirst} onPress={save}>{says.walkInSave}</SaveButton>}>
      <Banner look="plain" icon="person">{says.walkInHow}</Banner>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Text label={words.boarding.name} value={form.name} onChange={(name) => change({ name })} />
        <Text label={says.walkInWhy} lines={2} value={form.why} onChange={(why) => change({ why })} />
        <Choice legend={words.boarding.sex} columns options={optionsOf(words.sexes)} chosen={form.sex} onChange={(sex) => change({ sex })} />
        <div class="pair">
          <Text label={words.boarding.age} mode="numeric" value={form.age} onChange={(age) => change({ age })} />
          <Text label={words.boarding.phone} type="tel" value={form.tel} onChange={(tel) => change({ tel })} />
        </div>
        <Choice legend={says.category} columns options={optionsOf(words.categories)} chosen={form.category} onChange={(category) => change({ category })} />
      </form>
    </Page>
  );
}
