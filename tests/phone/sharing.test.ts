// Several people on one phone, several phones of one person, sessions that end and offices that are restored.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignInRefused } from "../../static/app/sync/phone.ts";
import { anotherTab, begin, li, lineOf, stored, TRANSFER, wang, type Handset } from "./handset.ts";
import type { Office } from "./office.ts";

test("an ended session pauses reading; the work still goes up by the upload token, and a sign-in reads on", async () => {
  const { office, zhao } = await begin();
  zhao.jar.user = null;
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.signedOut, zhao.phone.state.uploadPaused, office.log.size, zhao.phone.state.unsent], [true, false, 1, 0]);
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark], ["aboard", "received"], "its stamp is not covered, so it stays laid over");
  await zhao.phone.signIn("zhao", "secret");
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.signedOut, lineOf(zhao, li)?.state], [false, "aboard"]);
});

test("work whose upload token the office no longer takes waits for the sign-in, and the phone says so until a sign-in", async () => {
  const { office, zhao } = await begin();
  zhao.jar.user = null;
  office.switchedOff.add([...office.devices.values()][0]!.phone);
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.signedOut, zhao.phone.state.uploadPaused, office.log.size, zhao.phone.state.unsent], [true, true, 0, 1]);
  office.switchedOff.clear();
  await zhao.phone.signIn("zhao", "secret");
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.signedOut, zhao.phone.state.uploadPaused, office.log.size, zhao.phone.state.unsent], [false, false, 1, 0]);
});

test("a wrong password changes nothing on the phone, and no signal says so", async () => {
  const { zhao } = await begin();
  await assert.rejects(zhao.phone.signIn("zhao", "guess"), (error) => (error as SignInRefused).code === "session.wrong_password");
  zhao.network = "portal";
  await assert.rejects(zhao.phone.signIn("zhao", "secret"), (error) => (error as SignInRefused).code === "no_answer");
  assert.equal(zhao.phone.user?.username, "zhao");
});

test("after signing out with work left, the next person's phone delivers it and shows none of it", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await zhao.phone.signOut();
  assert.deepEqual([zhao.phone.user, zhao.phone.view.transfers.length, zhao.phone.state.othersUnsent], [null, 0, 1]);
  zhao.network = "good";
  await zhao.phone.signIn("qian", "secret");
  await zhao.syncs();
  assert.deepEqual(zhao.phone.view.transfers, []);
  assert.deepEqual([...office.log.values()].map(({ author }) => author), ["u-zhao"]);
  assert.equal(zhao.phone.state.othersUnsent, 0);
});

test("signed out, nobody is signed in and the work goes up all the same; the session ends when the office is reached", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await zhao.phone.signOut();
  await zhao.syncs();
  assert.equal(zhao.jar.user, "u-zhao");
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([zhao.jar.user, office.log.size, zhao.phone.state.othersUnsent], [null, 1, 0]);
});

test("two people share a phone and each finds what is theirs", async () => {
  const { zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  await zhao.phone.signOut();
  await zhao.phone.signIn("qian", "secret");
  await zhao.syncs();
  assert.equal(zhao.phone.view.transfers.length, 0);
  await zhao.phone.signOut();
  await zhao.phone.signIn("zhao", "secret");
  assert.equal(lineOf(zhao, li)?.state, "aboard", "before any download, from what the phone holds");
});

test("a cookie that another person left in the browser delivers nothing and shows nothing", async () => {
  const { office, zhao } = await begin();
  zhao.jar.user = "u-qian";
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([...office.log.values()].map(({ author }) => author), ["u-zhao"], "by the upload token");
  assert.deepEqual([zhao.phone.state.signedOut, zhao.phone.view.transfers.length], [true, 1]);
});

test("a copied phone becomes a device of its own, and both phones' work arrives once", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  await zhao.boards(TRANSFER, li);
  const device = [...office.devices.values()][0]!;
  // The copy was quicker with the same number.
  device.last = 2;
  device.delivered.set(2, { id: "other", wire: '{"type":"void"}', author: "u-zhao", verdict: "applied", code: null, stamp: null });
  await zhao.syncs();
  assert.deepEqual([loggedOf(office), zhao.phone.state.unsent, office.devices.size], [["board_person", "board_person"], 0, 2]);
});

test("a phone that was set back while the office went on becomes a device of its own", async () => {
  const { office, zhao } = await begin();
  [...office.devices.values()][0]!.last = 7;
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([loggedOf(office), zhao.phone.state.unsent, office.devices.size], [["board_person"], 0, 2]);
});

test("numbers that the phone lost are declared void, once", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  for (const line of [li, wang, li]) await zhao.boards(TRANSFER, line);
  await forget(zhao, "outbox", [1, 2]);
  zhao.network = "loses_answers";
  await zhao.syncs();
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual(loggedOf(office), ["void", "void", "board_person"]);
  assert.equal(zhao.phone.state.unsent, 0);
});

