// An office that is newer than the phone: what the phone cannot read it keeps as it came, and loses nothing over it (F20).
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, type Handset, li, lineOf, stored, TRANSFER, wang } from "./handset.ts";
import type { Office } from "./office.ts";

/** Every change of the office that is of this kind is called so from now on. */
function officeCalls(office: Office, kind: string, name: string): void {
  const answer = office.answer.bind(office);
  office.answer = (path, init, jar) => {
    const response = answer(path, init, jar);
    const text = response.text.bind(response);
    response.text = async () => (await text()).replaceAll(`"op":"${kind}"`, `"op":"${name}"`);
    return response;
  };
}

const shelf = (handset: Handset) => stored(handset, "u-zhao", "shelf");

test("a change of a kind that this version does not know leaves the record alone, and waits on the shelf", async () => {
  const { office, zhao } = await begin();
  officeCalls(office, "put", "amend");
  office.put("transfer", TRANSFER, { ...office.rows.get(`transfer/${TRANSFER}`)!.body, code: "0403-099" }, "u-zhao");
  await zhao.syncs();
  assert.equal(zhao.phone.view.transfer(TRANSFER)?.code, "0403-017");
  const [lying] = await shelf(zhao);
  assert.deepEqual([lying.key, lying.box.op, lying.box.body.code], [`change/transfer/${TRANSFER}`, "amend", "0403-099"]);
});

test("what lies on the shelf is read by the version that knows it", async () => {
  const { office, zhao } = await begin();
  officeCalls(office, "put", "amend");
  office.put("transfer", TRANSFER, { ...office.rows.get(`transfer/${TRANSFER}`)!.body, code: "0403-099" }, "u-zhao");
  await zhao.syncs();
  zhao.switchOff();
  await relabel(zhao, `change/transfer/${TRANSFER}`, "put");
  await zhao.switchOn();
  assert.deepEqual([zhao.phone.view.transfer(TRANSFER)?.code, await shelf(zhao)], ["0403-099", []]);
});

test("a later change that is understood takes the one on the shelf away", async () => {
  const { office, zhao } = await begin();
  const { answer } = office;
  officeCalls(office, "put", "amend");
  const { body } = office.rows.get(`transfer/${TRANSFER}`)!;
  office.put("transfer", TRANSFER, { ...body, code: "0403-099" }, "u-zhao");
  await zhao.syncs();
  office.answer = answer;
  office.put("transfer", TRANSFER, { ...body, code: "0403-100" }, "u-zhao");
  await zhao.syncs();
  assert.deepEqual([zhao.phone.view.transfer(TRANSFER)?.code, await shelf(zhao)], ["0403-100", []]);
});

test("an act with a verdict that this version does not know stays on the screen as waiting, and its bytes stay on the phone", async () => {
  const { office, zhao } = await begin();
  office.judge = () => ({ verdict: "deferred" as never, code: "later.than_this_version" });
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark, zhao.phone.state.unsent], ["aboard", "held", 0]);
  office.now += 15 * DAY;
  await zhao.syncs();
  const [kept] = await stored(zhao, "u-zhao", "kept");
  assert.deepEqual([kept.verdict, JSON.parse(kept.wire).type, lineOf(zhao, li)?.state], ["deferred", "board_person", "aboard"]);
});

test("fourteen days after its verdict an operation leaves the phone; one refused and not put away, and one unsent, never do", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  office.judge = () => ({ verdict: "refused", code: "target.unknown" });
  const refused = await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  office.now += 13 * DAY;
  await zhao.syncs();
  await zhao.syncs();
  assert.equal((await stored(zhao, "u-zhao", "kept")).length, 2);
  office.now += 2 * DAY;
  await zhao.syncs();
  await zhao.syncs();
  assert.deepEqual((await stored(zhao, "u-zhao", "kept")).map(({ id }) => id), [refused]);
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  zhao.clockMs += 400 * DAY;
  await zhao.syncs();
  assert.deepEqual([(await stored(zhao, "u-zhao", "outbox")).length, zhao.phone.view.refusals.map(({ id }) => id)], [1, [refused]]);
});

const DAY = 24 * 3600_000;

/** The next version of the app calls this kind of change by a name that it knows. */
async function relabel(handset: Handset, key: string, op: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const request = indexedDB.open(`${handset.world.databases}-u-zhao`);
    request.onsuccess = () => {
      const transaction = request.result.transaction("shelf", "readwrite");
      const reading = transaction.objectStore("shelf").get(key);
      reading.onsuccess = () => transaction.objectStore("shelf").put({ ...reading.result, box: { ...reading.result.box, op } });
      transaction.oncomplete = () => { request.result.close(); resolve(); };
    };
  });
}
