// Compile the phone's tests for Node: node build-tests.mjs OUT FILE… Packages are found here, though the tests live in tests/phone.
import { build } from "esbuild";

const [outdir, ...entryPoints] = process.argv.slice(2);
await build({
  entryPoints, outdir, outbase: "..", bundle: true, platform: "node", format: "esm", target: "node20", sourcemap: "inline",
  jsx: "automatic", jsxImportSource: "preact", nodePaths: ["node_modules"], logLevel: "warning",
});
