using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Replay;

/// <summary>Looks for what is wrong with OFFERs beyond what the one board at hand would stumble over.</summary>
internal static class OfferCheck
{
    /// <summary>The objections, each a clause; empty when there are none.</summary>
    /// <param name="choice">The usable choice.</param>
    /// <param name="sentUuid">Option 97 of the DISCOVER.</param>
    public static IReadOnlyList<string> Objections(OfferChoice choice, ReadOnlySpan<byte> sentUuid)
    {
        var objections = new List<string>();
        DhcpReply boot = choice.BootOffer!;
        DhcpReply address = choice.AddressOffer!;
        if (boot.Option(43) is not null)
        {
            if (boot.Text(60)?.TrimEnd('\0') != "PXEClient")
            {
                objections.Add($"option 60 is '{boot.Text(60) ?? "absent"}', PXE wants PXEClient");
            }

            if (boot.Option(97) is not { } uuid || !sentUuid.SequenceEqual(uuid))
            {
                objections.Add("option 97 is not the one that was sent");
            }
        }

        if (boot.Text(66) is { } name && (name.Contains('\0', StringComparison.Ordinal) || !Ipv4Address.TryParse(name, out _)))
        {
            objections.Add($"option 66 '{name.Replace("\0", "\\0", StringComparison.Ordinal)}' is no plain dotted quad");
        }

        if (!boot.ServerAddress.IsAny && boot.ServerAddress != choice.TftpServer)
        {
            objections.Add($"siaddr {boot.ServerAddress} is not the TFTP server {choice.TftpServer}");
        }

        if (address.ServerIdentifier.IsAny)
        {
            objections.Add("option 54 is absent");
        }

        if (address.Option(51) is not [_, _, _, _] || address.SubnetMask.IsAny)
        {
            objections.Add("the address comes without lease time (51) or subnet mask (1)");
        }

        return objections;
    }
}
