namespace Bramble.Storage.Contract;

/// <summary>One kernel of an image.</summary>
/// <param name="File">Its name in the boot tree.</param>
/// <param name="Version">Its release, such as <c>6.12.47+rpt-rpi-v8</c>; null if it could not be read.</param>
/// <param name="Architecture"><c>armv6</c>, <c>armv7</c> or <c>arm64</c>; null if it could not be told.</param>
/// <param name="Models">Models of the Raspberry Pi that it serves, by the device trees that the image has: <c>3</c>, <c>4</c>, <c>Zero 2</c>.</param>
public sealed record KernelInfo(string File, string? Version, string? Architecture, IReadOnlyList<string> Models);
