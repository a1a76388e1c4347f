import { Choice, Stepper, Text, Tick, decimalNumber, optionsOf, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { WayThere } from "../elements/way-there.tsx";
import type { Arguments } from "../operations.ts";
import type { SiteId, StopId, TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { stopsInOrder } from "./stops.ts";

/** Form F4: stops in order with map and telephone, minutes, weather, the night stop and the backup site. */
export const RouteScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <RouteCard transfer={shown} />}</OfTransfer>
);

interface RouteForm { order: StopId[]; minutes: number | null; km: string; weather: string | null; night: boolean; backup: string; pass: string; note: string }

function RouteCard({ transfer }: { transfer: OneTransfer }) {
  const { phone, now } = usePhone();
  const saving = useSaving();
  const { form, change, drop } = useDraft<RouteForm>(`route ${transfer.id}`, () => freshRoute(transfer));
  const order = [...new Set([...form.order, ...transfer.stops.map(({ id }) => id)])].filter((id) => transfer.stops.some((stop) => stop.id === id));
  const save = () => saving.save(() => phone.act.planRoute(transfer.id, argumentsFrom({ ...form, order })), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  const backups = transfer.backup?.id ? [["", words.route.noBackup], [transfer.backup.id, transfer.backup.name]] as [string, string][] : [];
  return (
    <Page title={words.route.title} under={transfer.destination.name} back={`#/transfer/${transfer.id}`} keeps
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={form.minutes ? null : words.route.minutesFirst} onPress={save}>{words.route.save}</SaveButton>}>
      <Stops transfer={transfer} order={order} onOrder={(order) => change({ order })} />
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Stepper label={words.route.minutes} by={5} value={form.minutes} onChange={(minutes) => change({ minutes })} />
        {form.minutes !== null && <p class="quiet">{words.route.arrives(clock(new Date(now + form.minutes * 60_000).toISOString(), now))}</p>}
        <Tick checked={form.night} onChange={(night) => change({ night })}>{words.route.night}</Tick>
        <Choice legend={words.route.weather} columns options={optionsOf(words.weather)} chosen={form.weather} onChange={(weather) => change({ weather })} />
        {backups.length > 0 && <Choice legend={words.route.backup} options={backups} chosen={form.backup} onChange={(backup) => change({ backup })} />}
        <div class="pair">
          <Text label={words.route.km} mode="decimal" value={form.km} onChange={(km) => change({ km })} />
          <Text label={words.route.pass} value={form.pass} onChange={(pass) => change({ pass })} />
        </div>
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

function Stops({ transfer, order, onOrder }: { transfer: OneTransfer; order: StopId[]; onOrder: (order: StopId[]) => void }) {
  const swap = (place: number, other: number) => {
    const next = [...order];
    [next[place], next[other]] = [next[other]!, next[place]!];
    onOrder(next);
  };
  const { destination } = transfer;
  return (
    <ol class="rows route-stops" aria-label={words.route.order}>
      {order.map((id, place) => {
        const stop = transfer.stops.find((one) => one.id === id);
        return stop && (
          <li key={id} class="route-stop">
            <p><b class="name">{place + 1}. {stop.name}</b> <span class="quiet">{words.people(stop.people)}</span></p>
            {stop.contact_name && <p class="quiet">{words.route.contact}{words.colon}{stop.contact_name}</p>}
            <div class="stop-buttons">
              <button type="button" class="button" disabled={place === 0} aria-label={words.route.up(stop.name)} onClick={() => swap(place, place - 1)}><Icon name="up" /></button>
              <button type="button" class="button" disabled={place === order.length - 1} aria-label={words.route.down(stop.name)} onClick={() => swap(place, place + 1)}><Icon name="down" /></button>
              <WayThere place={stop} />
              {stop.contact_phone && <a class="button" href={`tel:${stop.contact_phone}`} aria-label={`${words.call} ${stop.contact_name ?? stop.name}`}><Icon name="call" /></a>}
            </div>
          </li>
        );
      })}
      <li class="route-stop">
        <p><span class="quiet">{words.route.to}</span> <b class="name">{destination.name}</b></p>
        {destination.address && <p class="quiet">{destination.address}</p>}
        <div class="stop-buttons">
          <WayThere place={destination} />
          {destination.phone && <a class="button" href={`tel:${destination.phone}`}><Icon name="call" />{words.call}</a>}
        </div>
      </li>
    </ol>
  );
}

function freshRoute(transfer: OneTransfer): RouteForm {
  const { route, backup } = transfer;
  return {
    order: stopsInOrder(transfer).map(({ id }) => id), minutes: route?.minutes ?? null, km: route?.km?.toString() ?? "", weather: route?.weather ?? null,
    night: route?.night_checked ?? false, backup: route ? (route.backup_site ?? "") : (backup?.id ?? ""), pass: "", note: "",
  };
}

function argumentsFrom({ order, minutes, km, weather, night, backup, pass, note }: RouteForm): Arguments["plan_route"] {
  return {
    stops: order, minutes: minutes ?? 0, km: decimalNumber(km), weather, night_checked: night, backup_site: (backup || null) as SiteId | null,
    pass_no: typedOrNull(pass), note: typedOrNull(note),
  };
}
