// Compile the phone, the console's modules and the styles into build/ under hashed names.
//
// build/manifest.json tells Flask the names: {"app/main.js": "app/main-2BX4K.js", "styles/app.css": "styles/app-Q4VIU.css", …}.
// Flask serves build/ as /static/, for ever; only the worker is served as /app/worker.js and asked for anew each time.
// In the worker, PRECACHE is {version, urls}: what the phone must hold to start with no network.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";

const next = "build.next"; // swapped in at the end: a running server never sees half a build
const phoneStyles = ["styles/tokens.css", "styles/base.css", "styles/app.css"];
const common = {
  bundle: true, minify: true, format: "esm", target: "es2022", outbase: ".", outdir: next, sourcemap: "linked", metafile: true,
  jsx: "automatic", jsxImportSource: "preact", legalComments: "none", logLevel: "warning", loader: { ".svg": "copy", ".png": "copy" },
};

rmSync(next, { recursive: true, force: true });
mkdirSync(next);
const outputs = await bundle();
const manifest = Object.fromEntries(outputs.filter((output) => output.source).map(({ source, file }) => [plain(source), file]));
await bundleWorker();
writeFileSync(`${next}/manifest.json`, JSON.stringify(manifest, null, 1));
rmSync("build.old", { recursive: true, force: true });
if (existsSync("build")) renameSync("build", "build.old");
renameSync(next, "build");

/** Each entry and each part it loads late, as {source: "app/main.tsx" or undefined, file: "app/main-2BX4K.js"}. */
async function bundle() {
  const entryPoints = ["app/main.tsx", ...files("console", ".ts"), ...files("styles", ".css"), ...files("icons", ".svg", ".png")];
  const result = await build({
    ...common, entryPoints: entryPoints.filter(existsSync), splitting: true,
    entryNames: "[dir]/[name]-[hash]", chunkNames: "app/[name]-[hash]", assetNames: "[dir]/[name]-[hash]",
  });
  return Object.entries(result.metafile.outputs)
    .filter(([file]) => !file.endsWith(".map"))
    .map(([file, output]) => ({ source: output.entryPoint ?? copied(output), file: file.slice(next.length + 1) }));
}

async function bundleWorker() {
  const source = "app/worker/worker.ts";
  if (!existsSync(source)) return;
  const define = { PRECACHE: JSON.stringify(precache()) };
  await build({ ...common, format: "iife", entryPoints: { "app/worker": source }, define });
}

/** The page itself, every script of the phone, its styles and icons; the version changes with any of them. */
function precache() {
  const held = outputs.filter(({ source, file }) => file.startsWith("app/") || phoneStyles.includes(source) || source?.startsWith("icons/"));
  const urls = ["/app/", "/app/manifest.webmanifest", ...held.map(({ file }) => `/static/${file}`).sort()];
  const page = files("../templates/app").concat("../server/phone_shell.py").filter(existsSync).map((file) => readFileSync(file));
  const version = page.reduce((hash, text) => hash.update(text), createHash("sha256").update(urls.join())).digest("hex").slice(0, 12);
  return { version, urls };
}

function files(folder, ...endings) {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => `${folder}/${entry.name}`);
  return found.filter((file) => !endings.length || endings.some((ending) => file.endsWith(ending))).sort();
}

function plain(source) {
  return source.replace(/\.tsx?$/, ".js");
}

/** A file that esbuild copies is the output of the one input that it had. */
function copied(output) {
  const inputs = Object.keys(output.inputs);
  return inputs.length === 1 && !output.exports?.length ? inputs[0] : undefined;
}
