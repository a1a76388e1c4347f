/** A copy of the unsent work on this phone, as a file that anybody may carry and only the office can open (PROTOCOL §10). */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { Outgoing } from "../database/user_database.ts";

/** The unsent work of one user, exactly as it would be sent, and the token that would send it. */
export interface CopyPart { token: string; device: string; operations: Outgoing[] }

const mark = "BIHUAN-COPY-1";
const info = new TextEncoder().encode("bihuan unsent copy 1");

/**
 * The text of the file. `key` is the office's public key; `id` names this copy; `words` tell a person who opens the file what it is.
 * The token goes inside the seal: nobody without it can put work under its owner's name, and nobody but the office reads it.
 */
export async function sealCopy(key: string, id: string, parts: CopyPart[], words: string): Promise<string> {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64(key));
  const content = JSON.stringify({ copy: id, parts: parts.map(({ token, device, operations }) => (
    { token, device, operations: operations.map(({ id: operation, seq, wire }) => ({ id: operation, seq, body: wire })) })) });
  const { ct, enc } = await suite.seal({ recipientPublicKey, info }, new TextEncoder().encode(content));
  const sealed = new Uint8Array([...new Uint8Array(enc), ...new Uint8Array(ct)]);
  return `${words}\n\n${mark} ${await fingerprintOf(key)} ${toBase64(sealed)}\n`;
}

/**
 * By which the office tells its own copies from another office's, before it opens them. The same cut as `sumOf` of the database, written
 * again: this part is loaded late, and what it shares with the first would be one more file to fetch at the start.
 */
async function fingerprintOf(key: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 16);
}

const fromBase64 = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)).buffer;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
