// Whatever ails the phone, its line or its page: what is saved goes up, and nobody has to know why it did not for a while.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { anotherTab, begin, li, stored, TRANSFER, type Handset } from "./handset.ts";
import { disk } from "./disk.ts";
import { openPhone } from "../../static/app/sync/phone.ts";

const HOUR = 3600_000;
const BALLAST = { ballastBytes: 1_048_576 };
const { key: KEY } = JSON.parse(readFileSync("tests/contract/copy.json", "utf8"));

const turn = () => new Promise((resolve) => { setTimeout(resolve, 20); });

afterEach(() => disk.isMended());

/** A phone with its ballast that has recorded an act without signal, and then other apps have filled it. */
async function fullWithWork(how: Parameters<typeof disk.isFull>[0]) {
  const { office, zhao } = await begin();
  Object.assign(zhao.world, how === "altogether" ? {} : BALLAST);
  await zhao.syncs();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  zhao.network = "good";
  disk.isFull(how);
  return { office, zhao };
}

test("a phone that became full while its ballast lay there opens again, sends what it holds and hears the verdicts", async () => {
  const { office, zhao } = await fullWithWork("while the ballast lies there");
  zhao.switchOff();
  await zhao.switchOn();
  await zhao.syncs();
  const { unsent, trouble, storageLow } = zhao.phone.state;
  assert.deepEqual([office.log.size, unsent, trouble, storageLow], [1, 0, null, false]);
});

test("a phone with no room at all opens, sends what it holds, says what ails it, and hears the verdicts when there is room", async () => {
  const { office, zhao } = await fullWithWork("altogether");
  zhao.switchOff();
  await zhao.switchOn();
  await zhao.syncs();
  const told = () => [office.log.size, zhao.phone.state.unsent, zhao.phone.state.trouble, zhao.phone.state.syncing];
  assert.deepEqual(told(), [1, 1, "storage_full", false]);
  disk.isMended();
  await zhao.syncs();
  assert.deepEqual(told(), [1, 0, null, false]);
});

test("on a full phone one signs out and the next signs in: the ballast makes room for that", async () => {
  const { office, zhao } = await fullWithWork("while the ballast lies there");
  await zhao.phone.signOut();
  assert.equal(zhao.phone.user, null);
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.jar.user], [1, null]);
  await zhao.phone.signIn("zhao", "secret");
  await zhao.syncs();
  await zhao.phone.signOut();
  disk.isFull("while the ballast lies there");
  await zhao.phone.signIn("qian", "secret");
  assert.equal(zhao.phone.user!.username, "qian");
});

test("a phone with no room at all still gives a copy of what waits on it", async () => {
  const { office, zhao } = await begin();
  office.copyKey = KEY;
  await zhao.phone.signIn("zhao", "secret");
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  disk.isFull("altogether");
  assert.equal((await zhao.phone.unsentCopy("副本"))?.count, 1);
});

/** From here on this line takes such a request and says nothing more; whoever waits for 20 s waits a tenth of one. */
function fallsSilent(handset: Handset, method: string): void {
  const { fetch } = handset.world;
  handset.world.fetch = (path, init) => ((init.method ?? "GET") === method ? new Promise(() => undefined) : fetch(path, init));
  handset.world.wait = (ms) => new Promise((resolve) => { if (ms === 20_000) setTimeout(resolve, 100); });
}

test("a line that takes the end of a session and falls silent holds up nobody's work", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await zhao.phone.signOut();
  zhao.network = "good";
  fallsSilent(zhao, "DELETE");
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.othersUnsent], [1, 0]);
});

test("a session that ended on a line that falls silent is asked about no longer than an answer is waited for", async () => {
  const { office, zhao } = await begin();
  zhao.jar.user = null;
  await zhao.boards(TRANSFER, li);
  fallsSilent(zhao, "GET");
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.signedOut], [1, true]);
});

test("a sign-in that is not answered says that the office was not reached", async () => {
  const { zhao } = await begin();
  const { fetch } = zhao.world;
  fallsSilent(zhao, "POST");
  await assert.rejects(zhao.phone.signIn("zhao", "secret"), { code: "no_answer" });
  zhao.world.fetch = fetch;
  assert.equal((await zhao.phone.signIn("zhao", "secret")).username, "zhao");
});

