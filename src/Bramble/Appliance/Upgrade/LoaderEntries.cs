using System.Globalization;
using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Appliance.Upgrade;

/// <summary>
/// A PC: entries of systemd-boot. An entry with <c>+1</c> in its name has one try; the boot loader makes <c>+0-1</c> of it when it starts it, and takes another
/// entry from then on, unless the count is removed from the name (Automatic Boot Assessment).
/// </summary>
/// <param name="bootFolder">Where the boot partition is mounted.</param>
internal sealed class LoaderEntries(string bootFolder) : ISystemStarter
{
    /// <summary>The text of an upgrade that becomes the entry.</summary>
    public const string TextName = "entry.conf";

    private readonly string _folder = Path.Combine(bootFolder, "loader", "entries");

    /// <inheritdoc/>
    public bool CanTry => true;

    /// <inheritdoc/>
    public string RestartParameter => "";

    /// <inheritdoc/>
    public bool IsKept(char slot) => File.Exists(Path.Combine(_folder, $"bramble-{slot}.conf"));

    /// <inheritdoc/>
    public bool HasFailed(char slot) => !IsKept(slot) && Directory.EnumerateFiles(_folder, $"bramble-{slot}+0-*.conf").Any();

    /// <inheritdoc/>
    public void Withdraw(char slot)
    {
        foreach (string entry in Entries(slot))
        {
            File.Delete(entry);
        }

        AtomicFile.SyncFilesystem(_folder);
    }

    /// <inheritdoc/>
    public void TryOnce(char slot, IReadOnlyDictionary<string, string> texts)
    {
        if (!texts.TryGetValue(TextName, out string? text))
        {
            throw new UpgradeException("the upgrade has no entry for this machine's boot loader");
        }

        int generation = Directory.EnumerateFiles(_folder, "bramble-*.conf").Select(GenerationOf).Append(0).Max() + 1;
        string entry = text.Replace("@SLOT@", slot.ToString(), StringComparison.Ordinal).Replace("@GENERATION@", generation.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        // The boot loader does not look at a name that ends otherwise.
        string temporary = Path.Combine(_folder, "new");
        File.WriteAllBytes(temporary, Encoding.UTF8.GetBytes(entry));
        AtomicFile.SyncFilesystem(_folder);
        File.Move(temporary, Path.Combine(_folder, $"bramble-{slot}+1.conf"), overwrite: true);
        AtomicFile.SyncFilesystem(_folder);
    }

    /// <inheritdoc/>
    public void Keep(char slot)
    {
        // Of a power cut here come both names, or none: then the other system starts.
        foreach (string counted in Directory.GetFiles(_folder, $"bramble-{slot}+*.conf"))
        {
            File.Move(counted, Path.Combine(_folder, $"bramble-{slot}.conf"), overwrite: true);
        }

        AtomicFile.SyncFilesystem(_folder);
    }

    private IEnumerable<string> Entries(char slot) =>
        Directory.GetFiles(_folder, $"bramble-{slot}.conf").Concat(Directory.GetFiles(_folder, $"bramble-{slot}+*.conf"));

    // "version 3-0.1.0": a higher generation is started rather than a lower one.
    private static int GenerationOf(string entry)
    {
        string line = File.ReadLines(entry).FirstOrDefault(static l => l.StartsWith("version ", StringComparison.Ordinal)) ?? "";
        int end = line.IndexOf('-', StringComparison.Ordinal);
        return end > 8 && int.TryParse(line.AsSpan(8, end - 8), NumberStyles.None, CultureInfo.InvariantCulture, out int generation) ? generation : 0;
    }
}
