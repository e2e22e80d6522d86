using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// What a stage makes of the OFFERs that it got: one gives the address, the same or another one (ProxyDHCP) says
/// that this is a boot server and where TFTP is.
/// </summary>
internal sealed record OfferChoice
{
    /// <summary>The OFFER that gives an address.</summary>
    public DhcpReply? AddressOffer { get; private init; }

    /// <summary>The OFFER that names the boot server.</summary>
    public DhcpReply? BootOffer { get; private init; }

    /// <summary>Where files are asked for.</summary>
    public Ipv4Address TftpServer { get; private init; }

    /// <summary>The option that decided: 43 or 66.</summary>
    public int DecidedBy { get; private init; }

    /// <summary>Short name of what is missing; empty when the stage can go on.</summary>
    public string Lacks { get; private init; } = "";

    /// <summary>The same as a sentence.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>True when the stage can go on.</summary>
    public bool Usable => Lacks.Length == 0;

    /// <summary>Looks at the OFFERs of one DISCOVER, in order of arrival.</summary>
    public static OfferChoice Of(PiProfile profile, DhcpStage stage, IReadOnlyList<DhcpReply> offers)
    {
        string lacks = "no-offer";
        string reason = "no OFFER came.";
        DhcpReply? address = null;
        DhcpReply? boot = null;
        Ipv4Address server = default;
        int decidedBy = 0;
        foreach (DhcpReply offer in offers)
        {
            if (offer.Hops != 0 && profile.Bugs.HasFlag(RomBugs.HopsMustBeZero) && stage == DhcpStage.BootRom)
            {
                (lacks, reason) = ("relayed", $"the OFFER came with hops {offer.Hops}: the boot ROM drops relayed replies.");
                continue;
            }

            if (offer.PaddedBeforeEnd && !profile.UnderstandsPadding)
            {
                (lacks, reason) = ("padding", "the OFFER has zero padding before its end option: this EEPROM drops it.");
                continue;
            }

            if (address is null && !offer.YourAddress.IsAny)
            {
                address = offer;
            }

            if (TryBootServer(profile, stage, offer, out Ipv4Address found, out int by, ref lacks, ref reason)
                && (boot is null || (by == 66 && decidedBy == 43)))
            {
                (boot, server, decidedBy) = (offer, found, by);
            }
        }

        if (boot is not null && address is null)
        {
            (lacks, reason) = ("no-address", "a boot server answered, but nobody offered an address.");
        }

        return new OfferChoice
        {
            AddressOffer = address,
            BootOffer = boot,
            TftpServer = server,
            DecidedBy = decidedBy,
            Lacks = boot is not null && address is not null ? "" : lacks,
            Reason = boot is not null && address is not null ? "" : reason,
        };
    }

    private static bool TryBootServer(
        PiProfile profile, DhcpStage stage, DhcpReply offer, out Ipv4Address server, out int by, ref string lacks, ref string reason)
    {
        server = offer.ServerIdentifier;
        by = 43;
        // The boot ROM knows nothing of option 66.
        if (stage != DhcpStage.BootRom && offer.Text(66) is { } text)
        {
            by = 66;
            if (TryAddress(profile, text, out server))
            {
                return true;
            }

            if (profile.HasBootRom)
            {
                (lacks, reason) = ("option66", $"option 66 '{text.Replace("\0", "\\0")}' is no plain dotted quad.");
                return false;
            }

            by = 43;
            server = offer.ServerIdentifier;
        }

        if (offer.Option(43) is not { } menu)
        {
            (lacks, reason) = ("no-boot-option", stage == DhcpStage.BootRom
                ? "no OFFER has option 43 'Raspberry Pi Boot'."
                : "no OFFER has option 43 'Raspberry Pi Boot' or option 66; siaddr alone is not enough.");
            return false;
        }

        bool spaces = stage == DhcpStage.BootRom && profile.Bugs.HasFlag(RomBugs.ThreeSpaces);
        bool match = profile.HasBootRom ? PxeMenu.ContainsText(menu, spaces) : PxeMenu.HasEntry(menu, profile.ReadsWholeMenu);
        if (!match)
        {
            (lacks, reason) = ("boot-text", spaces
                ? "option 43 does not hold 'Raspberry Pi Boot' with three spaces after it."
                : "option 43 has no menu entry (PXE sub-option 9) 'Raspberry Pi Boot'.");
            return false;
        }

        if (server.IsAny)
        {
            (lacks, reason) = ("no-server-id", "the boot OFFER has no server identifier (option 54).");
            return false;
        }

        return true;
    }

    private static bool TryAddress(PiProfile profile, string text, out Ipv4Address address)
    {
        // A NUL at the end: newer firmware is taken to stop there; a Pi 3 is suspected to read past it.
        string quad = profile.HasBootRom ? text : text.TrimEnd('\0');
        if (quad.Contains('\0', StringComparison.Ordinal) || !Ipv4Address.TryParse(quad, out address))
        {
            address = default;
            return false;
        }

        if (profile.MisreadsShortOctets && quad[(quad.LastIndexOf('.') + 1)..] is { Length: < 3 } last)
        {
            // Seen: 192.168.0.21 read as 192.168.0.214.
            address = new Ipv4Address((address.Value & ~255u) | (byte)((int.Parse(last) * 10) + 4));
        }

        return true;
    }
}
