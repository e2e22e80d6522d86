using System.Globalization;
using System.Text;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Stack;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// The log that the bootloader of a Pi 4 or 5 sends over the network (NETCONSOLE): a datagram for each thing it prints, from the address that
/// the setting names to the Ethernet address 00:00:00:00:00:00, whatever the setting says (docs/reference/pi-network-boot.md, "NETCONSOLE").
/// </summary>
internal sealed class NetworkLog(NetworkStack stack)
{
    private static readonly Ipv4Address s_source = Ipv4Address.Parse("169.254.1.1");
    private bool _begun;

    /// <summary>Logs a stage.</summary>
    public void Write(StageEvent stage)
    {
        if (!_begun)
        {
            _begun = true;
            // A line in two parts, and two lines in one.
            Send("Boot mode: NETWORK (02) ");
            Send("order f1\n");
            Send($"NET_BOOT: {stack.Mac} wait for link TFTP: 0.0.0.0\nLINK STATUS: speed: 1000 full duplex\n");
        }

        string fields = string.Join(' ', stage.Fields.Select(static f => string.Create(CultureInfo.InvariantCulture, $"{f.Key}={f.Value}")));
        Send($"{stage.Stage}: {fields}\n");
    }

    private void Send(string text) => stack.Send(default, 6665, Ipv4Address.Broadcast, 6666, Encoding.ASCII.GetBytes(text), s_source);
}
