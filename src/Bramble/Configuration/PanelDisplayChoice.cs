using Bramble.Panel.Display;

namespace Bramble.Configuration;

/// <summary>Which display.</summary>
/// <param name="IsOff">None.</param>
/// <param name="Model">What it is; null: found by looking.</param>
internal sealed record PanelDisplayChoice(bool IsOff, DisplayModel? Model);
