using System.Runtime.InteropServices;

namespace Bramble.Linux.Files;

/// <summary>
/// What openat2(2) does with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, for where it may not be called: systemd's RestrictSUIDSGID= takes it
/// away whole. Each component is opened by itself and never followed by the kernel; <c>..</c> goes back to a folder that was entered before,
/// whatever was renamed meanwhile, and a symlink is text that is walked in its turn.
/// </summary>
internal static unsafe class BeneathWalk
{
    // As many as the kernel follows (path_resolution(7)).
    private const int MostLinks = 40;
    private const int LongestLink = 4096;

    /// <summary>Opens what a path leads to.</summary>
    /// <param name="directory">The folder that is not left.</param>
    /// <param name="path">Below it.</param>
    /// <param name="flags">How the last component is opened.</param>
    /// <param name="error">The errno where there is nothing; as openat2 has it.</param>
    /// <returns>The open file, or -1.</returns>
    public static int Open(int directory, string path, int flags, out int error)
    {
        var rest = new Stack<string>();
        var entered = new Stack<int>();
        try
        {
            int links = 0;
            error = Push(rest, path);
            while (error == 0)
            {
                if (!rest.TryPop(out string? name))
                {
                    error = BeneathNative.ErrorIsDirectory;
                }
                else if (name == "..")
                {
                    error = entered.TryPop(out int left) ? 0 : BeneathNative.ErrorCrossDevice;
                    Close(left);
                }
                else
                {
                    int here = entered.TryPeek(out int top) ? top : directory;
                    int fd = BeneathNative.OpenAt(here, name, BeneathNative.OpenPath | BeneathNative.OpenNoFollow | BeneathNative.OpenCloseOnExec, 0);
                    if (fd < 0)
                    {
                        error = Marshal.GetLastPInvokeError();
                    }
                    else if (ReadLink(fd) is { } target)
                    {
                        Close(fd);
                        error = ++links > MostLinks ? BeneathNative.ErrorLoop : Push(rest, target);
                    }
                    else if (rest.Count > 0)
                    {
                        // Where it is no folder, the next component says so.
                        entered.Push(fd);
                    }
                    else
                    {
                        Close(fd);
                        fd = BeneathNative.OpenAt(here, name, flags | BeneathNative.OpenNoFollow, 0);
                        error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;

                        // It has become a symlink since: once more from the start.
                        error = error == BeneathNative.ErrorLoop ? BeneathNative.ErrorAgain : error;
                        return fd;
                    }
                }
            }

            return -1;
        }
        finally
        {
            while (entered.TryPop(out int fd))
            {
                Close(fd);
            }
        }
    }

    // The components, so that the first comes off first.
    private static int Push(Stack<string> rest, string path)
    {
        if (path.Length == 0)
        {
            return BeneathNative.ErrorNoEntry;
        }

        if (path[0] == '/')
        {
            return BeneathNative.ErrorCrossDevice;
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

    // Null where it is no symlink.
    private static string? ReadLink(int fd)
    {
        byte* text = stackalloc byte[LongestLink];
        nint length = BeneathNative.ReadLinkAt(fd, "", text, LongestLink);
        return length < 0 ? null : Marshal.PtrToStringUTF8((nint)text, (int)length);
    }

    private static void Close(int fd)
    {
        if (fd > 0)
        {
            _ = BeneathNative.Close(fd);
        }
    }
}
