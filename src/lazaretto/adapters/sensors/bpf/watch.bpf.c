// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
//
// What developer tools do, for `lazaretto watch`: programs, files at places of secrets and of what starts by itself,
// connections, tracing. Only programs under a tool ("tracked") are told of; bait is told of for everybody.
//
// Build (tools/build_bpf.sh; the object is committed, and a test builds it again where clang is at hand):
//     clang-14 -g -O2 -target bpf -D__TARGET_ARCH_x86 -c watch.bpf.c -o watch.x86_64.bpf.o && llvm-strip-14 -g ...
//
// CO-RE: the few fields of the kernel's structures below are found by BTF when the object is loaded, so no kernel
// headers are needed. Raw tracepoints need neither tracefs nor kprobes.

#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define KEEP __attribute__((preserve_access_index))
struct pt_regs { unsigned long di, si, dx, r10, r8, r9; } KEEP;
struct mm_struct { unsigned long arg_start, arg_end; } KEEP;
struct task_struct {
    int pid, tgid, exit_code;
    __u64 start_boottime;
    struct task_struct *real_parent, *group_leader;
    struct mm_struct *mm;
} KEEP;
struct linux_binprm { const char *filename; } KEEP;

enum { FORK = 1, EXEC, EXIT, READ, WRITE, DELETE, CONNECT, BIND, TRACE, MEMFD, DECOY };
#define PATH 256
#define ARGS 3072
#define O_WRITES (01 | 02 | 0100 | 01000)

struct head {
    __u64 at, start;
    __u32 kind, pid, parent, uid, aux, size;
};
struct event {
    struct head head;
    char data[PATH + ARGS];
};
struct path { char text[PATH]; };
struct comm { char text[16]; };

struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 16 << 20); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct event); } scratch SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 16); __type(key, __u32); __type(value, __u64); } lost SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 65536); __type(key, __u32); __type(value, __u8); } tracked SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 256); __type(key, struct comm); __type(value, __u8); } tools SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 256); __type(key, struct path); __type(value, __u8); } decoys SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, __u64); __type(value, __u8); } quiet SEC(".maps");

static __always_inline struct event *begin(__u32 kind)
{
    __u32 zero = 0;
    struct event *event = bpf_map_lookup_elem(&scratch, &zero);
    if (!event)
        return 0;
    __u64 both = bpf_get_current_pid_tgid();
    struct task_struct *task = (void *)bpf_get_current_task();
    event->head.at = bpf_ktime_get_ns();
    event->head.start = BPF_CORE_READ(task, group_leader, start_boottime);
    event->head.kind = kind;
    event->head.pid = both >> 32;
    event->head.parent = 0;
    event->head.uid = bpf_get_current_uid_gid();
    event->head.aux = 0;
    event->head.size = 0;
    return event;
}

static __always_inline void send(struct event *event, __u32 size)
{
    if (size > PATH + ARGS)
        size = PATH + ARGS;
    event->head.size = size;
    if (bpf_ringbuf_output(&events, event, sizeof(struct head) + size, 0)) {
        __u32 kind = event->head.kind & 15;
        __u64 *count = bpf_map_lookup_elem(&lost, &kind);
        if (count)
            (*count)++;
    }
}

static __always_inline int is_tracked(__u32 pid)
{
    return bpf_map_lookup_elem(&tracked, &pid) != 0;
}

// Is there something hidden in the path that is not one of the folders in which tools keep what they fetched?
static __always_inline int is_of_interest(struct event *event, int size)
{
    char *text = event->data;
    if (text[0] != '/')
        return 1; // relative: decided where the folder is known
    if (text[1] == 'p' && text[2] == 'r' && text[3] == 'o' && text[4] == 'c')
        return text[6] != 's'; // not /proc/self, /proc/sys
    if (text[1] == 'd' && text[2] == 'e' && text[3] == 'v' && text[4] == '/')
        return text[5] == 'i'; // /dev/input
    if (text[1] == 'e' && text[2] == 't' && text[3] == 'c' && text[4] == '/')
        return 1;
#pragma clang loop unroll(disable)
    for (int at = 0; at < PATH - 8; at++) {
        if (at >= size)
            return 0;
        if (text[at] == '/' && text[at + 1] == '.') {
            __u64 word = 0;
            bpf_probe_read_kernel(&word, 5, text + at + 2);
            if (!bpf_map_lookup_elem(&quiet, &word))
                return 1;
        }
        if (text[at] == '.' && text[at + 1] == 'p' && text[at + 2] == 't' && text[at + 3] == 'h' && text[at + 4] == 0)
            return 1;
        if (text[at] == '/' && text[at + 1] == 'L' && text[at + 2] == 'o' && text[at + 3] == 'g' && text[at + 4] == 'i')
            return 1; // Login Data
    }
    return 0;
}

