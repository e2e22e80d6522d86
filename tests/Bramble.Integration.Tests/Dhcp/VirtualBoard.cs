using System.Text.Json;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>What <c>virtual-pi storm</c> says of one board.</summary>
internal sealed record VirtualBoard(
    string Serial, string Mac, string Model, bool Loaded, double Seconds, string? Address, int Discovers, int Files, string Unverified, string? Fault)
{
    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static VirtualBoard Parse(string line) => JsonSerializer.Deserialize<VirtualBoard>(line, s_names)!;
}
