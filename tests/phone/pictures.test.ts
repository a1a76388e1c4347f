// Photos and signatures: whatever is cut off, an operation never names bytes that are lost, and bytes leave only when the office has them.
import "./disk.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { NotSaved } from "../../static/app/sync/phone.ts";
import { begin, stored, TRANSFER, type Handset } from "./handset.ts";
import { disk } from "./disk.ts";
import { power } from "./power.ts";

const PHOTO = Uint8Array.from({ length: 300_000 }, (_, place) => (place * 31) % 251).buffer;
const SMALL = Uint8Array.of(0x89, 0x50, 0x4e, 0x47).buffer;

const reports = (handset: Handset, pictures: string[]) =>
  handset.phone.act.reportProblem(TRANSFER, { step: "move", reason: "accident", line: null, note: null }, pictures);

async function withPhoto(): Promise<{ zhao: Handset; name: string; office: Handset["office"] }> {
  const { office, zhao } = await begin();
  zhao.network = "none";
  const name = await zhao.phone.pictures.keep(PHOTO.slice(0));
  await reports(zhao, [name]);
  return { zhao, name, office };
}

const arrived = ({ office }: Handset, name: string, user = "u-zhao") => office.blobs.get(`${user} ${name}`)?.whole ?? false;
const kept = (handset: Handset) => stored(handset, "u-zhao-pictures", "bytes");
const later = (handset: Handset) => { handset.clockMs += 600_000; };

test("a photo taken without signal goes up after its operation, byte for byte, and only then leaves the phone", async () => {
  const { zhao, name, office } = await withPhoto();
  await zhao.syncs();
  assert.deepEqual([(await kept(zhao)).length, zhao.phone.state.unsentPictures], [1, 1]);
  zhao.network = "good";
  await zhao.syncs();
  assert.ok(office.blobs.get(`u-zhao ${name}`)!.bytes.equals(Buffer.from(PHOTO)));
  assert.deepEqual([(await kept(zhao)).length, zhao.phone.state.unsentPictures], [0, 0]);
  assert.deepEqual(JSON.parse([...office.log.values()][0]!.wire).blobs, [name]);
});

test("answers that are lost cost a part each, and the photo arrives once and whole", async () => {
  const { zhao, name } = await withPhoto();
  zhao.network = "good";
  await zhao.phone.loop.once();
  for (let round = 0; round < 40 && zhao.phone.state.unsentPictures; round += 1) {
    zhao.network = round % 3 ? "loses_answers" : "good";
    later(zhao);
    await zhao.syncs();
  }
  assert.equal(arrived(zhao, name), true);
  assert.equal((await kept(zhao)).length, 0);
});

test("a portal's page, a full server and a refusal take nothing from the phone", async () => {
  const { zhao, name, office } = await withPhoto();
  for (const network of ["portal", "overloaded"] as const) {
    zhao.network = network;
    await zhao.syncs();
    assert.equal((await kept(zhao)).length, 1, network);
  }
  zhao.network = "good";
  office.refusesPictures = true;
  await zhao.syncs();
  assert.deepEqual([(await kept(zhao)).length, arrived(zhao, name)], [1, false]);
  const before = zhao.requests.length;
  await zhao.boards(TRANSFER, office.rows.get(`transfer/${TRANSFER}`)!.body.lines[0].id);
  await zhao.phone.loop.once();
  assert.ok(zhao.requests.length > before && zhao.phone.state.unsent === 0, "operations go on beside a picture that is not taken");
  office.refusesPictures = false;
  await zhao.syncs();
  assert.equal(arrived(zhao, name), true);
});

test("a kill between any two steps loses nothing: what an operation names comes whole", async () => {
  let cuts = 0;
  for (let done = false; !done;) {
    cuts += 1;
    const { office, zhao } = await begin();
    power.reset(cuts);
    await power.whileItLasts(async () => {
      const name = await zhao.phone.pictures.keep(PHOTO.slice(0));
      await reports(zhao, [name]);
      await zhao.syncs();
      done = true;
    });
    zhao.switchOff();
    await zhao.switchOn();
    later(zhao);
    await zhao.syncs();
    await zhao.syncs();
    const named = [...office.log.values()].flatMap(({ wire }) => (JSON.parse(wire).blobs ?? []) as string[]);
    for (const name of named) assert.ok(arrived(zhao, name), `cut at event ${cuts}: ${name} is named and did not come`);
    assert.deepEqual([zhao.phone.state.unsent, zhao.phone.state.unsentPictures], [0, 0], `cut at event ${cuts}`);
    zhao.switchOff();
  }
  assert.ok(cuts > 40, `only ${cuts} places to cut at`);
});

