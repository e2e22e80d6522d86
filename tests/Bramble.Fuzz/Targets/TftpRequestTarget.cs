using System.Text;
using Bramble.Fleet.BootFiles;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>The TFTP codec, the folding of names into the virtual view, and the negotiation of options.</summary>
internal sealed class TftpRequestTarget : IFuzzTarget
{
    private static readonly string[] s_names = ["blksize", "tsize", "timeout", "utimeout", "windowsize"];
    private static readonly int[] s_mtus = [0, 68, 576, 1400, 1500, 9000, 65536];

    public string Name => "tftp-request";

    public Mutator Mutator { get; } = TextMutations.Of(
        0, "octet", "NETASCII", "mail", "blksize", "BLKSIZE", "tsize", "timeout", "utimeout", "windowsize", "multicast", "0", "1", "7", "8", "255", "256", "1468",
        "9999", "10000", "65464", "65465", "65535", "65536", "255000000", "9223372036854775807", "-1", "+5", "1e3", "", "..", "../", "./", "//", "\\", "é", "\u007f",
        "7bf18f79//config.txt", "91cdf03d/", "dc-a6-32-01-02-03/start4.elf");

    public IEnumerable<byte[]> Seeds =>
    [
        Request(1, "7bf18f79//config.txt", "octet", "tsize", "0", "blksize", "1468"),
        Request(1, "bootcode.bin", "octet"),
        Request(1, "8b07bcc6/start.elf", "octet", "tsize", "0"),
        Request(2, "up", "netascii", "windowsize", "16", "rollover", "0", "UTIMEOUT", "500000", "timeout", "3", "TSIZE", "0", "multicast", "", "blkSize", "8"),
        [0, 4, 0, 7],
        [0, 3, 0, 1, 1, 2, 3],
        [0, 5, 0, 0, .. "Early terminate\0"u8],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        ReadRunning(input);
        if (!TftpRequest.TryRead(input, out TftpRequest request))
        {
            Coverage.Outcome(1);
            return;
        }

        Coverage.Outcome(100 + ((int)request.Mode * 8) + request.Options.Count);
        string path = FoldName(request.FileName);
        CheckOptions(request.Options);
        foreach (int mtu in s_mtus)
        {
            Negotiate(request.Options, mtu);
        }

        byte[] copy = new byte[input.Length + path.Length + 200];
        int length = TftpPacketWriter.WriteRequest(copy, request.Opcode, path, "octet", request.Options);
        Require(TftpRequest.TryRead(copy.AsSpan(0, length), out TftpRequest again), "a request that was written is not read");
        Require(Same(request.Options, again.Options), "options change when they are written and read");
    }

    private static void ReadRunning(ReadOnlySpan<byte> input)
    {
        bool known = TftpPacketReader.TryReadOpcode(input, out _);
        bool any = TftpPacketReader.TryReadAcknowledgment(input, out _) | TftpPacketReader.TryReadData(input, out _, out _)
            | TftpPacketReader.TryReadError(input, out _, out ReadOnlySpan<byte> message);
        Require(known || !any, "a packet without an opcode is read");
        Require(!message.Contains((byte)0), "an error's text holds its end");
    }

    private static string FoldName(ReadOnlySpan<byte> name)
    {
        Require(!TftpPath.ForLog(name).AsSpan().ContainsAnyExceptInRange(' ', '~'), "a name for the log holds what can harm a terminal");
        if (!TftpPath.TryFold(name, out string? path))
        {
            Coverage.Outcome(2);
            return "";
        }

        Require(path.Length is > 0 and <= TftpPath.MaxLength, $"a folded name has an impossible length: {path.Length}");
        foreach (string segment in path.Split('/'))
        {
            Require(segment.Length > 0 && segment is not ("." or ".."), $"a folded name leaves its folder: {path}");
        }

        Require(!path.Contains('\\') && !path.Any(char.IsControl) || path.Any(c => c is >= '\u0080' and <= '\u009f'), $"a folded name holds a control character: {path}");
        Require(TftpPath.TryFold(Encoding.UTF8.GetBytes(path), out string? twice) && twice == path, $"folding twice is not folding once: {path}");
        BootPath board = BootPath.Parse(path);
        Require(path.EndsWith(board.Rest, StringComparison.Ordinal) && board.Rest.Length > 0, $"the name below the prefix is not the name's end: {path}");
        Require(board.HasPrefix == (board.Rest.Length < path.Length), $"a prefix is lost: {path}");
        return path;
    }

    private static void CheckOptions(in TftpOptionSet options)
    {
        int kinds = 0;
        for (int i = 0; i < options.Count; i++)
        {
            TftpOptionKind kind = options.KindAt(i);
            Require((kinds & (1 << (int)kind)) == 0, $"an option counts twice: {kind}");
            kinds |= 1 << (int)kind;
            long value = options.ValueOf(kind);
            bool right = kind switch
            {
                TftpOptionKind.BlockSize => value is >= 8 and <= 65464,
                TftpOptionKind.TransferSize => value >= 0,
                TftpOptionKind.Timeout => value is >= 1 and <= 255,
                TftpOptionKind.MicroTimeout => value is >= 10_000 and <= 255_000_000,
                TftpOptionKind.WindowSize => value is >= 1 and <= 65535,
                _ => false,
            };
            Require(right, $"an option out of its range is taken: {kind} {value}");
        }
    }

    private static void Negotiate(in TftpOptionSet requested, int mtu)
    {
        TransferParameters parameters = OptionNegotiation.Decide(requested, 123_456, mtu, new TftpOptions(), out TftpOptionSet accepted);
        CheckOptions(accepted);
        Require(accepted.Count == requested.Count, "a valid option is not answered");
        Require(parameters.BlockSize is >= 8 and <= 65464 && parameters.WindowSize is >= 1 and <= 64, "a transfer's numbers are impossible");
        Require(requested.BlockSize == 0 || parameters.BlockSize <= requested.BlockSize, "a block is larger than was asked for");
        Require(mtu == 0 || requested.BlockSize == 0 || parameters.BlockSize == 8 || parameters.BlockSize + 32 <= mtu, "a block does not fit the MTU");
        Require(parameters.FirstTimeout >= TimeSpan.TicksPerSecond && parameters.DataTimeout > 0 && parameters.MaxTimeout >= parameters.DataTimeout, "a time-out is impossible");

        byte[] packet = new byte[TftpPacketWriter.MaxControlLength];
        int length = TftpPacketWriter.WriteOptionAcknowledgment(packet, accepted);
        string[] words = Encoding.ASCII.GetString(packet, 2, length - 2).Split('\0')[..^1];
        Require(words.Length == 2 * accepted.Count, "an OACK has other words than its options");
        for (int i = 0; i < accepted.Count; i++)
        {
            Require(words[2 * i] == s_names[(int)requested.KindAt(i) - 1], "an OACK has another order than the request");
            Require(words[(2 * i) + 1] == accepted.ValueOf(accepted.KindAt(i)).ToString(), "an OACK has another value than was agreed");
        }
    }

    private static bool Same(in TftpOptionSet a, in TftpOptionSet b)
    {
        for (int i = 0; i < a.Count; i++)
        {
            if (i >= b.Count || a.KindAt(i) != b.KindAt(i) || a.ValueOf(a.KindAt(i)) != b.ValueOf(b.KindAt(i)))
            {
                return false;
            }
        }

        return a.Count == b.Count;
    }

    private static byte[] Request(byte opcode, params string[] strings) => [0, opcode, .. strings.SelectMany(s => Encoding.UTF8.GetBytes(s + "\0"))];
}
