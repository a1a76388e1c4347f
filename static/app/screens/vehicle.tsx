import { Banner } from "../elements/banner.tsx";
import { Choice, Text, Tick } from "../elements/fields.tsx";
import { VEHICLE_ITEMS, type Arguments, type VehicleItem } from "../operations.ts";
import type { TransferId, UserId } from "../records.ts";
import { seatsShort } from "../rules/counts.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

/** Form F3: what the vehicle carries, when each one's PPE went on, and who checked. */
export const VehicleScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <VehicleCheck transfer={shown} />}</OfTransfer>
);

interface CheckForm { ticked: VehicleItem[]; ppe: Record<string, string>; checker: "crew" | "dispatcher_by_phone" | null; checkerName: string; note: string }

function VehicleCheck({ transfer }: { transfer: OneTransfer }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const { form, change, drop } = useDraft<CheckForm>(`vehicle ${transfer.id}`, () => freshCheck(transfer));
  const open = VEHICLE_ITEMS.length - form.ticked.length + transfer.crew.filter(({ user }) => !form.ppe[user]).length;
  const over = seatsShort(transfer);
  const tick = (item: VehicleItem, on: boolean) => change({ ticked: on ? [...form.ticked, item] : form.ticked.filter((other) => other !== item) });
  const save = () => saving.save(() => phone.act.checkVehicle(transfer.id, argumentsFrom(form)), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  return (
    <Page title={words.vehicle.title} under={[transfer.vehicle?.plate, words.vehicle.ticked(form.ticked.length, VEHICLE_ITEMS.length)].filter(Boolean).join("　")}
      back={`#/transfer/${transfer.id}`} keeps corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={checkerMissing(form) ? words.vehicle.checkerFirst : null} onPress={save}>{open ? words.vehicle.saveMissing(open) : words.vehicle.save}</SaveButton>}>
      {transfer.vehicle && <p class="row">{words.vehicle.seats(transfer.vehicle.seats_usable, transfer.lines.length)}</p>}
      {over > 0 && <Banner look="watch">{words.vehicle.over(over)}</Banner>}
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <div class="ticks">
          {VEHICLE_ITEMS.map((item) => <Tick key={item} checked={form.ticked.includes(item)} onChange={(on) => tick(item, on)}>{words.vehicleItems[item]}</Tick>)}
        </div>
        <Ppe transfer={transfer} form={form} change={change} />
        <Checker transfer={transfer} form={form} change={change} />
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

interface PartProps { transfer: OneTransfer; form: CheckForm; change: (part: Partial<CheckForm>) => void }

/** Each member of the crew has a tick of their own, which keeps the time. */
function Ppe({ transfer, form, change }: PartProps) {
  const { now } = usePhone();
  const put = (user: UserId, on: boolean) => {
    const { [user]: _, ...others } = form.ppe;
    change({ ppe: on ? { ...others, [user]: new Date(now).toISOString() } : others });
  };
  return (
    <fieldset>
      <legend>{words.vehicle.ppe}</legend>
      <div class="ticks">
        {transfer.crew.map(({ user, name }) => (
          <Tick key={user} checked={user in form.ppe} onChange={(on) => put(user, on)}>
            {name}{form.ppe[user] && `${words.comma}${words.vehicle.ppeAt(clock(form.ppe[user], now))}`}
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}

/** The checker is another person than who ticks: the other one of the crew, or the desk by telephone. */
function Checker({ transfer, form, change }: PartProps) {
  const { phone } = usePhone();
  const others = transfer.crew.filter(({ user }) => user !== phone.user?.id);
  const options = [["crew", words.vehicle.checkerCrew], ["dispatcher_by_phone", words.vehicle.checkerDesk]] as const;
  const choose = (checker: "crew" | "dispatcher_by_phone") =>
    change({ checker, checkerName: (checker === "crew" ? others[0]?.name : transfer.desk?.name) ?? "" });
  return (
    <div class="ticks">
      <Choice legend={words.vehicle.checker} options={options} chosen={form.checker} onChange={choose} />
      {form.checker && <Text label={words.vehicle.checkerName} value={form.checkerName} onChange={(checkerName) => change({ checkerName })} />}
    </div>
  );
}

/** A check that was saved before is taken up where it was. */
function freshCheck({ vehicle_check: last }: OneTransfer): CheckForm {
  return {
    ticked: VEHICLE_ITEMS.filter((item) => last?.items[item] === true), ppe: Object.fromEntries((last?.ppe ?? []).map(({ user, on_at }) => [user, on_at])),
    checker: last?.checker_kind ?? null, checkerName: last?.checker_name ?? "", note: "",
  };
}

const checkerMissing = ({ checker, checkerName }: CheckForm): boolean => checker === null || !checkerName.trim();

function argumentsFrom({ ticked, ppe, checker, checkerName, note }: CheckForm): Arguments["check_vehicle"] {
  return {
    items: Object.fromEntries(VEHICLE_ITEMS.map((item) => [item, ticked.includes(item)])),
    ppe: Object.entries(ppe).map(([user, on_at]) => ({ user: user as UserId, on_at })),
    checker_kind: checker ?? "crew", checker_name: checkerName.trim(), note: note.trim() || null,
  };
}
