using Bramble.Panel.Drawing;
using Bramble.Panel.Pages;

namespace Bramble.Panel.Control;

/// <summary>What the display has to show.</summary>
/// <param name="Page">The page.</param>
/// <param name="Picture">Its picture.</param>
/// <param name="IsOn">False while it sleeps.</param>
/// <param name="Contrast">Brightness, 0 to 255.</param>
public sealed record PanelFrame(PageKind Page, Canvas Picture, bool IsOn, byte Contrast);
