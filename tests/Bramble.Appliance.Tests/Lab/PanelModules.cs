namespace Bramble.Appliance.Tests.Lab;

/// <summary>Kernel modules for the image's kernel that simulate a front panel, and the program <c>panel-sim</c> that works it.</summary>
internal static class PanelModules
{
    private static readonly Lazy<string> s_folder = new(static () =>
    {
        string build = Path.Combine(Repository.Root, "tests", "fixtures", "panel-modules", "build");
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(20), build);
        return result.ExitCode == 0 ? result.Output.Trim() : throw new InvalidOperationException(result.Error);
    });

    /// <summary>The folder.</summary>
    public static string Folder => s_folder.Value;
}
