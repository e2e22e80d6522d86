using System.Device.I2c;

namespace Bramble.Panel.Display;

/// <summary>Finds out whether a display answers at an address, and which kind it is.</summary>
public static class OledProbe
{
    /// <summary>Addresses that these displays can have, the usual one first.</summary>
    public static IReadOnlyList<byte> Addresses { get; } = [0x3C, 0x3D];

    /// <summary>Probes for a display. Only reads, so that another kind of device at that address is not disturbed.</summary>
    /// <returns>The most likely kind, or null if nothing answers.</returns>
    public static DisplayModel? Find(I2cDevice device) => TryReadStatus(device, out byte status) ? ModelOf(status) : null;

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
    internal static bool TryReadStatus(I2cDevice device, out byte status)
    {
        try
        {
            status = device.ReadByte();
            return true;
        }
        catch (IOException)
        {
            status = 0;
            return false;
        }
    }
}
