/** Limits that both sides of a boundary know. Every number has its unit in its name and its reason beside it. */

const MiB = 1024 * 1024;

/** A package as uploaded. Large enough for a bundled document or WebAssembly library, small enough to hash in a second. */
export const MAX_ARCHIVE_BYTES = 50 * MiB;
/** A bundle of packages. Carried on a disk; a deployment with hundreds of plugins has a few hundred megabytes. */
export const MAX_BUNDLE_BYTES = 2 * 1024 * MiB;
export const MAX_BUNDLE_PACKAGES = 1_000;
/** Its table of contents, with a lock file and the keys of publishers. */
export const MAX_BUNDLE_MANIFEST_BYTES = 16 * MiB;
/** A package unpacked. Four times the archive: text compresses about that well, a bomb far better. */
export const MAX_UNPACKED_BYTES = 200 * MiB;
/** Files and folders in a package. A bundled plugin has tens; a folder of icons has thousands. */
export const MAX_ARCHIVE_ENTRIES = 5_000;
/** One entry's unpacked size against its packed size, above a floor of 1 MiB unpacked. Deflate's own ceiling is 1,032. */
export const MAX_ENTRY_RATIO = 200;
/** The floor of that ratio: a small file of blanks packs better than any bomb and hurts nobody. */
export const ENTRY_RATIO_FLOOR_BYTES = 1 * MiB;
/** The zip's own directory. 5,000 entries of the longest paths, with 1 KiB of extra fields each. */
export const MAX_CENTRAL_DIRECTORY_BYTES = 8 * MiB;
/** A path inside a package, in UTF-8 bytes. Every common file system takes this much. */
export const MAX_ENTRY_PATH_BYTES = 512;
/** `plugin.json`. Contributions with their schemas make the largest real ones about 60 KiB. */
export const MAX_MANIFEST_BYTES = 256 * 1024;
/** `signature.json`: the longest paths of all entries with their digests, in base64. */
export const MAX_SIGNATURE_BYTES = 4 * MiB;
/** `provenance.sigstore.json`: real ones have 5 to 15 KiB. */
export const MAX_PROVENANCE_BYTES = 256 * 1024;
/** The script form of a server bundle: it is handed to the sandbox through a pipe in one frame. */
export const MAX_SCRIPT_BYTES = 24 * MiB;
/** README and CHANGELOG as they are shown; longer ones are cut. The longest that people read have 200 KiB. */
export const MAX_DOCUMENT_BYTES = 512 * 1024;
/** An icon, and the pixels of its longer side: shown at 48, drawn for large screens. */
export const MAX_ICON_BYTES = 256 * 1024;
export const MAX_ICON_PIXELS = 1_024;
/** Turning a bundle into a script. An honest bundle of the largest size takes a few seconds; hostile code takes for ever. */
export const SCRIPT_DEADLINE_SECONDS = 30;
/** Memory of that conversion. A minified bundle of 12 MB takes 570 MB; nested code takes gigabytes. */
export const MAX_SCRIPT_CONVERSION_BYTES = 1_024 * MiB;

/** One frame between host and guest. Above the largest tool input (a 15 MiB file in base64) and the largest script. */
export const MAX_FRAME_BYTES = 32 * MiB;
/** JSON that a guest sends and that is no answer: a stored value or a request, whose bytes travel beside it. */
export const MAX_REQUEST_JSON_BYTES = 2 * MiB;
/** Levels of nesting in JSON from a guest. What is deeper cannot be written as JSON again without overflowing the stack. */
export const MAX_JSON_DEPTH = 500;
/** Values and names in JSON from a guest. So many, in the worst form, take the host's only thread some 80 ms. */
export const MAX_JSON_TOKENS = 250_000;
/** Different names in it: each is remembered by the language, which takes some 2 µs. */
export const MAX_JSON_NAMES = 20_000;
/** Escapes in strings that take as long to read as a value. */
export const ESCAPES_A_TOKEN = 32;
/** Frames a guest may send in one second before it is killed as flooding; the measured ceiling of honest calls is half of it. */
export const MAX_GUEST_FRAMES_PER_SECOND = 150_000;
/** Host calls of one instance that may wait at the same time. */
export const MAX_PENDING_HOST_CALLS = 1_000;
/** Calls that may wait for one instance before more are refused as busy. */
export const MAX_PENDING_CALLS = 1_000;
/** Stream chunks that a producer may send before the consumer grants more. */
export const STREAM_WINDOW_CHUNKS = 32;
/** Bytes of chunks that may be ahead of the consumer; the last may go beyond, so that a larger one passes too. */
export const STREAM_WINDOW_BYTES = 2 * MiB;
/** Bodies and files go in pieces of at most this size, so that other messages pass between them. */
export const BODY_CHUNK_BYTES = 256 * 1024;
/** Files beside one call or one answer: their heads travel in one message. */
export const MAX_CALL_FILES = 100;
/** The name of such a file, in UTF-8 bytes: what file systems take. */
export const MAX_FILE_NAME_BYTES = 255;
/** A stream as one answer, for callers that cannot read one: as large as a single answer. */
export const MAX_GATHERED_BYTES = 32 * MiB;

