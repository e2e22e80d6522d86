using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Devices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Input;

/// <summary>An input device, <c>/dev/input/eventN</c> (Documentation/input/event-codes.rst): any of its keys is the button.</summary>
public sealed unsafe class InputDevice : IButtonLine
{
    private const nuint GetName = 0x81004506;       // EVIOCGNAME(256)
    private const nuint GetKeyBits = 0x80604521;    // EVIOCGBIT(EV_KEY, 96)
    private const nuint GetKeyState = 0x80604518;   // EVIOCGKEY(96)
    private const nuint SetClock = 0x400445A0;      // EVIOCSCLOCKID
    private const int KeyBytes = 96;
    private const int ClockMonotonic = 1;
    private const ushort TypeSync = 0;
    private const ushort TypeKey = 1;
    private const ushort SyncDropped = 3;
    private const int ValueRepeat = 2;
    private const int Batch = 32;

    private readonly string _path;
    private readonly int _key;
    private int _fd;

    private InputDevice(string path, int fd, int key, string name) => (_path, _fd, _key, Name) = (path, fd, key, name);

    /// <summary>What the device calls itself.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int FileDescriptor => _fd;

    /// <summary>Opens a device.</summary>
    /// <param name="path">Such as <c>/dev/input/event0</c>.</param>
    /// <param name="key">The key that counts (KEY_PROG1 is 148), or 0 for all.</param>
    /// <returns>Null if it has no such key.</returns>
    /// <exception cref="SystemCallException">There is none, or no right to use it.</exception>
    public static InputDevice? Open(string path, int key)
    {
        int fd = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNonBlock | Libc.OpenCloseOnExec, 0);
        if (fd < 0)
        {
            throw SystemCallException.Last($"open {path}");
        }

        byte* name = stackalloc byte[256];
        byte* keys = stackalloc byte[KeyBytes];
        int clock = ClockMonotonic;
        int nameLength = Libc.Ioctl(fd, GetName, name);
        if (nameLength < 0 || Libc.Ioctl(fd, GetKeyBits, keys) < 0 || Libc.Ioctl(fd, SetClock, &clock) < 0)
        {
            SystemCallException failure = SystemCallException.Last($"{path} is no input device");
            _ = Libc.Close(fd);
            throw failure;
        }

        if (!HasKey(keys, key))
        {
            _ = Libc.Close(fd);
            return null;
        }

        return new InputDevice(path, fd, key, Encoding.UTF8.GetString(name, Math.Max(0, nameLength - 1)));
    }

    /// <inheritdoc/>
    public bool IsDown()
    {
        byte* keys = stackalloc byte[KeyBytes];
        return Libc.Ioctl(_fd, GetKeyState, keys) < 0 ? throw SystemCallException.Last($"state of {_path}") : HasKey(keys, _key);
    }

    /// <inheritdoc/>
    public void ReadEdges(Action<bool, TimeSpan> edge)
    {
        InputEvent* events = stackalloc InputEvent[Batch];
        nint length = Libc.Read(_fd, events, (nuint)(Batch * sizeof(InputEvent)));
        if (length < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is Errno.Again or Errno.Interrupted)
            {
                return;
            }

            throw SystemCallException.Last($"read {_path}");
        }

        for (int i = 0; i < length / sizeof(InputEvent); i++)
        {
            InputEvent one = events[i];
            var at = TimeSpan.FromTicks((one.Seconds * TimeSpan.TicksPerSecond) + (one.Microseconds * TimeSpan.TicksPerMicrosecond));
            if (one.Type == TypeKey && (_key == 0 || one.Code == _key) && one.Value != ValueRepeat)
            {
                edge(one.Value != 0, at);
            }
            else if (one.Type == TypeSync && one.Code == SyncDropped)
            {
                // Events were lost: what holds now is all that is known.
                edge(IsDown(), at);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private static bool HasKey(byte* keys, int key) =>
        key == 0 ? new ReadOnlySpan<byte>(keys, KeyBytes).ContainsAnyExcept((byte)0) : (keys[key >> 3] >> (key & 7) & 1) != 0;

    /// <summary>struct input_event of 64-bit kernels, 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct InputEvent
    {
        public long Seconds;
        public long Microseconds;
        public ushort Type;
        public ushort Code;
        public int Value;
    }
}
