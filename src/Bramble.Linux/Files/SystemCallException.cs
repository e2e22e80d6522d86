using System.Runtime.InteropServices;

namespace Bramble.Linux.Files;

/// <summary>A system call failed. <see cref="Exception.HResult"/> is the error number, as the base library does it.</summary>
public sealed class SystemCallException : IOException
{
    internal SystemCallException(string what, int errorNumber)
        : base($"{what}: {Marshal.GetPInvokeErrorMessage(errorNumber)}", errorNumber)
    {
    }

    /// <summary>The error number, such as 28 for ENOSPC.</summary>
    public int ErrorNumber => HResult;

    internal static SystemCallException Last(string what) => new(what, Marshal.GetLastPInvokeError());
}
