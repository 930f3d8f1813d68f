import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { pdftotext, SampleFiles } from "./support/sample-files.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const run = promisify(execFile);
const PLUGINS = [
  "patchbay.anthropic",
  "patchbay.companion",
  "patchbay.documents",
  "patchbay.echo",
  "patchbay.feeds",
  "patchbay.highlight",
  "patchbay.insights",
  "patchbay.mcp-bridge",
  "patchbay.openai",
  "patchbay.web-reader",
  "patchbay.word-vectors",
];
/** The cells of each sheet, from the XML in the file and nothing but Python's own library. */
const READ_SHEETS = `
import json, re, sys, xml.etree.ElementTree as tree, zipfile
book = zipfile.ZipFile(sys.argv[1])
space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
read = lambda name: tree.fromstring(book.read("xl/" + name))
texts = ["".join(t.text or "" for t in one.iterfind(".//m:t", space)) for one in read("sharedStrings.xml")]
links = {link.get("Id"): link.get("Target") for link in read("_rels/workbook.xml.rels")}
number = lambda text: int(float(text)) if float(text).is_integer() else float(text)
def column(cell):
    at = 0
    for letter in re.match("[A-Z]+", cell.get("r")).group(): at = at * 26 + ord(letter) - 64
    return at - 1
def value(cell):
    found = cell.find("m:v", space)
    if found is None: return None
    return texts[int(found.text)] if cell.get("t") == "s" else number(found.text)
def rows(sheet):
    lines = [{column(cell): value(cell) for cell in row} for row in read(sheet).iterfind(".//m:row", space)]
    width = max((max(line, default=-1) for line in lines), default=-1) + 1
    return [[line.get(at) for at in range(width)] for line in lines]
relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
sheets = read("workbook.xml").iterfind(".//m:sheet", space)
print(json.dumps([{"name": one.get("name"), "rows": rows(links[one.get(relation)])} for one in sheets]))
`;
const isDebian = existsSync("/usr/bin/apt-get");

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;
let web: Server;
let webUrl: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  web = createServer((request, response) => {
    const [type, body] = PAGES[request.url ?? ""] ?? ["text/plain", "nothing here"];
    response.writeHead(PAGES[request.url ?? ""] ? 200 : 404, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" },
  });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  web?.close();
  await folder?.remove();
});

const call = async (plugin: string, tool: string, input: unknown) => {
  const { status, body } = await api.post(`/api/orgs/default/tools/patchbay.${plugin}/${tool}`, { input });
  return status === 200 ? body.output : body;
};

describe("built-in plugins", () => {
  it("are there from the first start, disabled, and cannot be uninstalled", async () => {
    const { items } = (await api.get("/api/orgs/default/plugins")).body;
    expect(items.map(({ plugin, state, source }: Record<string, string>) => [plugin, state, source])).toEqual(
      PLUGINS.map((id) => [id, "disabled", "builtin"]),
    );
    for (const id of PLUGINS)
      expect(await api.post(`/api/orgs/default/plugins/${id}/enable`)).toMatchObject({
        status: 200,
        body: { state: "enabled" },
      });
    expect(await api.delete("/api/orgs/default/plugins/patchbay.feeds?disable=true")).toMatchObject({
      status: 403,
      body: { code: "builtin" },
    });
  });

  it("read feeds of every kind", async () => {
    for (const path of ["/rss", "/atom", "/json"]) {
      const feed = await call("feeds", "read", { url: `${webUrl}${path}`, limit: 1 });
      expect(feed, path).toMatchObject({
        title: "News",
        entries: [{ title: "First", url: "https://example.org/1" }],
      });
      expect(feed.entries).toHaveLength(1);
    }
    expect(await call("feeds", "read", { url: `${webUrl}/page` })).toMatchObject({ code: "invalid_input" });
  });

  it("expand the recurring events of a calendar", async () => {
    const { events } = await call("feeds", "calendar", {
      url: `${webUrl}/calendar`,
      from: "2026-01-05T00:00:00Z",
      to: "2026-01-20T00:00:00Z",
    });
    expect(events.map(({ title, start }: Record<string, string>) => [title, start])).toEqual([
      ["Weekly", "2026-01-05T09:00:00.000Z"],
      ["Holiday", "2026-01-06"],
      ["Weekly", "2026-01-19T09:00:00.000Z"],
    ]);
  });

  it("read the article of a page and leave the rest", async () => {
    const article = await call("web-reader", "read", { url: `${webUrl}/page` });
    expect(article.title).toBe("On harbours");
    expect(article.markdown).toContain("[the chart](https://example.org/chart)");
    expect(article.markdown).not.toContain("Buy now");
  });

  it("reach no private address that the operator did not allow", async () => {
    expect(await call("web-reader", "read", { url: "http://169.254.169.254/latest" })).toMatchObject({
      code: expect.stringMatching(/fetch_refused|plugin_error/),
    });
    expect(await call("web-reader", "read", { url: "http://[::1]:1/" })).toMatchObject({
      code: expect.stringMatching(/fetch_refused|plugin_error/),
    });
  });
});

