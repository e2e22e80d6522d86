using System.Text;
using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Kernel;

/// <summary>Reads a serial console and says which stage each line proves.</summary>
internal sealed class ConsoleMilestones
{
    private static readonly (string Text, BootStage Stage)[] s_signs =
    [
        ("Booting Linux on physical CPU", BootStage.Kernel),
        ("Linux version ", BootStage.Kernel),
        ("Loading, please wait", BootStage.Kernel),
        // initramfs-tools runs these scripts only with the root in place; klibc's nfsmount itself says nothing.
        ("Running /scripts/nfs-bottom", BootStage.Root),
        ("Running /scripts/local-bottom", BootStage.Root),
        ("Running /scripts/init-bottom", BootStage.Root),
        ("VFS: Mounted root", BootStage.Root),
        ("systemd[1]: systemd ", BootStage.Root),
        ("Welcome to ", BootStage.Root),
        ("Reached target multi-user.target", BootStage.Up),
        ("Reached target Multi-User", BootStage.Up),
        (" login: ", BootStage.Up),
    ];

    private static readonly string[] s_failures =
    [
        "Kernel panic - not syncing",
        "Gave up waiting for root",
        "You are in emergency mode",
        "Dropping to a shell",
        "(initramfs)",
    ];

    private readonly StringBuilder _line = new();

    /// <summary>The latest stage that the console has proved; <see cref="BootStage.Loaded"/> before any.</summary>
    public BootStage Reached { get; private set; } = BootStage.Loaded;

    /// <summary>The line that says that the guest has failed; null as long as none does.</summary>
    public string? Failure { get; private set; }

    /// <summary>The last whole line that was not empty.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>
    /// Takes in console text and names the stages that it proves for the first time, with the line that does.
    /// A later stage proves the earlier ones: with <c>quiet</c> the kernel says nothing of itself.
    /// </summary>
    public IEnumerable<(BootStage Stage, string Line)> Read(string text)
    {
        foreach (char c in text)
        {
            if (c is not ('\n' or '\r'))
            {
                _line.Append(c);
                // A login prompt ends without a line feed.
                if (c != ' ' || _line.Length < 8 || !EndsWithLogin())
                {
                    continue;
                }
            }

            string line = _line.ToString().Trim();
            if (c is '\n' or '\r')
            {
                _line.Clear();
            }

            if (line.Length == 0)
            {
                continue;
            }

            LastLine = line;
            foreach (BootStage stage in StagesOf(line + " "))
            {
                yield return (stage, line);
            }
        }
    }

    private bool EndsWithLogin() => _line.ToString().EndsWith(" login: ", StringComparison.Ordinal);

    private IEnumerable<BootStage> StagesOf(string line)
    {
        foreach (string failure in s_failures)
        {
            if (line.Contains(failure, StringComparison.Ordinal))
            {
                Failure ??= line.Trim();
            }
        }

        BootStage proved = Reached;
        foreach ((string sign, BootStage stage) in s_signs)
        {
            if (stage > proved && line.Contains(sign, StringComparison.Ordinal))
            {
                proved = stage;
            }
        }

        while (Reached < proved)
        {
            Reached++;
            yield return Reached;
        }
    }
}
