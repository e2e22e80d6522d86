using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// Opens a path below a folder without leaving it. Each component is opened by itself and the kernel never follows a symlink: a symlink
/// is text that is walked in its turn, and <c>..</c> goes back to a folder that was entered before, whatever was renamed meanwhile.
/// </summary>
/// <remarks>
/// openat2(2) with RESOLVE_BENEATH would do the same in one call, but the unit's RestrictSUIDSGID= forbids that call: its flags are in memory
/// that a system call filter cannot read.
/// </remarks>
internal static unsafe class BeneathWalk
{
    // The kernel's own limit (path_resolution(7)).
    private const int MostLinks = 40;
    private const int LongestLink = 4096;

    /// <summary>Opens the file that a path leads to.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="path">Path below it.</param>
    /// <param name="flags">Flags of open(2) for the last component.</param>
    /// <param name="error">
    /// Why the result is null: EXDEV if the path leaves the folder, EAGAIN if it changed during the walk, else the error of openat(2).
    /// </param>
    /// <returns>The open file, or null.</returns>
    public static SafeFileHandle? Open(SafeFileHandle directory, string path, int flags, out int error)
    {
        var rest = new Stack<string>();
        var entered = new Stack<SafeFileHandle>();
        try
        {
            int links = 0;
            error = Push(rest, path);
            while (error == 0)
            {
                if (!rest.TryPop(out string? name))
                {
                    error = Errno.IsDirectory;
                }
                else if (name == "..")
                {
                    error = entered.TryPop(out SafeFileHandle? left) ? 0 : Errno.CrossDevice;
                    left?.Dispose();
                }
                else
                {
                    SafeFileHandle here = entered.TryPeek(out SafeFileHandle? top) ? top : directory;
                    SafeFileHandle next = Libc.OpenAt(here, name, Libc.OpenPath | Libc.OpenNoFollow | Libc.OpenCloseOnExec);
                    if (next.IsInvalid)
                    {
                        error = Marshal.GetLastPInvokeError();
                    }
                    else if (ReadLink(next) is { } target)
                    {
                        next.Dispose();
                        error = ++links > MostLinks ? Errno.Loop : Push(rest, target);
                    }
                    else if (rest.Count > 0)
                    {
                        // If it is not a folder, opening the next component fails.
                        entered.Push(next);
                    }
                    else
                    {
                        next.Dispose();
                        return OpenLast(here, name, flags, out error);
                    }
                }
            }

            return null;
        }
        finally
        {
            while (entered.TryPop(out SafeFileHandle? folder))
            {
                folder.Dispose();
            }
        }
    }

    private static SafeFileHandle? OpenLast(SafeFileHandle here, string name, int flags, out int error)
    {
        SafeFileHandle file = Libc.OpenAt(here, name, flags | Libc.OpenNoFollow);
        error = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;

        // ELOOP: it was replaced by a symlink since it was looked at. The caller tries again.
        error = error == Errno.Loop ? Errno.Again : error;
        return error == 0 ? file : null;
    }

    // Pushes the components in reverse, so that the first one is popped first.
    private static int Push(Stack<string> rest, string path)
    {
        if (path.Length == 0)
        {
            return Errno.NoEntry;
        }

        if (path[0] == '/')
        {
            return Errno.CrossDevice;
        }

        string[] names = path.Split('/');
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (names[i] is not ("" or "."))
            {
                rest.Push(names[i]);
            }
        }

        return 0;
    }

    /// <summary>The target of a symlink; null for anything else.</summary>
    private static string? ReadLink(SafeFileHandle file)
    {
        byte* text = stackalloc byte[LongestLink];
        nint length = Libc.ReadLinkAt(file, "", text, LongestLink);
        return length < 0 ? null : Encoding.UTF8.GetString(text, (int)length);
    }
}
