using System.Buffers.Binary;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Boards;

/// <summary>Tells which board, and which of its programs, sent a DHCP message.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Option 97" and "DISCOVER as sent".</remarks>
public static class BoardRecogniser
{
    private const int UuidLength = 17;

    // Option 55 as the boot ROM begins it, and as the EEPROM bootloader does. x86 PXE ROMs send the same option 60 and
    // 93, but list the subnet mask, time offset and name servers first.
    private static ReadOnlySpan<byte> Pi3Requests => [43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66];

    private static ReadOnlySpan<byte> Pi4Requests => [1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135];

    private static ReadOnlySpan<byte> PiVendorClass => "PXEClient:Arch:00000:UNDI:002001"u8;

    /// <summary>Recognises the sender of a packet by option 97, then the vendor prefix of its address, then its vendor class.</summary>
    public static BoardIdentity Recognise(DhcpPacket packet)
    {
        Span<byte> scratch = stackalloc byte[64];
        MacAddress mac = packet.Chaddr;
        PiFamily byOui = RaspberryPiOuis.FamilyOf(mac);
        if (packet.TryGetOption(DhcpOption.ClientMachineIdentifier, scratch, out ReadOnlySpan<byte> identifier)
            && RecogniseIdentifier(mac, identifier, byOui, packet) is { IsPi: true } board)
        {
            return board;
        }

        PiFamily family = byOui != PiFamily.None ? byOui : FamilyOfRequests(packet);
        return new BoardIdentity(mac, family, null, null, PiModel.Unknown);
    }

    /// <summary>Tells the programs of one board apart by options 60, 77 and 93.</summary>
    public static ClientStage StageOf(DhcpPacket packet, in BoardIdentity board)
    {
        Span<byte> scratch = stackalloc byte[256];
        if (!packet.TryGetOption(DhcpOption.VendorClass, scratch, out ReadOnlySpan<byte> vendorClass)
            || !(vendorClass.StartsWith("PXEClient"u8) || vendorClass.StartsWith("HTTPClient"u8)))
        {
            return ClientStage.OperatingSystem;
        }

        bool x86Bios = !packet.TryGetUInt16(DhcpOption.ClientArchitecture, out ushort architecture) || architecture == 0;
        return board.IsPi && x86Bios && !packet.HasOption(DhcpOption.UserClass) ? ClientStage.Firmware : ClientStage.Uefi;
    }

    private static BoardIdentity RecogniseIdentifier(MacAddress mac, ReadOnlySpan<byte> identifier, PiFamily byOui, DhcpPacket packet)
    {
        var unknown = new BoardIdentity(mac, PiFamily.None, null, null, PiModel.Unknown);
        if (identifier.Length != UuidLength || identifier[0] != 0)
        {
            return unknown;
        }

        ReadOnlySpan<byte> uuid = identifier[1..];
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(uuid);
        bool repeats = uuid[..12].SequenceEqual(uuid[4..]);
        if (repeats && first == 0x4444_4444)
        {
            // The boot ROM of a Pi 3 says only this; its serial comes with the next stage.
            return unknown with { Family = PiFamily.Pi3 };
        }

        if (repeats)
        {
            // Serial four times: Pi 3, EEPROMs before 2020-03, and DHCP_OPTION97=0. An empty UUID of a PC repeats too.
            PiFamily family = byOui != PiFamily.None ? byOui : FamilyOfRequests(packet);
            return first is 0 or uint.MaxValue || family == PiFamily.None
                ? unknown
                : unknown with { Family = family, Serial = new BoardSerial(first) };
        }

        var revision = new PiRevisionCode(BinaryPrimitives.ReadUInt32LittleEndian(uuid[4..]));
        PiFamily byFourCc = FamilyOfFourCc(uuid[..4]);

        // DHCP_OPTION97=... replaces the FourCC; revision and address in their places still give the board away.
        bool byShape = revision.Family != PiFamily.None && revision.Model != PiModel.Unknown
            && BinaryPrimitives.ReadUInt32BigEndian(uuid[8..]) == (uint)mac.Value;
        if (byFourCc == PiFamily.None && !byShape)
        {
            return unknown;
        }

        // A Pi 5 before 2023-10-30 said RPi4, so the revision's processor counts more than the FourCC.
        return new BoardIdentity(
            mac,
            revision.Family != PiFamily.None ? revision.Family : byFourCc,
            new BoardSerial(BinaryPrimitives.ReadUInt32LittleEndian(uuid[12..])),
            revision.IsNewStyle ? revision.Value : null,
            revision.Model);
    }

    // Both octet orders are on the wire: "RPi4" until about mid-2021, "4iPR" since.
    private static PiFamily FamilyOfFourCc(ReadOnlySpan<byte> fourCc)
    {
        if (fourCc.SequenceEqual("RPi4"u8) || fourCc.SequenceEqual("4iPR"u8))
        {
            return PiFamily.Pi4;
        }

        return fourCc.SequenceEqual("RPi5"u8) || fourCc.SequenceEqual("5iPR"u8) ? PiFamily.Pi5 : PiFamily.None;
    }

    private static PiFamily FamilyOfRequests(DhcpPacket packet)
    {
        Span<byte> scratch = stackalloc byte[256];
        if (!packet.TryGetOption(DhcpOption.VendorClass, scratch, out ReadOnlySpan<byte> vendorClass)
            || !vendorClass.SequenceEqual(PiVendorClass)
            || !packet.TryGetOption(DhcpOption.ParameterRequestList, scratch, out ReadOnlySpan<byte> requests))
        {
            return PiFamily.None;
        }

        if (requests.SequenceEqual(Pi4Requests))
        {
            return PiFamily.Pi4;
        }

        return requests.StartsWith(Pi3Requests) ? PiFamily.Pi3 : PiFamily.None;
    }
}