test("where somebody without a phone's work has signed in beside, the work goes up by the token and the sign-in is asked for", async () => {
  const { office, zhao } = await begin();
  office.withoutPhone.add("u-boss");
  zhao.jar.user = "u-boss";
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([[...office.log.values()].map(({ author }) => author), zhao.phone.state.signedOut], [["u-zhao"], true]);
});

test("a round that ends after the next person has signed in says nothing of that person", async () => {
  const { office, zhao } = await begin();
  office.pageSize = 1;
  for (const name of ["one", "two"]) office.put("contact", name, { name, what: "", phone: "", area: null }, "u-zhao", "u-qian");
  zhao.whileInTheAir = async () => {
    await zhao.phone.signOut();
    await zhao.phone.signIn("qian", "secret");
  };
  await zhao.syncs();
  const { user, state } = zhao.phone;
  assert.deepEqual([user!.username, state.signedOut, state.uploadPaused], ["qian", false, false]);
  await zhao.phone.loop.once();
  assert.deepEqual(Object.keys(office.seenBy("u-qian")).sort(), (await stored(zhao, "u-qian", "records")).map(({ key }) => key).sort());
});

test("a phone whose clock ran ahead looks for news also after it was set right", async () => {
  const { office, zhao } = await begin();
  const hours = 3 * 3600_000;
  zhao.clockMs += hours;
  await zhao.syncs();
  zhao.clockMs -= hours;
  office.put("contact", "desk", { name: "调度", what: "", phone: "", area: null }, "u-zhao");
  await zhao.phone.loop.once();
  assert.ok((await stored(zhao, "u-zhao", "records")).some(({ key }) => key === "contact/desk"));
});

for (const restarted of [false, true]) {
  test(`an act on a phone whose clock was set back without signal${restarted ? ", while the app was closed," : ""} is told at the office's time`, async () => {
    const { office, zhao } = await begin();
    zhao.network = "none";
    if (restarted) zhao.switchOff();
    zhao.clockMs -= 3 * HOUR;
    if (restarted) await zhao.switchOn();
    await zhao.boards(TRANSFER, li);
    const { occurred_at, clock_offset_ms } = JSON.parse((await stored(zhao, "u-zhao", "outbox"))[0].wire);
    assert.ok(Math.abs(Date.parse(occurred_at) + clock_offset_ms - office.now) < 60_000, `${occurred_at} and ${clock_offset_ms}`);
    assert.ok(Math.abs(zhao.phone.now() - office.now) < 60_000);
    zhao.switchOff();
    await zhao.switchOn();
    assert.ok(Math.abs(zhao.phone.now() - office.now) < 60_000, "and it is not told twice");
  });
}

test("a clock that is set back while a request is on its way is known from its answer, one that jumped ahead from the next", async () => {
  const { office, zhao } = await begin();
  const isOff = (ms: number) => Math.abs(zhao.phone.state.clockOffsetMs! - ms) < 60_000;
  const jumps = (ms: number) => { zhao.whileInTheAir = async () => { zhao.clockMs += ms; }; };
  jumps(-3 * HOUR);
  await zhao.syncs();
  assert.ok(isOff(3 * HOUR), `${zhao.phone.state.clockOffsetMs}`);
  office.now += HOUR;
  jumps(HOUR); // it slept: what the answer says is an hour old
  await zhao.syncs();
  assert.ok(isOff(3 * HOUR), `${zhao.phone.state.clockOffsetMs}`);
  zhao.clockMs += 3 * HOUR;
  await zhao.syncs();
  assert.ok(isOff(0), `${zhao.phone.state.clockOffsetMs}`);
});

test("a phone that waits with its pictures, or for news, and is set back meanwhile waits no longer for it", async () => {
  const { office, zhao } = await begin();
  const name = await zhao.phone.pictures.keep(Uint8Array.of(0x89, 0x50, 0x4e, 0x47).buffer);
  await zhao.phone.act.reportProblem(TRANSFER, { step: "move", reason: "accident", line: null, note: null }, [name]);
  office.picturesOf.set("u-zhao", [429, "blob.too_many"]);
  await zhao.syncs();
  office.picturesOf.clear();
  office.put("contact", "desk", { name: "调度", what: "", phone: "", area: null }, "u-zhao");
  zhao.clockMs -= 5 * 60_000;
  await zhao.phone.loop.once();
  assert.equal(office.blobs.get(`u-zhao ${name}`)?.whole, true);
  assert.ok((await stored(zhao, "u-zhao", "records")).some(({ key }) => key === "contact/desk"));
});

