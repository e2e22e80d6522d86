using Bramble.Panel.Leds;
using Bramble.Panel.Pages;

namespace Bramble.Panel;

/// <summary>What the panel shows at one moment, for those who look from afar.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Bits">The pixels, as <see cref="Drawing.Canvas.Bits"/>.</param>
/// <param name="IsOn">False while the display sleeps.</param>
/// <param name="Page">The page.</param>
/// <param name="Signal">What the status LED tells.</param>
internal sealed record PanelSnapshot(int Width, int Height, byte[] Bits, bool IsOn, PageKind Page, LedSignal Signal);
