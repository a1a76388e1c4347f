import { Badge } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { Plate } from "../elements/plate.tsx";
import type { TransferId } from "../records.ts";
import { countPeople } from "../rules/counts.ts";
import { clock } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownLine, ShownTransfer } from "../projection/view.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { OfTransfer } from "./of-transfer.tsx";
import { boardingStops } from "./stops.ts";
import { usePhone } from "./shown.tsx";
import { byHousehold, floorLeft, personFacts } from "./transfer-words.ts";

/** Step 1: everyone on the list by household, who is verified and who is still to be asked. */
export const VerifyListScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <VerifyList transfer={shown} />}</OfTransfer>
);

function VerifyList({ transfer }: { transfer: ShownTransfer }) {
  const counts = countPeople(transfer);
  const next = boardingStops(transfer).flatMap(({ lines }) => byHousehold(lines).flat()).find((line) => !line.verified && line.state === "expected");
  return (
    <Page title={words.verify.title} under={words.verify.done(counts.verified, counts.listed)} back={`#/transfer/${transfer.id}`} flush
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={next
        ? <a class="button main" href={`#/transfer/${transfer.id}/verify/${next.id}`}>{words.verify.form}{words.colon}{next.name}</a>
        : <a class="button main" href={`#/transfer/${transfer.id}`}>{words.back}</a>}>
      {boardingStops(transfer).map(({ key, name, lines }) => (
        <section key={key} aria-label={name}>
          <h2 class="place-head">{name}</h2>
          {byHousehold(lines).map((home) => (
            <section key={home[0]!.id} class="household">
              <h3 class="household-head">{floorLeft(home[0]!) ?? <Plate address={home[0]!.address} />}<span class="whole">{words.people(home.length)}</span></h3>
              {home.map((line) => <Person key={line.id} line={line} transfer={transfer.id} />)}
            </section>
          ))}
        </section>
      ))}
    </Page>
  );
}

function Person({ line, transfer }: { line: ShownLine; transfer: string }) {
  const { now } = usePhone();
  return (
    <a class="person" href={`#/transfer/${transfer}/verify/${line.id}`}>
      <span>
        {line.from_room && <><b class="room">{line.from_room.number}</b> </>}<span class="name">{line.name}</span><small>{personFacts(line)}</small>
        <span class="badges">{line.needs.map((need) => <Badge key={need.code} look="watch">{wordFor(words.needs, need.code)}</Badge>)}</span>
        {line.mark && <Marks mark={line.mark} />}
      </span>
      {line.verified ? (
        <span class={line.verified.complete && line.verified.agrees === "agrees" ? "outcome is-fine" : "outcome is-watch"}>
          <Icon name={line.verified.complete && line.verified.agrees === "agrees" ? "fine" : "watch"} />
          {line.verified.agrees && line.verified.agrees !== "agrees" ? words.agrees[line.verified.agrees] : line.verified.complete ? clock(line.verified.at, now) : words.verify.incomplete}
        </span>
      ) : <span class="outcome is-now"><Icon name="open" />{words.verify.open}</span>}
    </a>
  );
}
