using Bramble.Linux.I2c;

namespace Bramble.Panel.Display;

/// <summary>Finds out whether there is a display at an address, and which.</summary>
public static class OledProbe
{
    /// <summary>Addresses that these displays can have, the usual one first.</summary>
    public static IReadOnlyList<byte> Addresses { get; } = [0x3C, 0x3D];

    /// <summary>Looks for a display. Only reads: a stranger's device at that address is not disturbed.</summary>
    /// <returns>What it most likely is, or null if nobody answers.</returns>
    public static DisplayModel? Find(II2cBus bus, byte address) => TryReadStatus(bus, address, out byte status) ? ModelOf(status) : null;

    /// <summary>
    /// The model by the lower half of the status byte. The datasheets leave it open; known modules answer 8 (SH1106), 6 (SSD1306, 64 rows) and
    /// 3 (SSD1306, 32 rows). Others are taken for the most common one; the configuration can say otherwise.
    /// </summary>
    internal static DisplayModel ModelOf(byte status) => (status & 0x0F) switch
    {
        0x8 => DisplayModel.Sh1106,
        0x3 => DisplayModel.Ssd1306At32,
        _ => DisplayModel.Ssd1306At64,
    };

    /// <summary>Reads the status byte.</summary>
    internal static bool TryReadStatus(II2cBus bus, byte address, out byte status)
    {
        Span<byte> one = stackalloc byte[1];
        try
        {
            bus.Read(address, one);
            status = one[0];
            return true;
        }
        catch (IOException)
        {
            status = 0;
            return false;
        }
    }
}
