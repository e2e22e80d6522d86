using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bramble.Eeprom;
using Xunit;

namespace Bramble.Tests.Eeprom;

public sealed class EepromImageTests
{
    private const string Settings = "[all]\nBOOT_UART=0\nBOOT_ORDER=0xf41\nPOWER_OFF_ON_HALT=0\n";

    [Theory]
    [InlineData(512 << 10, true)]
    [InlineData(512 << 10, false)]
    [InlineData(2 << 20, true)]
    public void Settings_are_read_and_replaced_and_nothing_else_is_changed(int size, bool more)
    {
        byte[] image = Make(size, more);
        Assert.Equal(Settings, EepromImage.ReadSettings(image));
        foreach (string other in (string[])["[all]\nBOOT_ORDER=0xf21\n", Settings + new string('#', 1500) + "\n", Settings])
        {
            byte[] made = EepromImage.WithSettings(image, other);
            Assert.Equal(image.Length, made.Length);
            Assert.Equal(other, EepromImage.ReadSettings(made));
            Assert.Equal(image[..4096], made[..4096]);
            // What comes after keeps its place, and is found over the padding.
            Assert.Equal(image[8192..], made[8192..]);
            Assert.Equal(Settings, EepromImage.ReadSettings(EepromImage.WithSettings(made, Settings)));
        }
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        Assert.Throws<FormatException>(() => EepromImage.ReadSettings(new byte[100]));
        Assert.Throws<FormatException>(() => EepromImage.ReadSettings(new byte[512 << 10]));
        byte[] random = new byte[512 << 10];
        new Random(1).NextBytes(random);
        Assert.Throws<FormatException>(() => EepromImage.ReadSettings(random));
        byte[] cut = Make(512 << 10, more: true);
        BinaryPrimitives.WriteUInt32BigEndian(cut.AsSpan(4), uint.MaxValue);
        Assert.Throws<FormatException>(() => EepromImage.ReadSettings(cut));
        Assert.Throws<FormatException>(() => EepromImage.WithSettings(Make(512 << 10, more: true), new string('#', 3000)));
    }

    [Fact]
    public void A_card_holds_the_image_with_the_order_and_its_signature()
    {
        IReadOnlyList<(string Name, byte[] Content)> files = PrepCard.EepromFiles([1, 2, 3], Make(512 << 10, more: false), "0xf21", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        Assert.Equal(["recovery.bin", "pieeprom.bin", "pieeprom.sig"], files.Select(static f => f.Name));
        Assert.Equal("[all]\nBOOT_UART=0\nBOOT_ORDER=0xf21\nPOWER_OFF_ON_HALT=0\n", EepromImage.ReadSettings(files[1].Content));
        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(files[1].Content))}\nts: 1700000000\n", Encoding.ASCII.GetString(files[2].Content));
    }

    [Theory]
    [InlineData("", "[all]\nBOOT_ORDER=0xf2\n")]
    [InlineData("[all]\nBOOT_UART=1\n", "[all]\nBOOT_ORDER=0xf2\nBOOT_UART=1\n")]
    [InlineData("[pi4]\nBOOT_ORDER=0xf1\n[all]\nBOOT_ORDER=0xf4\n", "[pi4]\nBOOT_ORDER=0xf2\n[all]\n")]
    public void The_order_takes_the_place_of_the_one_that_is_there(string settings, string expected) =>
        Assert.Equal(expected.Replace("\n\n", "\n", StringComparison.Ordinal), PrepCard.WithOrder(settings, "0xf2").Replace("\n\n", "\n", StringComparison.Ordinal));

    /// <summary>A bootloader, the settings on a page of 4 KiB, and perhaps one more section after it.</summary>
    private static byte[] Make(int size, bool more)
    {
        byte[] image = new byte[size];
        Array.Fill(image, (byte)0xff);
        Section(image, 0, 0x55aaf00f, new byte[4096 - 8]);
        byte[] file = [.. "bootconf.txt"u8, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Settings)];
        Section(image, 4096, 0x55aaf11f, file);
        int rest = (4096 + 8 + file.Length + 7) & ~7;
        Section(image, rest, 0x55aafeef, new byte[8192 - rest - 8]);
        if (more)
        {
            Section(image, 8192, 0x55aaf11f, [.. "pubkey.bin"u8, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]);
        }

        return image;
    }

    private static void Section(byte[] image, int at, uint magic, byte[] content)
    {
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at), magic);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at + 4), (uint)content.Length);
        content.CopyTo(image.AsSpan(at + 8));
    }
}
