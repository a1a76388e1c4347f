import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Badge, Nothing } from "../elements/banner.tsx";
import { Text } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { WayThere } from "../elements/way-there.tsx";
import type { View } from "../projection/view.ts";
import type { Held } from "../records.ts";
import { day } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import { CallCorner, Page } from "./page.tsx";
import { usePhone } from "./shown.tsx";

/** The hospital directory, offline: telephone, the way there, whom it takes. */
export function HospitalsScreen() {
  const { view } = usePhone();
  const [sought, seek] = useState("");
  const found = view.hospitals.filter(({ name, area, services }) => [name, areaName(area, view), ...services.map((one) => wordFor(words.services, one))].join(" ").includes(sought.trim()));
  return (
    <Page title={words.hospitals.title} tab="hospitals" corner={<CallCorner phone="120" label="120" />}>
      {view.hospitals.length === 0
        ? <Nothing title={words.hospitals.nothing}>{words.hospitals.nothingHow}</Nothing>
        : <div class="form"><Text label={words.hospitals.search} value={sought} onChange={seek} /></div>}
      {view.hospitals.length > 0 && found.length === 0 && <p class="row quiet">{words.hospitals.noMatch}</p>}
      <div class="cards">{found.map((hospital) => <HospitalCard key={hospital.id} hospital={hospital} km={null} />)}</div>
    </Page>
  );
}

export function HospitalCard({ hospital, km, children }: { hospital: Held<"hospital">; km: number | null; children?: ComponentChildren }) {
  const { view } = usePhone();
  const { name, colour, address, phone, services, how_to_get_there, admission, checked_at } = hospital;
  return (
    <article class="card">
      <h2 class="name">{name}</h2>
      <p class="badges"><Badge look="plain">{wordFor(words.hospitalColours, colour)}</Badge>{services.map((one) => <Badge key={one} look="now">{wordFor(words.services, one)}</Badge>)}</p>
      <p class="quiet">{[areaName(hospital.area, view), address, km !== null && words.hospitals.km(km)].filter(Boolean).join(words.comma)}</p>
      {how_to_get_there && <p>{words.hospitals.way}{words.colon}{how_to_get_there}</p>}
      {admission && <p>{words.hospitals.admission}{words.colon}{admission}</p>}
      {checked_at && <p class="quiet">{words.hospitals.checked(day(checked_at))}</p>}
      {children}
      <div class="stop-buttons">
        {phone && <a class="button" href={`tel:${phone}`}><Icon name="call" />{phone}</a>}
        <WayThere place={hospital} />
      </div>
    </article>
  );
}

/** A record names its area by id. */
const areaName = (area: string | null, view: View): string => view.areas.find(({ id }) => id === area)?.name ?? "";

/** Nearest first by the straight line; without a place as the directory lists them. `km` is whole. */
export function nearestHospitals(hospitals: Held<"hospital">[], place: { lat: number | null; lng: number | null } | undefined) {
  return hospitals.map((hospital) => ({ hospital, km: place ? kilometres(hospital, place) : null }))
    .sort((one, other) => (one.km ?? Infinity) - (other.km ?? Infinity) || 0);
}

/** Straight line on a sphere, good to a percent over a city. */
function kilometres(one: { lat: number | null; lng: number | null }, other: { lat: number | null; lng: number | null }): number | null {
  if (one.lat === null || one.lng === null || other.lat === null || other.lng === null) return null;
  const north = (one.lat - other.lat) * 111.2;
  const east = (one.lng - other.lng) * 111.2 * Math.cos((one.lat * Math.PI) / 180);
  return Math.round(Math.hypot(north, east));
}