/** How often a call tells how far it is: as often as anybody can see. */
export const PROGRESS_EVERY_MS = 100;
/** What it says beside the numbers, in UTF-16 units. */
export const MAX_PROGRESS_MESSAGE_LENGTH = 500;

/** Deadline of a call when the manifest says nothing, and the most it may ask for. */
export const DEFAULT_CALL_SECONDS = 30;
export const MAX_CALL_SECONDS = 300;
/** Memory of an instance when the manifest says nothing, the least and the most it may ask for. */
export const DEFAULT_MEMORY_MB = 128;
export const MIN_MEMORY_MB = 32;
export const MAX_MEMORY_MB = 1_024;

/** Plugins that come along with one that is installed, because it needs them: beyond any use that is not a mistake. */
export const MAX_PLUGINS_ALONG = 100;
/** Versions that are tried to find those that go together; each takes microseconds. */
export const MAX_RESOLUTION_STEPS = 5_000;

/** The shortest span between two runs of a schedule, unless the deployment says otherwise: what is needed sooner is an event. */
export const MIN_SCHEDULE_EVERY_MS = 60_000;

/** One log line of a plugin; longer ones are cut. */
export const MAX_LOG_MESSAGE_BYTES = 8 * 1024;
/** Log lines of one installation a second; more are counted and dropped. */
export const MAX_LOG_LINES_PER_SECOND = 200;

/** Notifications of one installation a minute, whoever they are for: more is noise. */
export const MAX_NOTIFICATIONS_PER_MINUTE = 10;

/** A key of the plugin's key-value space, in UTF-8 bytes. */
export const MAX_STORAGE_KEY_BYTES = 512;
/** One stored value as JSON. */
export const MAX_STORAGE_VALUE_BYTES = 1 * MiB;
/** One stored file. */
export const MAX_STORAGE_FILE_BYTES = 16 * MiB;
/** All that one installation may store. */
export const MAX_STORAGE_TOTAL_BYTES = 256 * MiB;

/** Conversations of one installation: an organization of a thousand people that begins one every day for a hundred days. */
export const MAX_CONVERSATIONS = 100_000;
/** Messages of one conversation: what one request to a model may send. */
export const MAX_CONVERSATION_MESSAGES = 10_000;
/** One message as JSON, as a stored value; a picture of a screen has half of it. */
export const MAX_CONVERSATION_MESSAGE_BYTES = 1 * MiB;
/** All messages of one conversation as JSON: what a plugin can hold at once. */
export const MAX_CONVERSATION_BYTES = 16 * MiB;
/** All conversations of one person, so that none fills the space of all who use the plugin. */
export const MAX_PERSON_CONVERSATION_BYTES = 32 * MiB;
/** Messages that are added by one call. */
export const MAX_APPENDED_MESSAGES = 1_000;
/** Messages of one page, together: what fits into one message to a frame, even where all of it is escaped. */
export const MAX_CONVERSATION_PAGE_BYTES = 2 * MiB;
export const MAX_CONVERSATION_TITLE_LENGTH = 200;
/** What a plugin notes beside a conversation, as JSON. */
export const MAX_CONVERSATION_METADATA_BYTES = 16 * 1024;
/** The beginning of a message's text that is searched, in UTF-16 units: the database indexes at most 1 MiB of words, and words come in several forms. */
export const MAX_SEARCHED_LENGTH = 64 * 1024;
/** What is searched for. */
export const MAX_SEARCH_LENGTH = 256;
/** The part of a message that is shown where it was found, in UTF-16 units. */
export const MAX_EXCERPT_LENGTH = 240;
/** Namespaces of one installation's memories, and what a name may be long: both are shown in lists. */
export const MAX_MEMORY_NAMESPACES = 100;
/** Those of one person, and of all people together: what a hundred have, or a thousand of whom each has one. */
export const MAX_PERSON_MEMORY_NAMESPACES = 10;
export const MAX_PEOPLE_MEMORY_NAMESPACES = 1_000;
export const MAX_MEMORY_NAME_LENGTH = 64;
/** Memories of one installation, of all its namespaces: search by meaning looks at each of a namespace. */
export const MAX_MEMORY_ENTRIES = 100_000;
/** Those of one person in all their namespaces, and what they take, so that none fills the space of all who use the plugin. */
export const MAX_PERSON_MEMORY_ENTRIES = 5_000;
export const MAX_PERSON_MEMORY_BYTES = 16 * MiB;
/** The text of one memory, in UTF-8 bytes: a few paragraphs. What is longer has no one meaning to be found by. */
export const MAX_MEMORY_TEXT_BYTES = 8 * 1024;
/** What a plugin notes beside a memory, as JSON. */
export const MAX_MEMORY_METADATA_BYTES = 4 * 1024;
/** Messages that one memory says it comes from; further ones change nothing. */
export const MAX_MEMORY_CITATIONS = 20;
/** The quote of one, in UTF-16 units. */
export const MAX_MEMORY_QUOTE_LENGTH = 2_000;
/** A question to memories, in UTF-16 units, how many namespaces it may be for, and how many hits it has at most. */
export const MAX_MEMORY_QUERY_LENGTH = 4_000;
export const MAX_MEMORY_SEARCHED_NAMESPACES = 10;
export const MAX_MEMORY_HITS = 50;
/** Messages of one extraction, one of them in UTF-16 units, and all of them in UTF-8 bytes: what models read at once. */
export const MAX_EXTRACTED_MESSAGES = 500;
export const MAX_EXTRACTED_MESSAGE_LENGTH = 32 * 1024;
export const MAX_EXTRACTED_BYTES = 256 * 1024;
/** Extractions of one installation that have not ended, and of these what is for one person. */
export const MAX_OPEN_EXTRACTIONS = 20;
export const MAX_PERSON_OPEN_EXTRACTIONS = 5;

