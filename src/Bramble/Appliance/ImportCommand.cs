using System.CommandLine;
using System.Text;
using Bramble.Appliance.Upgrade;
using Bramble.Commands;
using Bramble.Linux.Files;

namespace Bramble.Appliance;

/// <summary><c>bramble config import</c>: takes settings and keys over from the boot partition of the flashable image, at each start.</summary>
internal static class ImportCommand
{
    private const long LargestFile = 1 << 20;
    private const string ErrorsName = "bramble-errors.txt";
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The verb.</summary>
    public static Command Create(Option<string> configFile)
    {
        var folder = new Argument<string>("folder") { Description = "Where the boot partition is mounted." };
        var keys = new Option<string>("--keys")
        {
            Description = "The file of SSH keys to write.",
            DefaultValueFactory = _ => "/run/bramble-config/authorized_keys",
        };
        var command = new Command("import", "Takes settings and SSH keys over from the boot partition (done at each start of the flashable image).") { folder, configFile, keys };
        command.SetAction(result => Run(result.GetRequiredValue(folder), result.GetRequiredValue(configFile), result.GetRequiredValue(keys)));
        return command;
    }

    private static int Run(string folder, string configFile, string keysFile)
    {
        string importedFile = configFile + ".imported";
        var files = new BootFiles(Read(Path.Combine(folder, "bramble.conf")), Read(Path.Combine(folder, "authorized_keys")), Read(Path.Combine(folder, "user-data")));
        BootImport import = BootImport.Judge(files, Read(importedFile), Read(configFile));
        bool ok = true;
        if (import.Config is { } config)
        {
            // The copy goes last: without it the same file is taken over once more, which does no harm.
            ok &= Try(() => AtomicFile.WriteAllBytes(configFile, Encoding.UTF8.GetBytes(config), Everybody));
            if (files.Config is { } text && !import.Mistakes.Any(m => m.StartsWith("bramble.conf", StringComparison.Ordinal)))
            {
                ok &= Try(() => AtomicFile.WriteAllBytes(importedFile, Encoding.UTF8.GetBytes(text), Everybody));
            }
        }

        ok &= Try(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(keysFile)!);
            AtomicFile.WriteAllBytes(keysFile, Encoding.UTF8.GetBytes(string.Concat(import.Keys.Select(k => k + "\n"))), Everybody);
        });
        if (import.HostName is { } name)
        {
            ok &= Try(() => File.WriteAllText("/proc/sys/kernel/hostname", name));
        }

        ok &= Try(() => File.WriteAllText(Path.Combine(Path.GetDirectoryName(keysFile)!, BoxFaults.MistakesName), string.Join('\n', import.Mistakes)));
        ok &= Try(() => File.WriteAllText(Path.Combine(Path.GetDirectoryName(keysFile)!, BoxFaults.UpgradeName), UpgradeCommand.Failure(folder)));
        ok &= Try(() => Report(Path.Combine(folder, ErrorsName), import));
        return ok ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Report(string file, BootImport import)
    {
        string? before = Read(file);
        if (import.Mistakes.Count == 0)
        {
            if (before is not null)
            {
                File.Delete(file);
            }

            return;
        }

        foreach (string mistake in import.Mistakes)
        {
            Console.Error.WriteLine(mistake);
        }

        // The partition is written only when there is something new to say.
        string text = import.ErrorsFile();
        if (text != before)
        {
            AtomicFile.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
        }
    }

    private static string? Read(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info is not { Exists: true, Length: <= LargestFile })
            {
                return null;
            }

            // Detects the byte order mark of UTF-8 and of what some editors call Unicode.
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file}: {e.Message}");
            return null;
        }
    }

    private static bool Try(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"bramble config import: {e.Message}");
            return false;
        }
    }
}
