//! System calls that a process never needs, forbidden by seccomp(2). They answer EPERM, as to who may not.

use std::collections::BTreeMap;

use libc::{
    SYS_accept, SYS_accept4, SYS_acct, SYS_add_key, SYS_adjtimex, SYS_bind, SYS_bpf, SYS_chroot, SYS_clock_adjtime, SYS_clock_settime,
    SYS_connect, SYS_delete_module, SYS_execve, SYS_execveat, SYS_fanotify_init, SYS_finit_module, SYS_fsconfig, SYS_fsmount, SYS_fsopen,
    SYS_init_module, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup, SYS_kcmp, SYS_kexec_file_load, SYS_kexec_load,
    SYS_keyctl, SYS_listen, SYS_mount, SYS_move_mount, SYS_open_by_handle_at, SYS_open_tree, SYS_perf_event_open, SYS_personality,
    SYS_pidfd_getfd, SYS_pivot_root, SYS_process_vm_readv, SYS_process_vm_writev, SYS_ptrace, SYS_quotactl, SYS_reboot, SYS_request_key,
    SYS_setdomainname, SYS_sethostname, SYS_setns, SYS_settimeofday, SYS_socket, SYS_socketpair, SYS_swapoff, SYS_swapon, SYS_umount2,
    SYS_unshare, SYS_userfaultfd, c_long,
};
use seccompiler::{BpfProgram, Error, SeccompAction, SeccompFilter, apply_filter};

/// What no worker needs: other processes' memory, mounts, the kernel's modules and programs, the clock, the host's name.
const OF_THE_HOST: [c_long; 44] = [
    SYS_acct,
    SYS_add_key,
    SYS_adjtimex,
    SYS_bpf,
    SYS_chroot,
    SYS_clock_adjtime,
    SYS_clock_settime,
    SYS_delete_module,
    SYS_fanotify_init,
    SYS_finit_module,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fsopen,
    SYS_init_module,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_kcmp,
    SYS_kexec_file_load,
    SYS_kexec_load,
    SYS_keyctl,
    SYS_mount,
    SYS_move_mount,
    SYS_open_by_handle_at,
    SYS_open_tree,
    SYS_perf_event_open,
    SYS_personality,
    SYS_pidfd_getfd,
    SYS_pivot_root,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_ptrace,
    SYS_quotactl,
    SYS_reboot,
    SYS_request_key,
    SYS_setdomainname,
    SYS_sethostname,
    SYS_setns,
    SYS_settimeofday,
    SYS_swapoff,
    SYS_swapon,
    SYS_umount2,
    SYS_unshare,
    SYS_userfaultfd,
];

/// Programs and sockets, which softoken needs none of.
const BEYOND_FILES: [c_long; 9] =
    [SYS_accept, SYS_accept4, SYS_bind, SYS_connect, SYS_execve, SYS_execveat, SYS_listen, SYS_socket, SYS_socketpair];

/// How much is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Files alone are left.
    OnlyFiles,
    /// Programs and sockets are left: a module of somebody else may be a client of a server, or start one.
    OnlyThisProcess,
}

/// Forbids system calls to this thread and all that it starts.
///
/// # Errors
/// When there is no filter for this architecture, or the kernel refuses.
pub fn forbid(calls: Calls) -> Result<(), Error> {
    let more: &[c_long] = if calls == Calls::OnlyFiles { &BEYOND_FILES } else { &[] };
    let rules: BTreeMap<c_long, Vec<_>> = OF_THE_HOST.iter().chain(more).map(|call| (*call, Vec::new())).collect();
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    let program: BpfProgram = SeccompFilter::new(rules, SeccompAction::Allow, denied, architecture)?.try_into()?;
    apply_filter(&program)
}
