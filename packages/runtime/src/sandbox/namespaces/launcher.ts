import { existsSync } from "node:fs";
import type { SandboxRoot } from "./sandbox-root.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import { ARCHITECTURES } from "./system-calls.ts";

/**
 * Runs in the new namespaces before the sandbox does: makes the prepared folder the whole file system, gives up every
 * capability and the way to new ones, sets the filter, and becomes the sandbox. In Perl because it can call the kernel
 * and is a part of every Debian and most others, where no compiler is.
 */
const SCRIPT = `
my ($root, $deno, $numbers, $filter) = splice(@ARGV, 0, 4);
my %number = map { split /=/ } split /,/, $numbers;
sub must { my ($what, @rest) = @_; syscall($number{$what} + 0, @rest) < 0 and die "sandbox: $what: $!\\n"; }
my ($at, $here, $old, $oldAt, $name) = ("$root/deno", ".", "old", "/old", "sandbox");
must("mount", $root, $root, 0, 4096, 0);
must("mount", $deno, $at, 0, 4096, 0);
must("mount", 0, $_, 0, 4096 | 32 | 1 | 2 | 4, 0) for $root, $at;
chdir $root or die "sandbox: chdir: $!\\n";
must("pivot_root", $here, $old);
chdir "/empty" or die "sandbox: chdir: $!\\n";
must("umount2", $oldAt, 2);
must("sethostname", $name, 7);
syscall($number{prctl} + 0, 24, $_, 0, 0, 0) for 0 .. 63;
must("prctl", 38, 1, 0, 0, 0);
if ($filter ne "-") {
  my $code = pack "H*", $filter;
  my $program = pack "S x![Q] P", length($code) / 8, $code;
  must("seccomp", 1, 0, $program);
}
exec { "/deno" } "deno", @ARGV or die "sandbox: exec: $!\\n";`;

const MADE_BY_SCRIPT = ["mount", "umount2", "pivot_root", "sethostname", "prctl", "seccomp"];
const PLACES = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"];

/** How to start a sandbox in namespaces of its own. */
export interface Launcher {
  /** The command that its arguments for Deno are added to. */
  readonly command: readonly string[];
  readonly root: SandboxRoot;
}

/** Throws an Error that says what is missing here. `filtered`: with the filter of system calls. */
export const launcherFor = (root: SandboxRoot, deno: string, filtered: boolean): Launcher => {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`the architecture ${process.arch} is not known`);
  const filter = filtered ? Buffer.from(seccompFilter(architecture)).toString("hex") : "-";
  const numbers = MADE_BY_SCRIPT.map((name) => `${name}=${architecture.numbers[name]}`).join();
  const namespaces = ["--user", "--map-root-user", "--mount", "--pid", "--ipc", "--uts", "--net"];
  return {
    root,
    command: [
      ...[findProgram("unshare"), ...namespaces, "--fork", "--kill-child"],
      ...[findProgram("perl"), "-e", SCRIPT, root.folder, deno, numbers, filter],
    ],
  };
};

const findProgram = (name: string): string => {
  const found = PLACES.map((place) => `${place}/${name}`).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the program "${name}" is not installed`);
  return found;
};
