using System.Runtime.InteropServices;

namespace Bramble.Linux.Files;

/// <summary>
/// A folder that nothing opened through it can leave: the kernel resolves each path with RESOLVE_BENEATH and
/// RESOLVE_NO_MAGICLINKS (openat2(2)), so neither <c>..</c> nor a symlink made by a client gets out, whatever changes meanwhile.
/// In a sandbox without that call the same is done step by step (<see cref="BeneathWalk"/>).
/// </summary>
public sealed unsafe class BeneathDirectory : IDisposable
{
    private const int Retries = 8;

    // What the sandbox forbids stays forbidden.
    private static bool s_walks;

    private int _fd;

    private BeneathDirectory(int fd)
    {
        _fd = fd;
    }

    /// <summary>Opens a folder; symlinks on the way to it are followed.</summary>
    /// <returns>The folder, or null if it is not there or may not be entered; <paramref name="error"/> tells which.</returns>
    public static BeneathDirectory? TryOpen(string path, out BeneathOpenError error)
    {
        int fd = BeneathNative.Open(path, BeneathNative.OpenPath | BeneathNative.OpenDirectory | BeneathNative.OpenCloseOnExec, 0);
        error = fd < 0 ? ToError(Marshal.GetLastPInvokeError()) : BeneathOpenError.None;
        return fd < 0 ? null : new BeneathDirectory(fd);
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="relativePath">Path below the folder, with single slashes.</param>
    /// <param name="error">Why there is none.</param>
    /// <returns>The file, or null.</returns>
    public BeneathFile? TryOpenRead(string relativePath, out BeneathOpenError error) => TryOpenRead(relativePath, s_walks, out error);

    internal BeneathFile? TryOpenRead(string relativePath, bool walks, out BeneathOpenError error)
    {
        ArgumentNullException.ThrowIfNull(relativePath);
        if (relativePath.Contains('\0'))
        {
            error = BeneathOpenError.NotFound;
            return null;
        }

        // Not blocking: a pipe that a client left in its folder must not hold the loop.
        var how = new BeneathNative.OpenHow
        {
            Flags = BeneathNative.OpenReadOnly | BeneathNative.OpenNonBlock | BeneathNative.OpenNoTty | BeneathNative.OpenCloseOnExec,
            Resolve = BeneathNative.ResolveBeneath | BeneathNative.ResolveNoMagicLinks,
        };
        int fd = OpenBeneath(relativePath, ref how, walks, out error);
        if (fd < 0)
        {
            return null;
        }

        if (!BeneathFile.TryGetStatus(fd, out BeneathFileStatus status, out bool isRegular) || !isRegular)
        {
            error = BeneathOpenError.NotRegular;
            _ = BeneathNative.Close(fd);
            return null;
        }

        _ = BeneathNative.Advise(fd, 0, 0, BeneathNative.AdviseSequential);
        return new BeneathFile(fd, status);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = BeneathNative.Close(fd);
        }
    }

    private int OpenBeneath(string relativePath, ref BeneathNative.OpenHow how, bool walks, out BeneathOpenError error)
    {
        int code = 0;
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            int fd = walks ? BeneathWalk.Open(_fd, relativePath, (int)how.Flags, out code) : OpenBeneath(relativePath, ref how, out code);
            if (fd >= 0)
            {
                error = BeneathOpenError.None;
                return fd;
            }

            if (code == BeneathNative.ErrorNoSystemCall && !walks)
            {
                walks = s_walks = true;
                continue;
            }

            // EAGAIN: something was renamed while the path was checked, so nothing could be promised; ask again.
            if (code is not (BeneathNative.ErrorAgain or BeneathNative.ErrorInterrupted))
            {
                break;
            }
        }

        error = ToError(code);
        return -1;
    }

    private int OpenBeneath(string relativePath, ref BeneathNative.OpenHow how, out int code)
    {
        fixed (BeneathNative.OpenHow* pointer = &how)
        {
            nint fd = BeneathNative.OpenAt2(BeneathNative.SysOpenAt2, _fd, relativePath, pointer, (nuint)sizeof(BeneathNative.OpenHow));
            code = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)fd;
        }
    }

    private static BeneathOpenError ToError(int code) => code switch
    {
        BeneathNative.ErrorNoEntry or BeneathNative.ErrorNotDirectory or BeneathNative.ErrorNameTooLong => BeneathOpenError.NotFound,
        BeneathNative.ErrorAccess or BeneathNative.ErrorPermission => BeneathOpenError.Denied,
        BeneathNative.ErrorCrossDevice or BeneathNative.ErrorLoop => BeneathOpenError.Escapes,
        BeneathNative.ErrorIsDirectory or BeneathNative.ErrorNoDeviceOrAddress => BeneathOpenError.NotRegular,
        _ => BeneathOpenError.Failed,
    };
}
