// A sealed copy of unsent work: the office's key opens it, it holds the exact bytes of everybody's outbox, and nothing here changes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { begin, li, stored, TRANSFER, wang, type Handset } from "./handset.ts";

// The same office that the Python tests open: what is sealed here is opened there, and the other way round.
const { key, private_key, file, holds } = JSON.parse(readFileSync("tests/contract/copy.json", "utf8"));
const words = "闭环：没上传记录的副本";

async function opened(text: string): Promise<any> {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipientKey = await suite.kem.importKey("raw", new Uint8Array(Buffer.from(private_key, "base64url")).buffer, false);
  const sealed = Buffer.from(text.split("\n").find((line) => line.startsWith("BIHUAN-COPY-1 "))!.split(" ")[2]!, "base64url");
  const [enc, ct] = [sealed.subarray(0, 65), sealed.subarray(65)].map((part) => new Uint8Array(part).buffer) as [ArrayBuffer, ArrayBuffer];
  return JSON.parse(new TextDecoder().decode(await suite.open({ recipientKey, enc, info: new TextEncoder().encode("bihuan unsent copy 1") }, ct)));
}

async function withUnsent(): Promise<Handset> {
  const { office, zhao: phone } = await begin();
  office.copyKey = key;
  await phone.phone.signIn("zhao", "secret");
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  await phone.boards(TRANSFER, wang);
  return phone;
}

test("a copy holds the exact bytes, ids and numbers of what waits, and nobody reads them without the office's key", async () => {
  const phone = await withUnsent();
  const outbox = await stored(phone, "u-zhao", "outbox");
  const copy = await phone.phone.unsentCopy(words);
  assert.equal(copy?.count, 2);
  const { parts } = await opened(copy!.text);
  assert.deepEqual(parts[0].operations, outbox.map(({ id, seq, wire }) => ({ id, seq, body: wire })));
  for (const hidden of ["board_person", "u-zhao", TRANSFER, outbox[0].id, parts[0].token]) assert.ok(!copy!.text.includes(hidden), hidden);
  assert.ok(copy!.text.startsWith(words), "whoever opens the file reads what it is");
});

test("making a copy changes nothing on the phone, and the work goes up as before", async () => {
  const phone = await withUnsent();
  const before = await stored(phone, "u-zhao", "outbox");
  await phone.phone.unsentCopy(words);
  await phone.phone.unsentCopy(words);
  assert.deepEqual(await stored(phone, "u-zhao", "outbox"), before);
  phone.network = "good";
  await phone.syncs();
  assert.deepEqual([phone.office.log.size, phone.phone.state.unsent, await phone.phone.unsentCopy(words)], [2, 0, null]);
});

test("the next person's copy carries the other's work too, each under the token of whoever did it", async () => {
  const phone = await withUnsent();
  await phone.phone.signOut();
  const signedOut = await opened((await phone.phone.unsentCopy(words))!.text);
  assert.deepEqual(signedOut.parts.map(({ operations }: any) => operations.length), [2], "also with nobody signed in");
  phone.network = "good";
  phone.office.switchedOff.add([...phone.office.devices.keys()][0]!);
  await phone.phone.signIn("qian", "secret");
  phone.network = "none";
  await phone.boards(TRANSFER, li);
  const { parts } = await opened((await phone.phone.unsentCopy(words))!.text);
  assert.deepEqual(parts.map(({ token, operations }: any) => [token.split("@")[0], operations.length]).sort(), [["u-qian", 1], ["u-zhao", 2]]);
});

test("two copies of the same work are two different files", async () => {
  const phone = await withUnsent();
  assert.notEqual((await phone.phone.unsentCopy(words))!.text, (await phone.phone.unsentCopy(words))!.text);
});

test("a phone that has no key of the office yet says that it cannot, instead of making what nobody opens", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await assert.rejects(zhao.phone.unsentCopy(words), /key/);
});

test("the example that both languages read is opened here too", async () => {
  assert.deepEqual(await opened(file), holds);
});
