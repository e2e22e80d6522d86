namespace Bramble.Appliance.Upgrade;

/// <summary>One file of an upgrade.</summary>
/// <param name="Name"><c>system</c>: the content of the system partition; <c>boot/PATH</c>: a file of the slot's folder on the boot partition;
/// <c>text/NAME</c>: a text for the boot loader, in which <c>@SLOT@</c> and <c>@GENERATION@</c> are filled in.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record UpgradePart(string Name, long Length, string Sha256)
{
    /// <summary>The content of the system partition.</summary>
    public const string System = "system";

    private const string BootPrefix = "boot/";
    private const string TextPrefix = "text/";

    /// <summary>The path inside the slot's folder on the boot partition; null if the part does not go there.</summary>
    public string? BootPath => Name.StartsWith(BootPrefix, StringComparison.Ordinal) ? Name[BootPrefix.Length..] : null;

    /// <summary>The name of a text for the boot loader; null if the part is none.</summary>
    public string? TextName => Name.StartsWith(TextPrefix, StringComparison.Ordinal) ? Name[TextPrefix.Length..] : null;
}
