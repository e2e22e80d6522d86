using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// A folder from which files are opened by paths of clients. No path leaves it: neither by <c>..</c> nor by a symlink that a client made,
/// whatever is renamed meanwhile. See <see cref="BeneathWalk"/>.
/// </summary>
public sealed class BeneathDirectory : IDisposable
{
    private const int Retries = 8;

    private readonly SafeFileHandle _folder;

    private BeneathDirectory(SafeFileHandle folder)
    {
        _folder = folder;
    }

    /// <summary>Opens a folder; symlinks on the way to it are followed.</summary>
    /// <returns>The folder, or null if it does not exist or may not be entered; <paramref name="error"/> says which.</returns>
    public static BeneathDirectory? TryOpen(string path, out BeneathOpenError error)
    {
        SafeFileHandle folder = Libc.OpenHandle(path, Libc.OpenPath | Libc.OpenDirectory | Libc.OpenCloseOnExec);
        error = folder.IsInvalid ? ToError(Marshal.GetLastPInvokeError()) : BeneathOpenError.None;
        return folder.IsInvalid ? null : new BeneathDirectory(folder);
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="relativePath">Path below the folder, with single slashes.</param>
    /// <param name="error">Why the result is null.</param>
    /// <returns>The file, or null.</returns>
    public BeneathFile? TryOpenRead(string relativePath, out BeneathOpenError error)
    {
        ArgumentNullException.ThrowIfNull(relativePath);
        error = BeneathOpenError.NotFound;
        SafeFileHandle? file = relativePath.Contains('\0') ? null : OpenBeneath(relativePath, out error);
        if (file is null)
        {
            return null;
        }

        if (!BeneathFile.TryGetStatus(file, out BeneathFileStatus status, out bool isRegular) || !isRegular)
        {
            error = BeneathOpenError.NotRegular;
            file.Dispose();
            return null;
        }

        _ = Libc.Advise(file, 0, 0, Libc.AdviseSequential);
        return new BeneathFile(file, status);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private SafeFileHandle? OpenBeneath(string relativePath, out BeneathOpenError error)
    {
        // Not blocking: a pipe that a client left in its folder must not hold the loop.
        const int Flags = Libc.OpenReadOnly | Libc.OpenNonBlock | Libc.OpenNoTty | Libc.OpenCloseOnExec;
        int code = Errno.Again;
        for (int attempt = 0; attempt < Retries && code is Errno.Again or Errno.Interrupted; attempt++)
        {
            SafeFileHandle? file = BeneathWalk.Open(_folder, relativePath, Flags, out code);
            if (file is not null)
            {
                error = BeneathOpenError.None;
                return file;
            }
        }

        error = ToError(code);
        return null;
    }

    private static BeneathOpenError ToError(int code) => code switch
    {
        Errno.NoEntry or Errno.NotDirectory or Errno.NameTooLong => BeneathOpenError.NotFound,
        Errno.Access or Errno.Permission => BeneathOpenError.Denied,
        Errno.CrossDevice or Errno.Loop => BeneathOpenError.Escapes,
        Errno.IsDirectory or Errno.NoDeviceOrAddress => BeneathOpenError.NotRegular,
        _ => BeneathOpenError.Failed,
    };
}
