using System.CommandLine;

namespace Bramble.Commands;

/// <summary><c>bramble man FOLDER</c>: the manual pages, made of the commands themselves.</summary>
internal static class ManCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where the pages go: bramble.1, bramble-status.1 and so on." };
        var command = new Command("man", "Writes the manual pages.") { folder };
        command.Hidden = true;
        command.SetAction(result =>
        {
            string path = Directory.CreateDirectory(result.GetRequiredValue(folder)).FullName;
            foreach ((string name, string text) in ManPage.All(RootCommandLine.Create()))
            {
                File.WriteAllText(Path.Combine(path, name), text);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