test("a page that slept through a shift change, and heard nothing of it, goes on as the one who is signed in", async () => {
  const { zhao } = await begin();
  const frozen = await anotherTab(zhao);
  await zhao.phone.signOut();
  await zhao.phone.signIn("qian", "secret");
  await frozen.loop.once();
  assert.equal(frozen.user!.username, "qian");
  await zhao.phone.signOut();
  await frozen.loop.once();
  assert.equal(frozen.user, null);
});

test("two tabs that hear of a copy of this phone make one more device of it, not two", async () => {
  const { office, zhao } = await begin();
  const tab = await anotherTab(zhao);
  [...office.devices.values()][0]!.last = 7;
  await zhao.boards(TRANSFER, li);
  zhao.whileInTheAir = () => tab.loop.once();
  await zhao.syncs();
  assert.deepEqual([office.devices.size, office.log.size, zhao.phone.state.unsent], [2, 1, 0]);
});

test("the last act before an office was set back and nobody told goes again, though others have caught up and nothing waits", async () => {
  const { office, zhao } = await begin();
  await zhao.syncs();
  const restore = office.backup();
  const { epoch } = office;
  const id = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  restore();
  office.epoch = epoch;
  for (let edit = 0; edit < 5; edit += 1) office.put("contact", "desk", { name: `${edit}`, what: "", phone: "", area: null }, "u-zhao");
  await zhao.syncs();
  assert.deepEqual([[...office.log.keys()], zhao.phone.state.unsent, office.devices.size], [[id], 0, 1]);
});

test("an act that is recorded while an empty request is on its way is not taken for lost", async () => {
  const { office, zhao } = await begin();
  zhao.whileInTheAir = () => zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.unsent, zhao.requests.filter(({ operations }) => operations.length).length], [1, 0, 1]);
});

test("a half-filled form that the disk did not take is written once it does, the newest only, and what was saved meanwhile does not come back", async () => {
  const { zhao } = await begin();
  const waits: (() => void)[] = [];
  zhao.world.wait = () => new Promise((resolve) => { waits.push(resolve); });
  const passes = async (writing: Promise<void>[]) => {
    await turn();
    disk.isMended();
    for (const resolve of waits.splice(0)) resolve();
    await Promise.all(writing);
  };
  const onDisk = async () => (await stored(zhao, "u-zhao", "shelf")).map(({ key }) => key);
  disk.isFull("altogether");
  const typed = [zhao.phone.drafts.keep("verify", { note: "1" }), zhao.phone.drafts.keep("verify", { note: "12" })];
  await turn();
  assert.deepEqual([await zhao.phone.drafts.take("verify"), await onDisk()], [{ note: "12" }, []], "the form itself is there all the while");
  await passes(typed);
  assert.deepEqual([await onDisk(), await zhao.phone.drafts.take("verify")], [["verify"], { note: "12" }]);
  disk.isFull("altogether");
  const again = [zhao.phone.drafts.keep("verify", { note: "123" })];
  await turn();
  again.push(zhao.phone.drafts.drop("verify"));
  assert.equal(await zhao.phone.drafts.take("verify"), undefined);
  await passes(again);
  assert.deepEqual(await onDisk(), []);
  await zhao.phone.drafts.keep("verify", { note: "of the next" });
  assert.deepEqual(await onDisk(), ["verify"]);
});

test("a store that does not open at first is tried again, and then all is there", async () => {
  const { zhao } = await begin();
  zhao.switchOff();
  disk.givesDeadHandles();
  const told: unknown[] = [];
  const phone = await openPhone(async (error) => { if (told.push((error as { code: string }).code) === 2) disk.isMended(); }, zhao.world);
  phone.close();
  assert.deepEqual([told, phone.user?.username], [["storage_broken", "storage_broken"], "zhao"]);
});