describe.runIf(isDebian)("documents that others wrote", () => {
  let samples: SampleFiles;
  const convert = (bytes: Buffer, filename: string, to: "markdown" | "json") =>
    call("documents", "convert", { content: bytes.toString("base64"), filename, to });

  beforeAll(() => {
    samples = new SampleFiles(folder.path);
  });

  it("give the words of a PDF that pdftotext finds", async () => {
    const pdf = await samples.fromNpm("pdf-parse", "1.1.1", "test/data/01-valid.pdf");
    const path = join(folder.path, "sample.pdf");
    await writeFile(path, pdf);
    const theirs = words(await pdftotext(path));
    const ours = new Set(words((await convert(pdf, "sample.pdf", "markdown")).markdown));
    expect(theirs.length).toBeGreaterThan(1_000);
    expect(theirs.filter((word) => ours.has(word)).length / theirs.length).toBeGreaterThan(0.95);
  });

  it("give every word of a DOCX", async () => {
    const docx = await samples.fromDebian(
      "r-cran-officer",
      "usr/lib/R/site-library/officer/doc_examples/example.docx",
    );
    const path = join(folder.path, "sample.docx");
    await writeFile(path, docx);
    const { stdout } = await run("unzip", ["-p", path, "word/document.xml"], { maxBuffer: 64 * 1024 * 1024 });
    const theirs = words(
      [...stdout.matchAll(/<w:t[ >][^<]*|<\/w:p>/g)]
        .map(([text]) => text.replace(/^<[^>]*>/, text.startsWith("</") ? " " : ""))
        .join(""),
    );
    const { data } = await convert(docx, "sample.docx", "json");
    const { markdown } = await convert(docx, "sample.docx", "markdown");
    const html = data.html.replaceAll(/<[^>]+>/g, " ").replaceAll("&amp;", "&");
    expect(theirs.length).toBeGreaterThan(100);
    for (const form of [html, markdown.replaceAll("\\", "")]) {
      const ours = new Set(words(form));
      expect(theirs.filter((word) => ours.has(word)).length / theirs.length).toBeGreaterThan(0.95);
    }
    expect(data.text.trim().length).toBeGreaterThan(theirs.length);
  });

  it("give the cells of an XLSX that Python reads", async () => {
    const workbook = await samples.fromDebian(
      "r-cran-readxl",
      "usr/lib/R/site-library/readxl/extdata/datasets.xlsx",
    );
    const { data } = await convert(workbook, "sample.xlsx", "json");
    const path = join(folder.path, "sample.xlsx");
    await writeFile(path, workbook);
    const options = { maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await run("python3", ["-c", READ_SHEETS, path], options);
    const theirs = JSON.parse(stdout);
    expect(theirs.length).toBeGreaterThan(1);
    expect(theirs[0].rows.length).toBeGreaterThan(100);
    expect(data.sheets).toEqual(theirs);
  });

  it("give the rows of a CSV that Python reads", async () => {
    const csv = await samples.fromNpm("world-countries", "5.1.0", "dist/countries.csv");
    const path = join(folder.path, "sample.csv");
    await writeFile(path, csv);
    const script =
      "import csv, json, sys; print(json.dumps([r for r in csv.reader(open(sys.argv[1], encoding='utf-8', newline='')) if r]))";
    const { stdout } = await run("python3", ["-c", script, path], { maxBuffer: 64 * 1024 * 1024 });
    const { data } = await convert(csv, "sample.csv", "json");
    expect(data.sheets[0].rows).toEqual(JSON.parse(stdout));
  });

  it("refuse what they cannot read, in words", async () => {
    const broken = await convert(Buffer.from("%PDF-1.7 and nothing else"), "broken.pdf", "markdown");
    expect(broken).toMatchObject({ status: 422, code: "invalid_input" });
    expect(broken.detail).toContain("PDF");
  });
});

const words = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{N}]{2,}/gu) ?? [];

