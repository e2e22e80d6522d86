namespace Bramble.Storage.Contract;

/// <summary>One change that an import or a clone made to the operating system.</summary>
/// <param name="Name">Stable name of the step, such as <c>fstab</c> or <c>first-boot-resize</c>.</param>
/// <param name="File">The file, relative to the root tree (or <c>boot/…</c> for the boot tree).</param>
/// <param name="Before">What was there, shortened; empty if nothing.</param>
/// <param name="After">What is there now, shortened; empty if removed.</param>
public sealed record EditStep(string Name, string File, string Before, string After);