// An open, or a change of a name. `aux` is the folder's descriptor for relative paths.
static __noinline int file(__u32 kind, int folder, const char *name, int known)
{
    struct event *event = begin(kind);
    if (!event)
        return 0;
    // what is behind the text must be zero: the map of bait compares all of it
    __builtin_memset(event->data, 0, PATH);
    long size = bpf_probe_read_user_str(event->data, PATH, name);
    if (size <= 1)
        return 0;
    if (bpf_map_lookup_elem(&decoys, event->data))
        event->head.kind = DECOY;
    else if (!known || !is_of_interest(event, size))
        return 0;
    event->head.aux = folder;
    send(event, size & (PATH - 1) ? size & (PATH - 1) : PATH);
    return 0;
}

static __noinline int removal(int folder, const char *name)
{
    struct event *event = begin(DELETE);
    if (!event)
        return 0;
    long size = bpf_probe_read_user_str(event->data, PATH, name);
    if (size < 4 || size > PATH)
        return 0;
    __u32 end = (size - 1) & (PATH - 1);
    if (end < 3)
        return 0;
    // programs that scripts are written in: .js .py .sh .ts .mjs .cjs .pl .rb
    char a = event->data[(end - 3) & (PATH - 1)], b = event->data[(end - 2) & (PATH - 1)], c = event->data[(end - 1) & (PATH - 1)];
    int script = (b == 'j' && c == 's') || (b == 'p' && (c == 'y' || c == 'l')) || (b == 's' && c == 'h') || (b == 't' && c == 's') || (b == 'r' && c == 'b');
    if (!script || !(a == '.' || a == 'm' || a == 'c'))
        return 0;
    event->head.aux = folder;
    send(event, size & (PATH - 1) ? size & (PATH - 1) : PATH);
    return 0;
}

static __noinline int address(__u32 kind, const void *where, int size)
{
    struct event *event = begin(kind);
    if (!event || size < 4)
        return 0;
    __builtin_memset(event->data, 0, 32);
    if (bpf_probe_read_user(event->data, 28, where) && bpf_probe_read_user(event->data, 16, where))
        return 0;
    if (event->data[0] != 2 && event->data[0] != 10)
        return 0;
    send(event, 28);
    return 0;
}

SEC("raw_tp/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *parent = (void *)context->args[0], *child = (void *)context->args[1];
    __u32 pid = BPF_CORE_READ(child, tgid), above = BPF_CORE_READ(parent, tgid);
    if (pid != BPF_CORE_READ(child, pid) || !is_tracked(above))
        return 0;
    __u8 one = 1;
    bpf_map_update_elem(&tracked, &pid, &one, BPF_ANY);
    struct event *event = begin(FORK);
    if (!event)
        return 0;
    event->head.start = BPF_CORE_READ(child, start_boottime);
    event->head.pid = pid;
    event->head.parent = above;
    send(event, 0);
    return 0;
}

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *context)
{
    struct event *event = begin(EXEC);
    if (!event)
        return 0;
    struct task_struct *task = (void *)context->args[0];
    struct linux_binprm *program = (void *)context->args[2];
    struct comm comm = {};
    bpf_get_current_comm(&comm, sizeof(comm));
    __u32 pid = event->head.pid;
    if (bpf_map_lookup_elem(&tools, &comm)) {
        __u8 one = 1;
        bpf_map_update_elem(&tracked, &pid, &one, BPF_ANY);
    }
    event->head.parent = BPF_CORE_READ(task, real_parent, tgid);
    __builtin_memset(event->data, 0, PATH);
    bpf_probe_read_kernel_str(event->data, PATH, BPF_CORE_READ(program, filename));
    unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
    unsigned long size = end - start;
    event->head.aux = size;
    if (size > ARGS - 1)
        size = ARGS - 1;
    if (size && bpf_probe_read_user(event->data + PATH, size & 4095 ? size : 1, (void *)start))
        size = 0;
    send(event, PATH + size);
    return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *task = (void *)context->args[0];
    __u32 pid = BPF_CORE_READ(task, tgid);
    if (pid != BPF_CORE_READ(task, pid))
        return 0;
    struct event *event = begin(EXIT);
    if (!event)
        return 0;
    event->head.aux = BPF_CORE_READ(task, exit_code);
    bpf_map_delete_elem(&tracked, &pid);
    send(event, 0);
    return 0;
}

