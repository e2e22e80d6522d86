using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Files;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Mounts;

/// <summary>
/// A part of a file as a block device. Set up in one step (LOOP_CONFIGURE, kernel 5.8) and with autoclear: the kernel takes it down when its
/// last user is gone, so that a killed process leaves none behind once its mount is undone.
/// </summary>
public sealed unsafe class LoopDevice : IDisposable
{
    // include/uapi/linux/loop.h
    private const nuint ControlGetFree = 0x4C82;
    private const nuint Configure = 0x4C0A;
    private const int ConfigLength = 304;
    private const int InfoOffset = 8;
    private const uint FlagReadOnly = 1;
    private const uint FlagAutoclear = 4;
    private const int Attempts = 64;

    private readonly SafeFileHandle _device;

    private LoopDevice(SafeFileHandle device, string path)
    {
        _device = device;
        DevicePath = path;
    }

    /// <summary>Path of the device, such as <c>/dev/loop3</c>.</summary>
    public string DevicePath { get; }

    /// <summary>Sets a device up.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes; 0 for all up to the end.</param>
    /// <param name="readOnly">Refuses writes, at the device already.</param>
    /// <exception cref="SystemCallException">No loop devices here, or no right to use them.</exception>
    public static LoopDevice Attach(string file, long offset, long length, bool readOnly)
    {
        int mode = readOnly ? Libc.OpenReadOnly : Libc.OpenReadWrite;
        using SafeFileHandle backing = Open(file, mode | Libc.OpenNoFollow);
        using SafeFileHandle control = Open("/dev/loop-control", Libc.OpenReadWrite);
        return Attach(control, backing, mode, file, offset, length, readOnly);
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private static LoopDevice Attach(
        SafeFileHandle control, SafeFileHandle backing, int mode, string file, long offset, long length, bool readOnly)
    {
        byte* config = stackalloc byte[ConfigLength];
        Span<byte> bytes = new(config, ConfigLength);
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)backing.DangerousGetHandle());
        Span<byte> info = bytes[InfoOffset..];
        BinaryPrimitives.WriteUInt64LittleEndian(info[24..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(info[32..], (ulong)length);
        BinaryPrimitives.WriteUInt32LittleEndian(info[52..], FlagAutoclear | (readOnly ? FlagReadOnly : 0));
        byte[] name = Encoding.UTF8.GetBytes(file);
        name.AsSpan(0, Math.Min(name.Length, 63)).CopyTo(info[56..]);

        // Between "this one is free" and taking it another process may be quicker: then ask again.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int number = Libc.Ioctl(control, ControlGetFree, 0);
            if (number < 0)
                throw SystemCallException.Last("find a free loop device");
            string path = $"/dev/loop{number}";
            SafeFileHandle device = Open(path, mode);
            if (Libc.Ioctl(device, Configure, config) == 0)
                return new LoopDevice(device, path);
            int error = Marshal.GetLastPInvokeError();
            device.Dispose();
            if (error != Errno.Busy)
                throw new SystemCallException($"set up {path} for {file}", error);
        }

        throw new SystemCallException("find a free loop device", Errno.Busy);
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        SafeFileHandle handle = Libc.OpenHandle(path, flags | Libc.OpenCloseOnExec);
        return handle.IsInvalid ? throw SystemCallException.Last($"open {path}") : handle;
    }
}