const PAGES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "/rss": [
    "application/rss+xml",
    `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://example.org</link><description>d</description>
    <item><title>First</title><link>https://example.org/1</link></item><item><title>Second</title><link>https://example.org/2</link></item></channel></rss>`,
  ],
  "/atom": [
    "application/atom+xml",
    `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>urn:n</id><updated>2026-01-01T00:00:00Z</updated>
    <entry><title>First</title><id>urn:1</id><updated>2026-01-01T00:00:00Z</updated><link href="https://example.org/1"/></entry></feed>`,
  ],
  "/json": [
    "application/feed+json",
    JSON.stringify({
      version: "https://jsonfeed.org/version/1.1",
      title: "News",
      items: [{ id: "1", title: "First", url: "https://example.org/1", content_text: "t" }],
    }),
  ],
  "/calendar": [
    "text/calendar",
    [
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//tests//EN",
      "BEGIN:VEVENT",
      "UID:1",
      "SUMMARY:Weekly",
      "DTSTART:20260105T090000Z",
      "DTEND:20260105T100000Z",
      "RRULE:FREQ=WEEKLY",
      "EXDATE:20260112T090000Z",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "UID:2",
      "SUMMARY:Holiday",
      "DTSTART;VALUE=DATE:20260106",
      "DTEND;VALUE=DATE:20260107",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ].join("\r\n"),
  ],
  "/page": [
    "text/html",
    `<!doctype html><html><head><title>On harbours</title></head><body><nav><a href="/">Home</a></nav><aside class="advertisement">Buy now</aside>
    <article><h1>On harbours</h1>${"<p>A harbour shelters ships from wind and waves, and from it goods and people have always gone on into the country behind it, by road and by river, in every weather.</p>".repeat(6)}
    <p>See <a href="https://example.org/chart">the chart</a>, which shows the depths, the lights and the marks at every entrance.</p></article><footer>Imprint</footer></body></html>`,
  ],
};

describe("a start", () => {
  it("brings back what was lost of built-in plugins", async () => {
    await server.stop();
    await rm(join(folder.path, "artifacts"), { recursive: true });
    server = await startServer({ dataDir: folder.path });
    api = new Api(server.url);
    expect((await api.post("/api/orgs/default/plugins/patchbay.insights/disable")).status).toBe(200);
    const enabled = await api.post("/api/orgs/default/plugins/patchbay.insights/enable");
    expect(enabled.body).toMatchObject({ state: "enabled" });
    await server.stop();
    server = await startServer({ dataDir: folder.path });
    api = new Api(server.url);
    expect((await api.get("/api/orgs/default/plugins")).body.items).toHaveLength(PLUGINS.length);
  });
});
