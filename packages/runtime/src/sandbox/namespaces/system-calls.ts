/** Numbers of the system calls that the launcher makes and the filter names, by architecture as Node calls it. */
type Numbers = Readonly<Record<string, number>>;

/** The same everywhere. */
const COMMON: Numbers = {
  ...{ io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, open_tree: 428, move_mount: 429 },
  ...{
    fsopen: 430,
    fsconfig: 431,
    fsmount: 432,
    fspick: 433,
    clone3: 435,
    pidfd_getfd: 438,
    mount_setattr: 442,
  },
  ...{ memfd_secret: 447 },
};

const X64: Numbers = {
  ...COMMON,
  ...{ mount: 165, umount2: 166, pivot_root: 155, sethostname: 170, prctl: 157, seccomp: 317, clone: 56 },
  ...{
    fork: 57,
    vfork: 58,
    ptrace: 101,
    process_vm_readv: 310,
    process_vm_writev: 311,
    kcmp: 312,
    chroot: 161,
  },
  ...{ setns: 308, unshare: 272, keyctl: 250, add_key: 248, request_key: 249, bpf: 321, userfaultfd: 323 },
  ...{ perf_event_open: 298, kexec_load: 246, kexec_file_load: 320, init_module: 175, finit_module: 313 },
  ...{ delete_module: 176, reboot: 169, swapon: 167, swapoff: 168, syslog: 103, acct: 163, quotactl: 179 },
  ...{ settimeofday: 164, clock_settime: 227, adjtimex: 159, clock_adjtime: 305, personality: 135 },
  ...{
    name_to_handle_at: 303,
    open_by_handle_at: 304,
    iopl: 172,
    ioperm: 173,
    modify_ldt: 154,
    move_pages: 279,
  },
  ...{ migrate_pages: 256, fanotify_init: 300, socket: 41, connect: 42, bind: 49, listen: 50, accept: 43 },
  ...{
    accept4: 288,
    setdomainname: 171,
    vhangup: 153,
    mknodat: 259,
    shmget: 29,
    msgget: 68,
    semget: 64,
    mq_open: 240,
  },
};

const ARM64: Numbers = {
  ...COMMON,
  ...{ mount: 40, umount2: 39, pivot_root: 41, sethostname: 161, prctl: 167, seccomp: 277, clone: 220 },
  ...{
    ptrace: 117,
    process_vm_readv: 270,
    process_vm_writev: 271,
    kcmp: 272,
    chroot: 51,
    setns: 268,
    unshare: 97,
  },
  ...{ keyctl: 219, add_key: 217, request_key: 218, bpf: 280, userfaultfd: 282, perf_event_open: 241 },
  ...{ kexec_load: 104, kexec_file_load: 294, init_module: 105, finit_module: 273, delete_module: 106 },
  ...{ reboot: 142, swapon: 224, swapoff: 225, syslog: 116, acct: 89, quotactl: 60, settimeofday: 170 },
  ...{ clock_settime: 112, adjtimex: 171, clock_adjtime: 266, personality: 92, name_to_handle_at: 264 },
  ...{
    open_by_handle_at: 265,
    move_pages: 239,
    migrate_pages: 238,
    fanotify_init: 262,
    socket: 198,
    connect: 203,
  },
  ...{ bind: 200, listen: 201, accept: 202, accept4: 242, setdomainname: 162, vhangup: 58, mknodat: 33 },
  ...{ shmget: 194, msgget: 186, semget: 190, mq_open: 180 },
};

export interface Architecture {
  /** As the kernel tells a filter. */
  readonly audit: number;
  readonly numbers: Numbers;
}

export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: { audit: 0xc000_003e, numbers: X64 },
  arm64: { audit: 0xc000_00b7, numbers: ARM64 },
};
