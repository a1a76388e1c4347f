// Shift change on one phone: work stays with who did it, goes up under their name, and is never deleted by anything but a verdict.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, Handset, li, officeWithTransfer, stored, TRANSFER, wang } from "./handset.ts";
import { Office } from "./office.ts";
import { power } from "./power.ts";

test("one signs out with work unsent, the next signs in and works: each one's work arrives under their own name, in any order of signal", async () => {
  const { office, zhao: phone } = await begin();
  office.put("transfer", TRANSFER, office.rows.get(`transfer/${TRANSFER}`)!.body, "u-zhao", "u-qian");
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  await phone.boards(TRANSFER, wang);
  await phone.phone.signOut();
  phone.network = "good";
  await phone.phone.signIn("qian", "secret");
  assert.deepEqual([phone.phone.state.unsent, phone.phone.state.othersUnsent], [0, 2], "the next person is told a number");
  await phone.syncs();
  await phone.boards(TRANSFER, li);
  await phone.syncs();
  assert.deepEqual(authors(office), ["u-zhao", "u-zhao", "u-qian"]);
  assert.deepEqual([...office.log.values()].map(({ wire }) => JSON.parse(wire).author), authors(office), "the bytes say the same");
  assert.equal(phone.phone.state.othersUnsent, 0);
});

test("the next person's screens hold a number of the other's work, and neither a name nor a word of it", async () => {
  const { zhao: phone } = await begin();
  phone.network = "none";
  await phone.phone.act.recordOutcome(TRANSFER, { line: li, outcome: "unfit", note: "喘得厉害" });
  await phone.phone.signOut();
  phone.network = "good";
  await phone.phone.signIn("qian", "secret");
  phone.network = "none";
  await phone.syncs();
  const seen = JSON.stringify([phone.phone.view, phone.phone.state, phone.phone.user]);
  assert.equal(phone.phone.state.othersUnsent, 1);
  for (const hidden of ["喘得厉害", "李芳", "u-zhao", TRANSFER]) assert.ok(!seen.includes(hidden), hidden);
});

test("signing out, changing users, a reset, a new epoch and a refused token delete no unsent operation", async () => {
  const { office, zhao: phone } = await begin();
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  const made = await stored(phone, "u-zhao", "outbox");
  const isThere = async (after: string) => assert.deepEqual(await stored(phone, "u-zhao", "outbox"), made, after);
  await phone.phone.signOut();
  await isThere("signing out");
  office.switchedOff.add([...office.devices.keys()][0]!);
  phone.network = "good";
  await phone.phone.signIn("qian", "secret");
  await phone.syncs();
  await isThere("the next person, and a token that is refused");
  office.epoch = "e2";
  await phone.syncs();
  await isThere("an office restored from a backup, seen by the next person");
  await phone.phone.signOut();
  phone.switchOff();
  await phone.switchOn();
  await phone.syncs();
  await isThere("a restart of the phone with nobody signed in");
  assert.equal(office.log.size, 0);
  office.switchedOff.clear();
  await phone.syncs();
  assert.deepEqual([authors(office), (await stored(phone, "u-zhao", "outbox")).length], [["u-zhao"], 0], "and in the end it is delivered");
});

test("a token that the office refuses is asked for once, counts as waiting for its person, and is tried again at a tap", async () => {
  const { office, zhao: phone } = await begin();
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  await phone.phone.signOut();
  phone.network = "good";
  await phone.syncs();
  await phone.boards(TRANSFER, wang).catch(() => undefined);
  assert.equal(office.log.size, 1);
  await phone.phone.signIn("zhao", "secret");
  phone.network = "none";
  await phone.boards(TRANSFER, wang);
  await phone.phone.signOut();
  phone.network = "good";
  office.switchedOff.add([...office.devices.values()][0]!.phone);
  phone.requests = [];
  for (let look = 0; look < 5; look += 1) await phone.phone.loop.once();
  assert.deepEqual([phone.requests.length, phone.phone.state.othersUnsent, phone.phone.state.othersPaused], [1, 1, 1]);
  office.switchedOff.clear();
  await phone.syncs();
  assert.deepEqual([office.log.size, phone.phone.state.othersUnsent, phone.phone.state.othersPaused], [2, 0, 0]);
});

test("a phone that was switched off says so, keeps recording, and sends all of it when it is switched on again", async () => {
  const { office, zhao: phone } = await begin();
  const [device] = office.devices.keys();
  office.switchedOff.add(device!);
  await phone.boards(TRANSFER, li);
  await phone.syncs();
  assert.deepEqual([phone.phone.state.switchedOff, phone.phone.state.unsent, office.log.size], [true, 1, 0]);
  await phone.boards(TRANSFER, wang);
  await assert.rejects(phone.phone.signIn("zhao", "secret"), { code: "device.revoked" });
  office.switchedOff.clear();
  await phone.syncs();
  assert.deepEqual([phone.phone.state.switchedOff, phone.phone.state.unsent, authors(office)], [false, 0, ["u-zhao", "u-zhao"]]);
});

test("work that went on under another number after a copied database still goes up by the token after signing out", async () => {
  const { office, zhao: phone } = await begin();
  [...office.devices.values()][0]!.last = 7;
  phone.network = "loses_answers";
  await phone.boards(TRANSFER, li);
  phone.network = "good";
  await phone.syncs();
  assert.equal(office.devices.size, 2, "it has become another device");
  phone.network = "none";
  await phone.boards(TRANSFER, wang);
  await phone.phone.signOut();
  phone.network = "good";
  await phone.syncs();
  assert.deepEqual([authors(office), phone.phone.state.othersUnsent], [["u-zhao", "u-zhao"], 0]);
});

