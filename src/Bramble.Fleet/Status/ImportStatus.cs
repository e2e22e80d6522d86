namespace Bramble.Fleet.Status;

/// <summary>An operating system image that is being imported, or was some minutes ago.</summary>
/// <param name="Name">What it is imported from: the name of the file, without its folder.</param>
/// <param name="Started">Since when, UTC.</param>
public sealed record ImportStatus(string Name, DateTimeOffset Started)
{
    /// <summary>What is being done, for people: <c>Decompressing</c>.</summary>
    public string Step { get; init; } = "";

    /// <summary>Bytes done in this step.</summary>
    public long Done { get; init; }

    /// <summary>Bytes of this step; 0 if not known.</summary>
    public long Total { get; init; }

    /// <summary>When it ended, UTC; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>How far this step is, 0 to 1; null if that is not known.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? Part => Total > 0 ? Math.Clamp((double)Done / Total, 0, 1) : null;

    /// <summary>How it stands, in a line for people.</summary>
    public override string ToString() =>
        Failure is not null ? $"{Name} was not imported: {Failure}"
        : Ended is not null ? $"{Name} is imported"
        : Part is { } part ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Importing {Name}: {Step}, {part * 100:0} %")
        : $"Importing {Name}: {Step}";
}
