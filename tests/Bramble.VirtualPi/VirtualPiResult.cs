using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi;

/// <summary>How a boot ended.</summary>
/// <param name="Succeeded">True when everything that was asked for came about.</param>
/// <param name="Loaded">What the firmware loaded; null when it stood still before.</param>
/// <param name="Fault">The fault event; null when there was none.</param>
/// <param name="QemuPid">Process id of a QEMU that was left running; 0 otherwise.</param>
public sealed record VirtualPiResult(bool Succeeded, LoadedSystem? Loaded, StageEvent? Fault, int QemuPid = 0);