test("two tabs hear of the same gap, and the second takes nothing for lost that the first has laid out again", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  for (const line of [li, wang]) await zhao.boards(TRANSFER, line);
  await zhao.syncs();
  const done = [...office.log.keys()];
  restore();
  done.push(await zhao.boards(TRANSFER, li));
  const tab = await anotherTab(zhao);
  await looksWhile(zhao, () => tab.loop.once(), async () => { zhao.network = "none"; });
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([[...office.log.keys()], zhao.phone.state.unsent], [done, 0]);
});

test("what an answer says of the numbers of a device that this phone is no more voids nothing, and the next act is saved", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  for (const line of [li, wang, li]) await zhao.boards(TRANSFER, line);
  await zhao.syncs();
  restore();
  await zhao.boards(TRANSFER, wang);
  const tab = await anotherTab(zhao);
  const copyWasQuicker = async () => { [...office.devices.values()][0]!.last = 7; };
  await looksWhile(zhao, () => copyWasQuicker().then(() => tab.loop.once()), async () => undefined, async () => { zhao.network = "none"; });
  await zhao.boards(TRANSFER, li);
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([loggedOf(office), zhao.phone.state.unsent], [Array(5).fill("board_person"), 0]);
});

test("a verdict of the history before a restore, heard after a second tab has heard of the new one, takes nothing out of the outbox", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  zhao.network = "none";
  const done = await zhao.boards(TRANSFER, li);
  await zhao.phone.signOut();
  zhao.network = "good";
  await zhao.phone.signIn("qian", "secret");
  const tab = await anotherTab(zhao);
  const nothing = async () => undefined;
  await looksWhile(zhao, nothing, async () => { restore(); await tab.loop.once(); }, nothing, async () => { zhao.network = "none"; });
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([[...office.log.keys()], zhao.phone.state.othersUnsent], [[done], 0]);
});

test("an office restored from a backup gets the lost work again, and the phone holds what the office holds", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  const restore = office.backup();
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  office.put("transfer", "0190c000-0000-7000-8000-000000000098", office.rows.get(`transfer/${TRANSFER}`)!.body, "u-zhao");
  await zhao.syncs();
  restore();
  await zhao.syncs();
  assert.equal(office.log.size, 2);
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, wang)?.state], ["aboard", "aboard"]);
  assert.deepEqual(await revisions(zhao), office.seenBy("u-zhao"), "the transfer that the restored office does not know is gone");
});

test("what the office refused and, set back, accepts is on the screen before its records come", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  office.judge = () => ({ verdict: "refused", code: "target.unknown" });
  const id = await zhao.boards(TRANSFER, li);
  office.put("receipt", id, { verdict: "refused", code: "target.unknown", stamp: null, conflict: null, operation_type: "board_person", target: TRANSFER }, "u-zhao");
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, zhao.phone.view.refusals.length], ["expected", 1]);
  restore();
  office.judge = () => ({ verdict: "applied", code: null });
  zhao.jar.user = null;
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  const [{ complete }] = await stored(zhao, "u-zhao", "view");
  assert.deepEqual([office.log.get(id)?.verdict, complete], ["applied", false], "the token brings work up, and no records down");
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark, zhao.phone.view.refusals], ["aboard", "received", []]);
});

test("a restored office that knows no session judges by the token, and the effect stays on the screen until the sign-in brings its records", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  for (let edit = 0; edit < 9; edit += 1) office.put("contact", "desk", { name: `${edit}`, what: "", phone: "", area: null }, "u-zhao");
  await zhao.syncs();
  const [{ high }] = await stored(zhao, "u-zhao", "view");
  restore();
  zhao.jar.user = null;
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  const [{ stamp }] = await stored(zhao, "u-zhao", "kept");
  assert.ok(stamp < high, "a stamp of the new history is small beside the number that the old one had reached");
  const seen = () => [zhao.phone.state.unsent, lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark];
  assert.deepEqual(seen(), [0, "aboard", "received"]);
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual(seen(), [0, "aboard", "received"], "after a restart too");
  await zhao.phone.signIn("zhao", "secret");
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, await revisions(zhao)], ["aboard", office.seenBy("u-zhao")]);
});

test("an office set back to before somebody signed in gets their work again without a sign-in, and all of it stays on the screen", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await twoDaysGoBy(office, zhao);
  assert.deepEqual(zhao.phone.view.acts, [], "no screen needs it any more");
  restore();
  zhao.jar.user = null;
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.signedOut, zhao.phone.state.unsent, [...office.log.values()].map(({ author }) => author)], [true, 0, ["u-zhao"]]);
  assert.deepEqual([lineOf(zhao, li)?.state, zhao.phone.view.acts.map(({ mark }) => mark)], ["aboard", ["received"]]);
});