test("an act that names bytes which this phone does not hold is not recorded", async () => {
  const { zhao } = await begin();
  await assert.rejects(reports(zhao, ["0".repeat(64)]), (error) => error instanceof NotSaved && error.code === "storage_broken");
  assert.equal((await stored(zhao, "u-zhao", "outbox")).length, 0);
});

test("a full phone says that the photo is not kept, and the report is saved without it", async () => {
  const { zhao } = await begin();
  disk.isFull("altogether");
  await assert.rejects(zhao.phone.pictures.keep(SMALL), { code: "storage_full" });
  disk.isMended();
  await reports(zhao, []);
  assert.equal(zhao.phone.state.unsent, 1);
});

test("a photo that was taken away again is not sent, one that is named stays", async () => {
  const { zhao } = await begin();
  const [away, stays] = [await zhao.phone.pictures.keep(SMALL), await zhao.phone.pictures.keep(PHOTO.slice(0))];
  zhao.network = "none";
  await reports(zhao, [stays]);
  await zhao.phone.pictures.drop(away);
  await zhao.phone.pictures.drop(stays);
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([arrived(zhao, away), arrived(zhao, stays)], [false, true]);
});

test("after a shift change the first one's photo still goes up, under their name, and is counted while nobody is signed in", async () => {
  const { zhao, name } = await withPhoto();
  await zhao.phone.signOut();
  assert.equal(zhao.phone.state.unsentPictures, 1);
  zhao.network = "good";
  await zhao.phone.signIn("qian", "secret");
  later(zhao);
  await zhao.syncs();
  assert.deepEqual([arrived(zhao, name), arrived(zhao, name, "u-qian"), zhao.phone.state.unsentPictures], [true, false, 0]);
});

for (const [status, code] of [[401, "session.sign_in"], [403, "device.revoked"], [429, "blob.too_many"]] as const) {
  test(`whose pictures the office takes none of (${status}) holds up nobody else's, and theirs come when it takes them again`, async () => {
    const { zhao, name, office } = await withPhoto();
    await zhao.phone.signOut();
    zhao.network = "good";
    office.picturesOf.set("u-zhao", [status, code]);
    await zhao.phone.signIn("qian", "secret");
    await zhao.syncs();
    for (const byte of [1, 2]) {
      const next = await zhao.phone.pictures.keep(PHOTO.slice(byte));
      await reports(zhao, [next]);
      await zhao.phone.loop.once();
      assert.deepEqual([arrived(zhao, next, "u-qian"), arrived(zhao, name)], [true, false], `photo ${byte}`);
    }
    assert.equal(Math.max(...office.parts.map(([, length]) => length)), 131_072, "a refusal says nothing of the line");
    assert.equal(office.parts.filter(([user]) => user === "u-zhao").length, 1, "who was refused is not asked about again at once");

    office.picturesOf.clear();
    await zhao.phone.loop.once();
    assert.equal(arrived(zhao, name), false, "not before the wait is over");
    later(zhao);
    await zhao.phone.loop.once();
    assert.deepEqual([arrived(zhao, name), await kept(zhao)], [true, []]);
  });
}

test("a full office and a refusal make no part smaller, a line on which nothing comes back does", async () => {
  const { zhao, office } = await withPhoto();
  const largest = async () => {
    zhao.network = "good";
    office.picturesOf.clear();
    office.parts = [];
    later(zhao);
    await zhao.phone.loop.once();
    return Math.max(...office.parts.map(([, length]) => length));
  };
  zhao.network = "good";
  office.picturesOf.set("u-zhao", [503, "server.busy"]);
  await zhao.phone.loop.once();
  assert.equal(await largest(), 131_072);

  await reports(zhao, [await zhao.phone.pictures.keep(PHOTO.slice(1))]);
  zhao.network = "good";
  office.picturesOf.set("u-zhao", [429, "blob.too_many"]);
  await zhao.phone.loop.once();
  assert.equal(await largest(), 131_072);

  await reports(zhao, [await zhao.phone.pictures.keep(PHOTO.slice(2))]);
  zhao.whileInTheAir = async () => { zhao.whileInTheAir = async () => { zhao.network = "loses_answers"; }; };
  await zhao.phone.loop.once();
  assert.equal(await largest(), 65_536);
});
