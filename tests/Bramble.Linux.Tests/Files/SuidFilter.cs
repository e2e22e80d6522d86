using System.Runtime.InteropServices;
using Bramble.Linux.Files;

namespace Bramble.Linux.Tests.Files;

/// <summary>
/// The part of the boot server's sandbox that decides how paths are resolved: NoNewPrivileges= and the system call filter that
/// RestrictSUIDSGID= adds, as systemd writes it (src/shared/seccomp-util.c, seccomp_restrict_sxid): openat2(2) fails with ENOSYS.
/// </summary>
internal static unsafe partial class SuidFilter
{
    private const int SetNoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const nint ModeFilter = 2;
    private const uint SysOpenAt2 = 437;
    private const uint ReturnErrno = 0x0005_0000;
    private const uint ReturnAllow = 0x7FFF_0000;
    private const int NoSystemCall = 38;

    /// <summary>Applies it to the calling thread, for good: use a thread of its own.</summary>
    public static void Apply()
    {
        // Load the number of the call, skip one instruction unless it is openat2, fail, allow.
        ulong* program = stackalloc ulong[4];
        program[0] = Instruction(0x20, 0, 0, 0);
        program[1] = Instruction(0x15, 0, 1, SysOpenAt2);
        program[2] = Instruction(0x06, 0, 0, ReturnErrno | NoSystemCall);
        program[3] = Instruction(0x06, 0, 0, ReturnAllow);
        var filter = new Filter { Length = 4, First = program };
        if (Prctl(SetNoNewPrivileges, 1, null, 0, 0) != 0 || Prctl(SetSeccomp, ModeFilter, &filter, 0, 0) != 0)
        {
            throw new IOException($"prctl: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        // Proves that the filter works: the resolver of the storage service, whose unit has no such line, needs openat2.
        using ForeignTree tree = ForeignTree.Open("/");
        if (tree.Exists("proc") || Marshal.GetLastPInvokeError() != NoSystemCall)
        {
            throw new InvalidOperationException("openat2(2) is still allowed.");
        }
    }

    private static ulong Instruction(ushort code, byte jumpTrue, byte jumpFalse, uint operand) =>
        code | ((ulong)jumpTrue << 16) | ((ulong)jumpFalse << 24) | ((ulong)operand << 32);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint second, Filter* third, nint fourth, nint fifth);

    /// <summary><c>struct sock_fprog</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Length;
        public ulong* First;
    }
}
