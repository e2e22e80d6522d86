using System.Globalization;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Start;

/// <summary>The published <c>bramble serve</c>.</summary>
internal sealed class BrambleServer(BootBox box) : IBootServer
{
    public string Name => "bramble";

    public IReadOnlyList<string> Command => [Repository.Bramble, "serve", "--config", box.ConfigFile];

    public long WaitUntilReady(GatedProcess process, NotifySocket notify) => notify.WaitFor("READY=1", TimeSpan.FromSeconds(10)).Timestamp;

    public void Expect(string board)
    {
        // It takes every board.
    }

    public IReadOnlyList<(string Name, Memory Memory)> Helpers()
    {
        string commandLine = string.Join('\0', Repository.Bramble, "storaged", "--config", box.ConfigFile) + '\0';
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) && ReadCommandLine(folder) == commandLine)
            {
                return [("bramble storaged, on demand", Memory.Of(id))];
            }
        }

        return [];
    }

    private static string ReadCommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (IOException)
        {
            // Ended meanwhile.
            return "";
        }
    }
}