test("a user name that was given to somebody else opens their own empty store, and the first one's work stays theirs", async () => {
  const { office, zhao: phone } = await begin();
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  await phone.phone.signOut();
  office.users.set("u-zhao", { ...office.users.get("u-zhao")!, username: "zhao-before" });
  office.addUser("u-new", "zhao");
  phone.network = "good";
  await phone.phone.signIn("zhao", "secret");
  await phone.syncs();
  assert.deepEqual([phone.phone.user?.id, phone.phone.view.transfers.length, authors(office)], ["u-new", 0, ["u-zhao"]]);
  await phone.phone.signOut();
  await phone.phone.signIn("zhao-before", "secret");
  assert.equal(phone.phone.view.transfers.length, 1, "under a new name the same store is opened");
  assert.equal(phone.phone.state.emptied, null);
});

test("one user's store alone is lost: they sign in again, are told what was in it, and go on as another device", async () => {
  const { office, zhao: phone } = await begin();
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  phone.network = "good";
  await phone.phone.signOut();
  await phone.phone.signIn("qian", "secret");
  await phone.phone.signOut();
  await phone.phone.signIn("zhao", "secret");
  await phone.syncs();
  const [first] = office.devices.values();
  first!.said.unsent = 3;
  phone.switchOff();
  await new Promise((resolve) => { indexedDB.deleteDatabase(`${phone.world.databases}-u-zhao`).onsuccess = resolve; });
  await phone.switchOn();
  assert.equal(phone.phone.user, null);
  await phone.syncs();
  await phone.phone.signIn("zhao", "secret");
  assert.equal(phone.phone.state.emptied?.unsent, 3);
  await phone.boards(TRANSFER, wang);
  await phone.syncs();
  assert.deepEqual([authors(office), phone.phone.state.unsent, office.devices.size], [["u-zhao", "u-zhao"], 0, 3]);
});

test("a store that the browser emptied is told at sign-in, with the last contact and what had been announced, until it is put away", async () => {
  const { office, zhao: before } = await begin();
  before.network = "loses_answers";
  for (let turn = 0; turn < 103; turn += 1) await before.boards(TRANSFER, li);
  await before.syncs();
  const heard = office.now;
  office.now += 3_600_000;
  // The same browser with its cookies, and nothing in IndexedDB.
  const emptied = new Handset(office, 2, before.jar);
  await emptied.switchOn();
  await emptied.phone.signIn("zhao", "secret");
  const told = { last_contact: new Date(heard).toISOString(), unsent: 3 };
  assert.deepEqual(emptied.phone.state.emptied, told);
  emptied.switchOff();
  await emptied.switchOn();
  assert.deepEqual(emptied.phone.state.emptied, told, "after a restart too");
  await emptied.phone.putAwayEmptied();
  emptied.switchOff();
  await emptied.switchOn();
  assert.equal(emptied.phone.state.emptied, null);
  await emptied.phone.signOut();
  await emptied.phone.signIn("zhao", "secret");
  assert.equal(emptied.phone.state.emptied, null, "who has a store here again has lost nothing more");
});

test("a first sign-in on a phone, also beside others, loses nothing and says nothing", async () => {
  const office = officeWithTransfer(new Office());
  const phone = await Handset.inTheHandOf(office, "zhao");
  assert.equal(phone.phone.state.emptied, null);
  await phone.phone.signOut();
  await phone.phone.signIn("qian", "secret");
  assert.equal(phone.phone.state.emptied, null);
});

test("the power goes at any IndexedDB event of a shift change, and what was called saved arrives once under its own name", async () => {
  power.reset();
  const whole = new ShiftChange();
  await whole.begins();
  const before = power.events;
  await whole.happens();
  const events = power.events - before;
  assert.ok(events > 40, `only ${events} events`);
  for (let cutAt = 1; cutAt <= events; cutAt += 1) {
    power.reset();
    const change = new ShiftChange();
    await change.begins();
    power.reset(cutAt);
    await power.whileItLasts(() => change.happens());
    await change.comesToRest(`cut at ${cutAt}`);
  }
});

/** One boards two people without network and signs out; the next signs in when there is signal, and does one thing. */
class ShiftChange {
  readonly office = officeWithTransfer(new Office());
  readonly phone = new Handset(this.office);
  readonly saved: [string, string][] = [];

  async begins(): Promise<void> {
    this.office.put("transfer", TRANSFER, this.office.rows.get(`transfer/${TRANSFER}`)!.body, "u-zhao", "u-qian");
    await this.phone.switchOn();
    await this.phone.phone.signIn("zhao", "secret");
    await this.phone.syncs();
  }

  async happens(): Promise<void> {
    this.phone.network = "none";
    for (const line of [li, wang]) this.saved.push([await this.phone.boards(TRANSFER, line), "u-zhao"]);
    await this.phone.phone.signOut();
    this.phone.network = "good";
    await this.phone.phone.signIn("qian", "secret");
    this.saved.push([await this.phone.boards(TRANSFER, li), "u-qian"]);
    await this.phone.syncs();
  }

  async comesToRest(when: string): Promise<void> {
    this.phone.switchOff();
    this.phone.network = "good";
    await this.phone.switchOn();
    for (let look = 0; look < 3; look += 1) await this.phone.syncs();
    const logged = [...this.office.log.values()].map(({ id, author, wire }) => [id, author, JSON.parse(wire).author]);
    for (const [id, author] of this.saved) assert.deepEqual(logged.filter(([each]) => each === id), [[id, author, author]], when);
    for (const [, author, said] of logged) assert.equal(author, said, when);
    assert.equal(this.phone.phone.state.unsent + this.phone.phone.state.othersUnsent, 0, when);
  }
}

const authors = (office: Office): string[] => [...office.log.values()].map(({ author }) => author);
