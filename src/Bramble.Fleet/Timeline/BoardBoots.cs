using System.Text.Json.Serialization;
using Bramble.Fleet.Clients;

namespace Bramble.Fleet.Timeline;

/// <summary>The last boots of one board.</summary>
internal sealed record BoardBoots
{
    private readonly int _version = 1;
    private readonly IReadOnlyList<Boot> _boots = [];
    private readonly IReadOnlyList<BootLogLine> _log = [];

    /// <summary>Version of the record's form in its file.</summary>
    public int Version { get => _version; init => _version = Math.Max(1, value); }

    /// <summary>Whose.</summary>
    public required BoardRef Board { get; init; }

    /// <summary>Number of the last boot.</summary>
    public int LastNumber { get; init; }

    /// <summary>Its bootloader counts on after block 65535: it was seen to take a longer file.</summary>
    public bool CountsOn { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Boot> Boots { get => _boots; init => _boots = value ?? []; }

    /// <summary>The last lines of its bootloader's log, oldest first; only in the file, see <see cref="BootLogs"/>.</summary>
    public IReadOnlyList<BootLogLine> Log { get => _log; init => _log = value ?? []; }

    /// <summary>The present or last boot.</summary>
    [JsonIgnore]
    public Boot? Current => Boots.Count > 0 ? Boots[^1] : null;

    /// <summary>The one before.</summary>
    [JsonIgnore]
    public Boot? Previous => Boots.Count > 1 ? Boots[^2] : null;

    /// <summary>With the last boot replaced.</summary>
    public BoardBoots WithCurrent(Boot boot) => ReferenceEquals(boot, Current) ? this : this with { Boots = [.. Boots.Take(Boots.Count - 1), boot] };

    /// <summary>With one more boot; of more than <paramref name="kept"/> the oldest goes.</summary>
    public BoardBoots WithNew(Boot boot, int kept)
    {
        IEnumerable<Boot> before = Boots;
        if (Current is { } last && Previous is { } previous && last.Stage == previous.Stage && last.Stage <= BootStage.Firmware
            && last.TookEepromUpdate == previous.TookEepromUpdate)
        {
            // A board that fails the same way every few seconds must not push the good boots out of the history.
            before = [.. Boots.Take(Boots.Count - 2), last with { Repeats = previous.Repeats + 1 }];
        }

        Boot[] boots = [.. before, boot];
        return this with { Boots = boots.Length > kept ? boots[^kept..] : boots, LastNumber = boot.Number };
    }
}
