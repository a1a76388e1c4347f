// What the phone holds already is not sent again; what is made of a patch is what the office has, or it is not taken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { patched } from "../../static/app/database/patches.ts";
import { inOrder, sumOf } from "../../static/app/database/sums.ts";
import { patchExamples } from "./contract.ts";
import { begin, li, lineOf, stored, TRANSFER, type Handset } from "./handset.ts";

for (const { says, of, patch, makes, sum } of patchExamples()) {
  test(`a patch: ${says}`, async () => {
    assert.deepEqual(patched(of, patch), makes);
    assert.equal(await sumOf(inOrder(patched(of, patch))), sum);
  });
}

test("the phone says of which revision it holds what its operations are about, and puts in what differs", async () => {
  const { office, zhao } = await begin();
  const held = office.rows.get(`transfer/${TRANSFER}`)!.rev;
  const body = office.rows.get(`transfer/${TRANSFER}`)!.body;
  const lines = body.lines.map((line: object, n: number) => (n ? line : { ...line, state: "aboard", boarded_at: "2022-04-03T12:01:00Z" }));
  const sum = await sumOf(inOrder({ ...body, lines }));
  office.inPatches = (put, of) => ({ ...put, op: "patch", of, sum, body: { lines: { 0: { state: ["aboard"], boarded_at: ["2022-04-03T12:01:00Z"] } } } });
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual(zhao.requests.at(-1).have, { [TRANSFER]: held });
  assert.deepEqual([lineOf(zhao, li)?.boarded_at, (await recordOf(zhao)).rev], ["2022-04-03T12:01:00Z", office.stamp]);
  assert.equal((await recordOf(zhao)).box.code, "0403-017");
});

test("a patch whose outcome is not what the office says is not taken: the whole is asked for, and what was sent is settled", async () => {
  const { office, zhao } = await begin();
  office.inPatches = (put, of) => ({ ...put, op: "patch", of, sum: "0".repeat(16), body: { code: ["0403-099"] } });
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual(zhao.requests.slice(-2).map(({ have }) => have), [{ [TRANSFER]: 2 }, undefined]);
  assert.deepEqual((await recordOf(zhao)).box, office.rows.get(`transfer/${TRANSFER}`)!.body);
  assert.deepEqual([lineOf(zhao, li)?.mark, zhao.phone.state.unsent, zhao.phone.view.transfer(TRANSFER)?.code], ["received", 0, "0403-017"]);
});

test("a patch of a body that the phone does not hold is not taken, whatever comes of it", async () => {
  const { office, zhao } = await begin();
  const after = { ...office.rows.get(`transfer/${TRANSFER}`)!.body, code: "0403-099" };
  const sum = await sumOf(inOrder(after));
  office.inPatches = (put, of) => ({ ...put, op: "patch", of: of - 1, sum, body: { code: ["0403-099"] } });
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.equal((await recordOf(zhao)).box.code, "0403-017");
  assert.deepEqual((await recordOf(zhao)).box, office.rows.get(`transfer/${TRANSFER}`)!.body);
});

test("a phone that cannot check what comes of a patch takes none", async () => {
  const { zhao } = await begin();
  const safe = Object.getOwnPropertyDescriptor(globalThis, "crypto")!;
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    await zhao.boards(TRANSFER, li);
    await zhao.syncs();
  } finally {
    Object.defineProperty(globalThis, "crypto", safe);
  }
  assert.equal(zhao.requests.at(-1).have, undefined);
  assert.equal(lineOf(zhao, li)?.mark, "received");
});

const recordOf = async (handset: Handset) => (await stored(handset, "u-zhao", "records")).find(({ key }) => key === `transfer/${TRANSFER}`);
