import type { Architecture } from "./system-calls.ts";

/** Made by the launcher before the filter is in force; the runtime makes none of the others in the table either. */
const ALLOWED: ReadonlySet<string> = new Set(["prctl", "seccomp", "clone", "clone3"]);

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_OR_EQUAL = 0x35;
const JUMP_SET = 0x45;
const RETURN = 0x06;

const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const FIRST_ARGUMENT_OFFSET = 16;

const KILL = 0x8000_0000;
const ALLOW = 0x7fff_0000;
const REFUSE = 0x0005_0001;
/** "No such system call": the C library then takes the older one, whose flags a filter can see. */
const UNKNOWN = 0x0005_0026;
/** Numbers of another way to call the same kernel (x32). */
const FOREIGN_NUMBERS = 0x4000_0000;
/** A new thread has it, a new process has not. */
const CLONE_THREAD = 0x0001_0000;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * A filter of system calls in the kernel's form: refuses what no sandbox needs, so that faults of the kernel behind those
 * calls are out of reach. No sockets, no new processes or namespaces, no mounts, no other process's memory.
 */
export const seccompFilter = ({ audit, numbers }: Architecture): Uint8Array => {
  const refused = Object.entries(numbers).filter(([name]) => !ALLOWED.has(name));
  return encode([
    [LOAD, 0, 0, ARCHITECTURE_OFFSET],
    [JUMP_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER_OFFSET],
    [JUMP_GREATER_OR_EQUAL, 0, 1, FOREIGN_NUMBERS],
    [RETURN, 0, 0, REFUSE],
    ...answer(numbers.clone3 as number, UNKNOWN),
    ...refused.flatMap(([, number]) => answer(number, REFUSE)),
    [JUMP_EQUAL, 0, 3, numbers.clone as number],
    [LOAD, 0, 0, FIRST_ARGUMENT_OFFSET],
    [JUMP_SET, 1, 0, CLONE_THREAD],
    [RETURN, 0, 0, REFUSE],
    [RETURN, 0, 0, ALLOW],
  ]);
};

const answer = (number: number, value: number): Instruction[] => [
  [JUMP_EQUAL, 0, 1, number],
  [RETURN, 0, 0, value],
];

const INSTRUCTION_BYTES = 8;

const encode = (program: readonly Instruction[]): Uint8Array => {
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, value, true);
  }
  return bytes;
};
