// A tap: what is on disk is on the screen at once, without reading the store back, and two tabs never give one number twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, Handset, li, lineOf, stored, TRANSFER, wang } from "./handset.ts";
import { baseTransfer } from "./contract.ts";

const OTHER = "0190c000-0000-7000-8000-000000000097";
const TWO_DAYS_MS = 48 * 3600_000;

/** Another tab of the same browser: the same databases and the same cookie. */
async function otherTabOf(handset: Handset): Promise<Handset> {
  const tab = new Handset(handset.office, 5, handset.jar);
  Object.assign(tab.world, { databases: handset.world.databases });
  await tab.switchOn();
  return tab;
}

const shownOn = ({ phone: { view, state } }: Handset) =>
  JSON.parse(JSON.stringify({ transfers: view.transfers, acts: view.acts, notSent: view.notSent, refusals: view.refusals, unsent: state.unsent }));

test("what a tap shows is what a restart shows", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  const boarded = await zhao.boards(TRANSFER, li);
  await zhao.boards(TRANSFER, wang);
  await zhao.phone.undo(boarded);
  const shown = shownOn(zhao);
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual([shown.unsent, lineOf(zhao, li)?.state, lineOf(zhao, wang)?.state], [3, "expected", "aboard"]);
  assert.deepEqual(shown, shownOn(zhao));
});

test("what was told last stands on the screen, also when the phone's clock was set back in between", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  const calls = { number: "14200000002", answered_by: "吴前台", rooms_promised: null, reason: null, gate: null, note: null };
  const ready = { beds_ready: null, rooms_ready: null, staff_ready: null, beds_ready_at: null, rooms_ready_at: null, staff_ready_at: null };
  const told = (result: "refused" | "confirmed") => zhao.phone.act.recordDockCall(TRANSFER, { ...calls, ...ready, result });
  await told("refused");
  zhao.clockMs -= 600_000;
  const last = await told("confirmed");
  const shown = () => [zhao.phone.view.transfer(TRANSFER)!.dock.state, zhao.phone.view.acts.at(-1)?.id];
  assert.deepEqual(shown(), ["confirmed_by_phone", last]);
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual(shown(), ["confirmed_by_phone", last]);
});

test("what is told last sorts after what left the screen days ago and may come back, also when the phone's clock was set back in between", async () => {
  const { office, zhao } = await begin();
  const before = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  office.now += TWO_DAYS_MS;
  zhao.clockMs += TWO_DAYS_MS;
  await zhao.syncs();
  assert.deepEqual(zhao.phone.view.acts, []);
  zhao.clockMs -= 365 * TWO_DAYS_MS;
  const last = await zhao.boards(TRANSFER, li);
  assert.ok(before < last, `${last} sorts before ${before}`);
  await zhao.syncs();
  zhao.clockMs += 366 * TWO_DAYS_MS;
  office.now += TWO_DAYS_MS;
  await zhao.syncs();
  zhao.clockMs -= 400 * TWO_DAYS_MS;
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual(zhao.phone.view.acts, []);
  const afterStart = await zhao.boards(TRANSFER, li);
  assert.ok(last < afterStart, `${afterStart} sorts before ${last}`);
});

test("a tap leaves every other transfer and person the same object, so that nothing else is drawn again", async () => {
  const { office, zhao } = await begin();
  office.put("transfer", OTHER, { ...baseTransfer(), code: "0403-018" }, "u-zhao");
  await zhao.syncs();
  const [before, otherBefore] = [zhao.phone.view.transfer(TRANSFER)!, zhao.phone.view.transfer(OTHER)];
  await zhao.boards(TRANSFER, li);
  await zhao.boards(TRANSFER, wang);
  const after = zhao.phone.view.transfer(TRANSFER)!;
  assert.equal(zhao.phone.view.transfer(OTHER), otherBefore);
  assert.notEqual(after, before);
  const changed = after.lines.filter((line, at) => line !== before.lines[at]).map(({ id }) => id);
  assert.deepEqual(changed, [li, wang]);
});

test("two tabs that record in turn give every act a number of its own", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  const tab = await otherTabOf(zhao);
  for (const hand of [zhao, zhao, tab, zhao, tab, tab, zhao]) await hand.boards(TRANSFER, li);
  assert.deepEqual((await stored(zhao, "u-zhao", "outbox")).map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7]);
});

test("two tabs that record at the same moment lose nothing, and the office gets each once", async () => {
  const { office, zhao } = await begin();
  const tab = await otherTabOf(zhao);
  for (let turn = 0; turn < 4; turn += 1) await Promise.all([zhao.boards(TRANSFER, li), tab.boards(TRANSFER, wang)]);
  assert.deepEqual((await stored(zhao, "u-zhao", "outbox")).map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7, 8]);
  await zhao.syncs();
  assert.deepEqual([office.log.size, (await stored(zhao, "u-zhao", "outbox")).length], [8, 0]);
});

test("a number that another tab gave and the office has long taken is not given again", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  const tab = await otherTabOf(zhao);
  await tab.boards(TRANSFER, wang);
  await tab.syncs();
  await zhao.boards(TRANSFER, li);
  assert.deepEqual((await stored(zhao, "u-zhao", "outbox")).map(({ seq }) => seq), [3]);
  await zhao.syncs();
  assert.deepEqual([office.log.size, office.devices.size], [3, 1]);
});