test("a verdict brought by the token tells of another history, and all that was kept is offered again in the same breath", async () => {
  const { office, zhao } = await begin();
  const first = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await twoDaysGoBy(office, zhao);
  zhao.jar.user = null;
  await zhao.syncs();
  office.backup()();
  const next = await zhao.boards(TRANSFER, wang);
  await zhao.phone.loop.once();
  assert.deepEqual(zhao.phone.view.acts.map(({ id, mark }) => [id, mark]), [[first, "received"], [next, "received"]]);
  assert.deepEqual((await stored(zhao, "u-zhao", "kept")).map(({ epoch }) => epoch), ["e1+", "e1+"]);
});

test("what a restored office has lost is on the screen again until it is back there, also when it is days old", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await twoDaysGoBy(office, zhao);
  assert.deepEqual(zhao.phone.view.acts, [], "no screen needs it any more");
  restore();
  zhao.whileInTheAir = async () => { zhao.network = "none"; }; // the answer that tells of it still comes
  await zhao.syncs();
  const { state, view } = zhao.phone;
  assert.deepEqual([state.unsent, lineOf(zhao, li)?.state], [1, "aboard"]);
  assert.deepEqual(view.notSent.map(({ type, about }) => [type, about.name]), [["board_person", "李芳"]]);
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.unsent, lineOf(zhao, li)?.state], [1, 0, "aboard"]);
});

test("after a restore the work of whoever used this phone before is offered again too, by the upload token", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await zhao.phone.signOut();
  await zhao.phone.signIn("qian", "secret");
  await zhao.syncs();
  restore();
  zhao.jar.user = "u-qian";
  for (let turn = 0; turn < 2; turn += 1) await zhao.syncs();
  assert.deepEqual([[...office.log.values()].map(({ author }) => author), zhao.phone.state.othersUnsent], [["u-zhao"], 0]);
});

test("a phone that has been two devices brings its work back in the order in which it was done", async () => {
  const { office, zhao } = await begin();
  const restore = office.backup();
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  office.now += 60_000;
  [...office.devices.values()][0]!.last = 7;
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.equal(office.devices.size, 2);
  const done = [...office.log.keys()];
  restore();
  await zhao.syncs();
  assert.deepEqual([[...office.log.keys()], zhao.phone.state.unsent], [done, 0]);
});

test("an earlier answer that a proxy gives again settles nothing: its numbers are those of other operations by now", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  const earlier = JSON.parse(zhao.lastAnswer!);
  assert.deepEqual(earlier.applied.map(([first, last]: number[]) => [first, last]), [[1, 1]]);
  [...office.devices.values()][0]!.last = 7; // a copy of this phone was there: this one begins again with number 1
  const made = await zhao.boards(TRANSFER, li);
  const { fetch } = zhao.world;
  zhao.world.fetch = (path, init) => (JSON.parse(String(init?.body ?? "{}")).operations?.[0]?.seq === 1
    ? Promise.resolve(new Response(JSON.stringify(earlier))) : fetch(path, init));
  await zhao.syncs();
  await zhao.syncs();
  assert.deepEqual([office.devices.size, office.log.has(made), zhao.phone.state.unsent], [1, false, 1]);
  zhao.world.fetch = fetch;
  await zhao.syncs();
  assert.deepEqual([office.devices.size, office.log.has(made), zhao.phone.state.unsent, lineOf(zhao, li)?.state], [2, true, 0, "aboard"]);
});

async function twoDaysGoBy(office: Office, handset: Handset): Promise<void> {
  office.now += twoDays;
  handset.clockMs += twoDays;
  await handset.syncs();
}
const twoDays = 48 * 3600_000;

/** One look of `handset`; what happens while its requests, or those of who looks meanwhile, are on the way, in turn. */
async function looksWhile(handset: Handset, ...during: (() => Promise<unknown>)[]): Promise<void> {
  const next = (): Promise<unknown> => {
    const now = during.shift()!;
    handset.whileInTheAir = during.length ? next : null;
    return now();
  };
  handset.whileInTheAir = next;
  await handset.syncs();
}

const loggedOf = (office: Office) => [...office.log.values()].map(({ wire }) => JSON.parse(wire).type);

async function revisions(handset: Handset): Promise<Record<string, number>> {
  return Object.fromEntries((await stored(handset, "u-zhao", "records")).map(({ key, rev }) => [key, rev]));
}

async function forget(handset: Handset, store: string, keys: number[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const request = indexedDB.open(`${handset.world.databases}-u-zhao`);
    request.onsuccess = () => {
      const transaction = request.result.transaction(store, "readwrite");
      for (const key of keys) transaction.objectStore(store).delete(key);
      transaction.oncomplete = () => { request.result.close(); resolve(); };
    };
  });
}
