using System.Text;
using Bramble.Fleet.Beacon;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.Beacon;

public class UpBeaconTests
{
    private const string Token = "00112233445566778899aabbccddeeff";
    private const string BootId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    [Fact]
    public void A_beacon_is_read()
    {
        Assert.True(UpBeacon.TryParse(Encoding.ASCII.GetBytes($"bramble-up 1 pi-91cdf03d {Token} {BootId}\n"), out string client, out string token, out string bootId));
        Assert.Equal(("pi-91cdf03d", Token, BootId), (client, token, bootId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("bramble-up 1\n")]
    [InlineData($"bramble-up 1 pi {Token} {BootId}")]
    [InlineData($"bramble-up 2 pi {Token} {BootId}\n")]
    [InlineData($"bramble-up 1 pi {Token} {BootId} more\n")]
    [InlineData($"bramble-up 1  {Token} {BootId}\n")]
    [InlineData($"bramble-up 1 ../etc {Token} {BootId}\n")]
    [InlineData($"bramble-up 1 PI {Token} {BootId}\n")]
    [InlineData($"bramble-up 1 pi {Token}0 {BootId}\n")]
    [InlineData($"bramble-up 1 pi 00112233445566778899AABBCCDDEEFF {BootId}\n")]
    [InlineData($"bramble-up 1 pi {Token} {BootId}0\n")]
    [InlineData($"bramble-up 1 pi {Token} 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1g0\n")]
    [InlineData($"bramble-up 1 pi\n {Token} {BootId}\n")]
    [InlineData($"bramble-up 1 pi {Token} {BootId}\n\n")]
    public void Anything_else_is_refused(string text) =>
        Assert.False(UpBeacon.TryParse(Encoding.ASCII.GetBytes(text), out _, out _, out _));

    [Fact]
    public void No_bytes_make_it_throw() => Check.QuickThrowOnFailure(
        Prop.ForAll<byte[]>(bytes => !UpBeacon.TryParse(bytes, out _, out _, out _)));

    [Fact]
    public void No_damaged_beacon_makes_it_throw() => Check.QuickThrowOnFailure(
        Prop.ForAll<byte, int>((value, at) =>
        {
            byte[] bytes = Encoding.ASCII.GetBytes($"bramble-up 1 pi {Token} {BootId}\n");
            bytes[(int)((uint)at % (uint)bytes.Length)] = value;
            bool read = UpBeacon.TryParse(bytes, out _, out string token, out string bootId);
            return read ? token.Length == UpBeacon.TokenLength && bootId.Length == UpBeacon.BootIdLength : token.Length + bootId.Length == 0;
        }));
}