/** A request body and an answer body of a plugin's `fetch`. */
export const MAX_FETCH_REQUEST_BYTES = 16 * MiB;
export const MAX_FETCH_RESPONSE_BYTES = 24 * MiB;
/** Redirects that are followed; browsers stop at 20, most APIs need one. */
export const MAX_FETCH_REDIRECTS = 10;
/** A plugin's `fetch` from first byte out to last byte in. */
export const FETCH_DEADLINE_SECONDS = 60;

/** A user-interface bundle: a browser compiles this much in about a second. */
export const MAX_UI_BUNDLE_BYTES = 8 * MiB;
/** One message between the console and a frame, in UTF-16 units. Above a 4 MiB file in base64. */
export const MAX_FRAME_MESSAGE_LENGTH = 6 * MiB;
/** Messages of a frame within one second, above which its port is closed; an eager panel sends some tens. */
export const MAX_FRAME_MESSAGES_PER_SECOND = 2_000;
/** The same in UTF-16 units of text. */
export const MAX_FRAME_UNITS_PER_SECOND = 32 * MiB;
/** Calls of one frame that may be under way; more are refused at once. */
export const MAX_FRAME_CALLS = 64;
/** A fault that a frame tells: enough for a stack. */
export const MAX_FAULT_LENGTH = 4_000;

/** Model providers that one question may go through, each of which asks the next: any longer way is a mistake. */
export const MAX_CALL_DEPTH = 8;

/** The name of a model, as clients and upstreams write it; the longest public ones have some 120 characters. */
export const MAX_MODEL_NAME_LENGTH = 512;
/** Messages of one request to a model. An agent that works for a day sends some thousands. */
export const MAX_CHAT_MESSAGES = 10_000;
/** Parts of one message: the pages of a scanned book. */
export const MAX_MESSAGE_PARTS = 2_000;
/** One text of a message or an answer, in UTF-16 units. The largest context windows hold some 8 million characters. */
export const MAX_CHAT_TEXT_LENGTH = 16 * MiB;
/** One image, file or sound in base64: 24 MiB of bytes. */
export const MAX_CHAT_MEDIA_LENGTH = 32 * MiB;
/** Tools that a model is offered; more than some hundreds make every model choose badly. */
export const MAX_CHAT_TOOLS = 1_000;
export const MAX_CHAT_TOOL_NAME_LENGTH = 256;
/** The id of a tool call. Upstreams write up to 64 characters, some put a signature into it. */
export const MAX_TOOL_CALL_ID_LENGTH = 4_096;
/** Texts at which a model is to stop, and how long one is. */
export const MAX_STOP_SEQUENCES = 64;
export const MAX_STOP_SEQUENCE_LENGTH = 1_024;
/** Notes that a client puts beside its request. */
export const MAX_CHAT_METADATA_ENTRIES = 64;
/** Parts of one answer, tool calls among them: far more than any model has been seen to write. */
export const MAX_ANSWER_PARTS = 4_096;
/** All text of one answer, in UTF-16 units: some 4 million tokens, and what a slow client can make a server hold. */
export const MAX_ANSWER_LENGTH = 16 * MiB;
/** An error message of an upstream; longer ones are cut. */
export const MAX_MODEL_ERROR_LENGTH = 4_096;
/** Texts that one request asks to embed, and numbers of one embedding. */
export const MAX_EMBEDDING_INPUTS = 4_096;
export const MAX_EMBEDDING_DIMENSIONS = 65_536;
/** Tokens of one text that comes as tokens. */
export const MAX_EMBEDDING_TOKENS = 131_072;
