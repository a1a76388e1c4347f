// P3, P4, P5, P9, P10, P19, P20: whatever is cut, lost or repeated, what was called saved arrives once and stays on the screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { power } from "./power.ts";
import { dice, Handset, LINES, officeWithTransfer, stored, TRANSFER, type Network } from "./handset.ts";
import { Office } from "./office.ts";
import type { OperationId } from "../../static/app/records.ts";

const [li, wang] = LINES as [typeof LINES[0], typeof LINES[0]];

test("the power goes at any IndexedDB event of a day, and nothing that was called saved is lost or done twice", async () => {
  power.reset();
  const whole = new Driver();
  await whole.switchesOn();
  await day(whole);
  const events = power.events;
  assert.ok(events > 150, `only ${events} events`);
  for (let cutAt = 1; cutAt <= events; cutAt += 1) {
    power.reset(cutAt);
    const driver = new Driver();
    await power.whileItLasts(() => driver.switchesOn().then(() => day(driver)));
    await driver.restart();
    await driver.comesToRest(`cut at ${cutAt}`, (when) => driver.isConsistent(when));
  }
});

test("the power goes at any event of the first exchange, the office is set back to before it, and what was saved is brought again", async () => {
  for (let cutAt = 1, lasted = false; !lasted; cutAt += 1) {
    power.reset();
    const driver = new Driver();
    const restore = driver.office.backup();
    await driver.switchesOn();
    await driver.acts(li);
    power.reset(cutAt);
    await power.whileItLasts(async () => { await driver.handset.syncs(); lasted = true; });
    await driver.restart();
    restore();
    await driver.comesToRest(`cut at ${cutAt}`);
  }
});

for (let seed = 1; seed <= 120; seed += 1) {
  test(`a bad week, seed ${seed}: lost requests, lost and repeated answers, cuts, portals, edits in the office`, async () => {
    power.reset();
    const roll = dice(seed);
    const driver = new Driver(seed);
    await driver.switchesOn();
    for (let step = 0; step < 40; step += 1) {
      await driver.step(roll);
      driver.showsWhatWasSaved(`seed ${seed}, step ${step}`);
    }
    await driver.isConsistent(`seed ${seed}`);
    await driver.comesToRest(`seed ${seed}`);
  });
}

/** A driver with a phone, who remembers what the screen called saved. */
class Driver {
  readonly office = officeWithTransfer(new Office());
  readonly saved: { id: OperationId; line: string }[] = [];
  readonly handset: Handset;

  constructor(seed = 1) {
    this.handset = new Handset(this.office, seed);
  }

  async switchesOn(): Promise<void> {
    await this.handset.switchOn();
    await this.handset.phone.signIn("zhao", "secret");
  }

  async acts(line: typeof li): Promise<void> {
    this.saved.push({ id: await this.handset.boards(TRANSFER, line), line });
  }

  async restart(): Promise<void> {
    this.handset.switchOff();
    await this.handset.switchOn();
  }

  async step(roll: () => number): Promise<void> {
    const { handset, office } = this;
    const chance = roll();
    if (chance < 0.3) await this.acts(roll() < 0.5 ? li : wang);
    else if (chance < 0.55) {
      if (roll() < 0.3) handset.whileInTheAir = () => this.acts(li);
      await handset.syncs();
    } else if (chance < 0.75) {
      handset.network = (["good", "good", "none", "loses_answers", "portal", "signed_out", "overloaded"] as Network[])[Math.floor(roll() * 7)]!;
      handset.repeatLastAnswer = roll() < 0.2;
    } else if (chance < 0.85) {
      const row = office.rows.get(`transfer/${TRANSFER}`)!;
      office.put("transfer", TRANSFER, { ...row.body, desk: { name: `专班 ${office.stamp}`, phone: "1" } }, "u-zhao");
      office.put("contact", `c${Math.floor(roll() * 4)}`, { name: "", what: "", phone: "", area: null }, ...(roll() < 0.6 ? ["u-zhao"] : []));
      office.pageSize = roll() < 0.5 ? 1 : 500;
      office.promoteEachPage = roll() < 0.3;
    } else if (chance < 0.97) await this.cutWhile(roll);
    else office.backup()(); // restored to just now: nothing lost, yet another epoch
  }

  /** P9, in every state in between. */
  showsWhatWasSaved(when: string): void {
    const transfer = this.handset.phone.view.transfer(TRANSFER);
    if (!transfer) return;
    for (const { line } of this.saved) assert.equal(transfer.lines.find(({ id }) => id === line)?.state, "aboard", when);
  }

  /** P10, P19: what was saved is in the outbox or has a verdict, each with its words; numbers follow without a gap. */
  async isConsistent(when: string): Promise<void> {
    const read = (store: string) => stored(this.handset, "u-zhao", store);
    const [outbox, kept, overlay, [device]] = await Promise.all([read("outbox"), read("kept"), read("overlay"), read("device")]);
    const known = new Set([...outbox, ...kept].map(({ id }) => id));
    for (const { id } of this.saved) assert.ok(known.has(id), `${when}: ${id} is lost`);
    assert.deepEqual(overlay.map(({ key }) => key).filter((id) => !known.has(id)), [], `${when}: words without work`);
    const numbers = outbox.map(({ seq }) => seq);
    assert.deepEqual(numbers, numbers.map((_, index) => numbers[0] + index), `${when}: a gap in the outbox`);
    if (numbers.length) assert.equal(device.next_seq, numbers.at(-1) + 1, when);
  }

  /** When faults stop: everything is logged once, the outbox is empty, and the phone holds what its user may see. */
  async comesToRest(when: string, first: (when: string) => Promise<void> = async () => undefined): Promise<void> {
    const { handset, office } = this;
    Object.assign(handset, { network: "good", repeatLastAnswer: false, whileInTheAir: null });
    await handset.phone.signIn("zhao", "secret");
    await first(when);
    for (let turn = 0; turn < 3; turn += 1) await handset.syncs();
    assert.equal(handset.phone.state.unsent, 0, when);
    for (const { id } of this.saved) assert.ok(office.log.has(id), `${when}: ${id} did not arrive`);
    for (const device of office.devices.values()) assert.deepEqual([...device.delivered.keys()], Array.from({ length: device.last }, (_, index) => index + 1), when);
    const records = await stored(handset, "u-zhao", "records");
    assert.deepEqual(Object.fromEntries(records.map(({ key, rev }) => [key, rev])), sorted(office.seenBy("u-zhao")), when);
    for (const { key, box } of records) assert.deepEqual(box, office.rows.get(key)!.body, `${when}: ${key}`);
    this.showsWhatWasSaved(when);
  }

  private async cutWhile(roll: () => number): Promise<void> {
    power.reset(1 + Math.floor(roll() * 40));
    await power.whileItLasts(() => this.acts(wang).then(() => this.handset.syncs()));
    await this.restart();
  }
}

/** First download, work without network, a lost answer, an edit in the office, more work. Goes on as far as the power lasts. */
async function day(driver: Driver): Promise<Driver> {
  const { handset, office } = driver;
  await handset.syncs();
  handset.network = "none";
  await driver.acts(li);
  await driver.acts(wang);
  handset.network = "loses_answers";
  await handset.syncs();
  handset.network = "good";
  await handset.syncs();
  office.put("transfer", TRANSFER, office.rows.get(`transfer/${TRANSFER}`)!.body, "u-zhao");
  await driver.acts(li);
  await handset.syncs();
  return driver;
}

const sorted = (record: Record<string, number>): Record<string, number> => Object.fromEntries(Object.entries(record).sort());