#define ARG(regs, name) BPF_CORE_READ(regs, name)
SEC("raw_tp/sys_enter")
int on_call(struct bpf_raw_tracepoint_args *context)
{
    struct pt_regs *regs = (void *)context->args[0];
    int known;
    // numbers of x86-64; calls of 32-bit programs are not seen
    switch (context->args[1]) {
    case 2: // open
        known = is_tracked(bpf_get_current_pid_tgid() >> 32);
        return file(ARG(regs, si) & O_WRITES ? WRITE : READ, -100, (void *)ARG(regs, di), known);
    case 257: // openat
        known = is_tracked(bpf_get_current_pid_tgid() >> 32);
        return file(ARG(regs, dx) & O_WRITES ? WRITE : READ, ARG(regs, di), (void *)ARG(regs, si), known);
    case 437: { // openat2
        __u64 flags = 0;
        bpf_probe_read_user(&flags, 8, (void *)ARG(regs, dx));
        known = is_tracked(bpf_get_current_pid_tgid() >> 32);
        return file(flags & O_WRITES ? WRITE : READ, ARG(regs, di), (void *)ARG(regs, si), known);
    }
    }
    if (!is_tracked(bpf_get_current_pid_tgid() >> 32))
        return 0;
    switch (context->args[1]) {
    case 85: // creat
        return file(WRITE, -100, (void *)ARG(regs, di), 1);
    case 82: case 86: case 88: // rename, link, symlink
        return file(WRITE, -100, (void *)ARG(regs, si), 1);
    case 264: case 265: case 316: // renameat, linkat, renameat2
        return file(WRITE, ARG(regs, dx), (void *)ARG(regs, r10), 1);
    case 266: // symlinkat
        return file(WRITE, ARG(regs, si), (void *)ARG(regs, dx), 1);
    case 87: // unlink
        return removal(-100, (void *)ARG(regs, di));
    case 263: // unlinkat
        return removal(ARG(regs, di), (void *)ARG(regs, si));
    case 42: // connect
        return address(CONNECT, (void *)ARG(regs, si), ARG(regs, dx));
    case 49: // bind
        return address(BIND, (void *)ARG(regs, si), ARG(regs, dx));
    case 101: { // ptrace: attach, seize, write
        long request = ARG(regs, di);
        if (request != 16 && request != 0x4206 && request != 4 && request != 5)
            return 0;
        struct event *event = begin(TRACE);
        if (event) {
            event->head.aux = ARG(regs, si);
            event->data[0] = 'p';
            send(event, 1);
        }
        return 0;
    }
    case 310: case 311: { // process_vm_readv, process_vm_writev
        struct event *event = begin(TRACE);
        if (event) {
            event->head.aux = ARG(regs, di);
            event->data[0] = context->args[1] == 310 ? 'r' : 'w';
            if (event->head.aux != event->head.pid)
                send(event, 1);
        }
        return 0;
    }
    case 319: { // memfd_create
        struct event *event = begin(MEMFD);
        if (event) {
            long size = bpf_probe_read_user_str(event->data, PATH, (void *)ARG(regs, di));
            send(event, size > 0 ? size & (PATH - 1) : 0);
        }
        return 0;
    }
    }
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
