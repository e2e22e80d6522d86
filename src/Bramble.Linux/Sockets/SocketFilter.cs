using System.Runtime.InteropServices;
using Bramble.Linux.Native;

namespace Bramble.Linux.Sockets;

/// <summary>
/// A packet filter that the kernel runs before a packet enters a socket's queue (SO_ATTACH_FILTER, classic BPF): all of its
/// conditions must hold, and a packet that is too short for one of them fails it. Offsets count from the first octet that the
/// socket sees: the Ethernet header for a packet socket, the UDP header for a UDP socket. Numbers are as they read in network order.
/// </summary>
public sealed unsafe class SocketFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort LoadHalfBehindIndex = 0x48;
    private const ushort LoadLength = 0x80;
    private const ushort LoadIpHeaderLength = 0xB1;
    private const ushort And = 0x54;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfGreater = 0x25;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort Return = 0x06;

    private readonly List<Instruction> _program = [];

    /// <summary>The octet is this one.</summary>
    public SocketFilter ByteIs(int offset, byte value) => Load(LoadByte, offset).Require(JumpIfEqual, value);

    /// <summary>The octet is no more than this.</summary>
    public SocketFilter ByteIsAtMost(int offset, byte value)
    {
        // Greater goes to the end: the two branches the other way round.
        Load(LoadByte, offset);
        _program.Add(new Instruction(JumpIfGreater, byte.MaxValue, 0, value));
        return this;
    }

    /// <summary>The two octets, of which only the bits in <paramref name="mask"/> count, are this number.</summary>
    public SocketFilter HalfIs(int offset, ushort value, ushort mask = ushort.MaxValue) => Load(LoadHalf, offset).Masked(mask, ushort.MaxValue).Require(JumpIfEqual, value);

    /// <summary>The four octets, of which only the bits in <paramref name="mask"/> count, are this number.</summary>
    public SocketFilter WordIs(int offset, uint value, uint mask = uint.MaxValue) => Load(LoadWord, offset).Masked(mask, uint.MaxValue).Require(JumpIfEqual, value);

    /// <summary>The two octets at <paramref name="offset"/> behind an IPv4 header, whose length its own first octet tells, are this number.</summary>
    public SocketFilter HalfBehindIpHeaderIs(int ipHeader, int offset, ushort value) =>
        Load(LoadIpHeaderLength, ipHeader).Load(LoadHalfBehindIndex, ipHeader + offset).Require(JumpIfEqual, value);

    /// <summary>The packet has at least this many octets.</summary>
    public SocketFilter LengthIsAtLeast(int length) => Load(LoadLength, 0).Require(JumpIfAtLeast, (uint)length);

    /// <summary>Puts the filter on a socket, in the place of the one that it has. False, with the reason in errno, if the kernel refuses.</summary>
    internal bool TryAttach(int fd)
    {
        int length = _program.Count;
        Span<Instruction> whole = stackalloc Instruction[length + 2];
        for (int i = 0; i < length; i++)
        {
            // The last instruction drops; jumps count from the one behind them.
            byte toDrop = (byte)(length - i);
            Instruction at = _program[i];
            whole[i] = at with { JumpTrue = at.JumpTrue == byte.MaxValue ? toDrop : at.JumpTrue, JumpFalse = at.JumpFalse == byte.MaxValue ? toDrop : at.JumpFalse };
        }

        whole[length] = new Instruction(Return, 0, 0, 0x40000);
        whole[length + 1] = new Instruction(Return, 0, 0, 0);
        fixed (Instruction* first = whole)
        {
            var program = new Program { Length = (ushort)whole.Length, First = first };
            return Libc.SetSocketOption(fd, Libc.SolSocket, Libc.SoAttachFilter, &program, (uint)sizeof(Program)) == 0;
        }
    }

    private SocketFilter Load(ushort code, int offset)
    {
        _program.Add(new Instruction(code, 0, 0, (uint)offset));
        return this;
    }

    private SocketFilter Masked(uint mask, uint all)
    {
        if (mask != all)
        {
            _program.Add(new Instruction(And, 0, 0, mask));
        }

        return this;
    }

    private SocketFilter Require(ushort jump, uint value)
    {
        _program.Add(new Instruction(jump, 0, byte.MaxValue, value));
        return this;
    }

    /// <summary><c>struct sock_filter</c>; in <see cref="_program"/> a jump of 255 stands for the end that drops.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);

    /// <summary><c>struct sock_fprog</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* First;
    }
}
