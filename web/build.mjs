// Bundles the pages: `node build.mjs OUTPUT_FOLDER`.
//
// Writes a file for each page, and `assets/`, where each name has a hash of the content and each file that gets
// smaller has a `.br` and a `.gz` copy. A page loads nothing from another host.

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

/// Each page has a folder in `src/` with `main.jsx` and `style.css`.
const PAGES = [
  { name: "start", title: "Session history" },
  { name: "dashboard", title: "Dashboard - Session history" },
  { name: "translate", title: "Translate an old URL - Session history" },
  { name: "graphiql", title: "GraphiQL - Session history" },
];

/// The workers of Monaco, GraphiQL's editor, with the names by which the code refers to their files.
const WORKERS = {
  EDITOR_WORKER: "monaco-editor/esm/vs/editor/editor.worker.js",
  GRAPHQL_WORKER: "src/graphiql/graphql.worker.js",
  JSON_WORKER: "monaco-editor/esm/vs/language/json/json.worker.js",
};

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

const workers = await build({
  ...common,
  entryPoints: Object.values(WORKERS),
  format: "iife",
});
const workerUrls = Object.entries(WORKERS).map(([name, entry]) => [
  name,
  JSON.stringify(`./${outputOf(workers, entry).name}`),
]);

const scripts = await build({
  ...common,
  entryPoints: PAGES.map(({ name }) => ({ in: `src/${name}/main.jsx`, out: name })),
  format: "esm",
  splitting: true,
  jsx: "automatic",
  define: { ...common.define, ...Object.fromEntries(workerUrls) },
  // Only reached by a subscription transport that the pages do not use.
  external: ["graphql-ws"],
  // style.css has all of it: a style that comes with a late chunk would not be loaded.
  loader: { ".css": "empty" },
});
const styles = await build({
  ...common,
  entryPoints: [
    { in: "src/icon.svg", out: "icon" },
    ...PAGES.map(({ name }) => ({ in: `src/${name}/style.css`, out: name })),
  ],
  loader: { ".svg": "copy", ".ttf": "file" },
});

const licences = await notices([workers, scripts, styles]);
const licencesName = `licences-${createHash("sha256").update(licences).digest("hex").slice(0, 8)}.txt`;
await writeFile(join(assets, licencesName), licences);

const names = await readdir(assets);
const template = await readFile(join(here, "src/page.html"), "utf8");
for (const { name, title } of PAGES) {
  const main = outputOf(scripts, `src/${name}/main.jsx`);
  const fill = {
    TITLE: title,
    ICON: names.find((file) => file.startsWith("icon-")),
    STYLE: outputOf(styles, `src/${name}/style.css`).name,
    MAIN: main.name,
    LICENCES: licencesName,
    PRELOAD: main.made.imports
      .filter((imported) => imported.kind === "import-statement")
      .map(({ path }) => `<link rel="modulepreload" href="assets/${basename(path)}">`)
      .join("\n    "),
  };
  const page = template.replace(/\{\{([A-Z]+)\}\}/g, (_, field) => fill[field]);
  await writeFile(join(output, `${name}.html`), page);
}
await compress();

/// The name of the bundle of an entry, and what esbuild tells about it.
function outputOf(result, entry) {
  for (const [path, made] of Object.entries(result.metafile.outputs)) {
    if (made.entryPoint?.endsWith(entry)) return { name: basename(path), made };
  }
  throw new Error(`no output for ${entry}`);
}

/// The licences of all packages of which a bundle has a part: they must come along.
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

/// Writes the compressed copies.
async function compress() {
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
}
