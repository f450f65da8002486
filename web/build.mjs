// Bundles the GraphiQL page: `node build.mjs OUTPUT_FOLDER`.
//
// Writes `index.html` and `assets/`, where every name carries a hash of its content and every file
// that gets smaller has a `.br` and a `.gz` copy beside it. Nothing is loaded from another host.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const OLDEST_NODE = 18;
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(`Node.js ${OLDEST_NODE} or newer is needed, this is ${process.version}.`);
  process.exit(1);
}
const { build } = await import("esbuild");

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, "dist"));
const assets = join(output, "assets");
await rm(output, { recursive: true, force: true });
await mkdir(assets, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  target: "es2022",
  outdir: assets,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
};

/// The name that the bundle of `entry` got.
function outputOf(result, entry) {
  for (const [path, made] of Object.entries(result.metafile.outputs)) {
    if (made.entryPoint?.endsWith(entry)) return basename(path);
  }
  throw new Error(`no output for ${entry}`);
}

/// The licences of all packages that something of went into a bundle: they ask to come along.
async function notices(results) {
  const folders = new Set();
  for (const input of results.flatMap((result) => Object.keys(result.metafile.inputs))) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (folder) folders.add(join(here, folder[1]));
  }
  const parts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, "package.json"), "utf8"),
    );
    parts.push(`==== ${name} ${version} (${license})\n`);
    for (const file of (await readdir(folder)).sort()) {
      if (/^(licen[cs]e|notice|thirdpartynotices)/i.test(file)) {
        parts.push(await readFile(join(folder, file), "utf8"));
      }
    }
  }
  return parts.join("\n");
}

const workers = {
  EDITOR_WORKER: "monaco-editor/esm/vs/editor/editor.worker.js",
  GRAPHQL_WORKER: "monaco-graphql/esm/graphql.worker.js",
  JSON_WORKER: "monaco-editor/esm/vs/language/json/json.worker.js",
};
const workerBuild = await build({
  ...common,
  entryPoints: Object.values(workers),
  format: "iife",
  // Without it the names would repeat the folders of the packages.
  entryNames: "[name]-[hash]",
});
const workerUrls = Object.entries(workers).map(([name, entry]) => [
  name,
  JSON.stringify(`./${outputOf(workerBuild, entry)}`),
]);

const pageBuild = await build({
  ...common,
  entryPoints: ["src/main.jsx"],
  format: "esm",
  splitting: true,
  jsx: "automatic",
  define: { ...common.define, ...Object.fromEntries(workerUrls) },
  // Only reached by a subscription transport that the gateway does not have.
  external: ["graphql-ws"],
  // style.css has all of it: a style that comes with a late chunk would not be loaded.
  loader: { ".css": "empty" },
});
const staticBuild = await build({
  ...common,
  entryPoints: ["src/style.css", "src/icon.svg"],
  loader: { ".svg": "copy", ".ttf": "file" },
});

const licences = await notices([workerBuild, pageBuild, staticBuild]);
const licencesName = `licences-${createHash("sha256").update(licences).digest("hex").slice(0, 8)}.txt`;
await writeFile(join(assets, licencesName), licences);

const main = outputOf(pageBuild, "src/main.jsx");
const mainChunks = Object.values(pageBuild.metafile.outputs)
  .find((made) => made.entryPoint === "src/main.jsx")
  .imports.filter((imported) => imported.kind === "import-statement")
  .map((imported) => basename(imported.path));
const names = await readdir(assets);
const fill = {
  ICON: names.find((name) => name.startsWith("icon-")),
  STYLE: outputOf(staticBuild, "src/style.css"),
  MAIN: main,
  LICENCES: licencesName,
  PRELOAD: mainChunks
    .map((name) => `<link rel="modulepreload" href="graphiql/assets/${name}">`)
    .join("\n    "),
};
const template = await readFile(join(here, "src/index.html"), "utf8");
await writeFile(
  join(output, "index.html"),
  template.replace(/\{\{([A-Z]+)\}\}/g, (_, name) => fill[name]),
);

let plain = 0;
let packed = 0;
await Promise.all(
  names.map(async (name) => {
    const path = join(assets, name);
    const content = await readFile(path);
    plain += content.length;
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(content, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 10,
          [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
        },
      }),
      promisify(gzip)(content, { level: 9 }),
    ]);
    packed += Math.min(br.length, content.length);
    if (br.length < content.length) await writeFile(`${path}.br`, br);
    if (gz.length < content.length) await writeFile(`${path}.gz`, gz);
  }),
);
const kib = (bytes) => Math.round(bytes / 1024);
console.log(`${names.length} files, ${kib(plain)} KiB, ${kib(packed)} KiB with Brotli`);
