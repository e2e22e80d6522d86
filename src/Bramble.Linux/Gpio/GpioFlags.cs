namespace Bramble.Linux.Gpio;

/// <summary>enum gpio_v2_line_flag and gpio_v2_line_attr_id (include/uapi/linux/gpio.h).</summary>
internal static class GpioFlags
{
    internal const ulong ActiveLow = 1 << 1;
    internal const ulong Input = 1 << 2;
    internal const ulong Output = 1 << 3;
    internal const ulong EdgeRising = 1 << 4;
    internal const ulong EdgeFalling = 1 << 5;
    internal const ulong PullUp = 1 << 8;
    internal const ulong PullDown = 1 << 9;
    internal const uint AttributeDebounce = 3;
}
