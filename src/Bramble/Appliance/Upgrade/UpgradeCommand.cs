using System.CommandLine;
using System.Runtime.InteropServices;
using Bramble.Commands;
using Bramble.Linux.DBus;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Appliance.Upgrade;

/// <summary><c>bramble upgrade</c>: the next version of the flashable image, tried once and kept when it serves.</summary>
internal static class UpgradeCommand
{
    private const string BootFolder = "/boot";
    private const string LockFolder = "/run/bramble-upgrade";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var from = new Argument<string?>("FILE|URL") { Description = "An upgrade, bramble-VERSION-ARCH.upgrade; - for standard input.", Arity = ArgumentArity.ZeroOrOne };
        var later = new Option<bool>("--later") { Description = "Do not start again now." };
        var keep = new Option<bool>("--keep") { Description = "Keep the version that runs (done by itself when it serves)." };
        var untried = new Option<bool>("--without-trial") { Description = "Where the kernel of a Raspberry Pi cannot try a version: start the new one from now on. If it does not start, change the letter after os_prefix=bramble/ in config.txt on a PC." };
        var command = new Command("upgrade", "Writes another version of the flashable image beside the one that runs, starts it once, and keeps it if it serves.") { from, later, keep, untried };
        command.SetAction(async (result, cancellation) =>
        {
            if (RunningSystem() is not { } slots)
            {
                Console.Error.WriteLine("bramble: this machine was not made from the flashable image. Install the new package: apt install ./bramble_VERSION_ARCH.deb");
                return ExitCode.Failure;
            }

            try
            {
                ISystemStarter starter = Starter(BootFolder);
                if (result.GetValue(keep))
                {
                    starter.Keep(slots.Running);
                    return ExitCode.Success;
                }

                if (result.GetValue(from) is not { } source)
                {
                    Console.WriteLine($"Version {slots.Version} runs from system {slots.Running}{(starter.IsKept(slots.Running) ? "" : ", on trial")}.");
                    return ExitCode.Success;
                }

                await RunAsync(slots, starter, source, result.GetValue(untried), cancellation);
                return result.GetValue(later) ? ExitCode.Success : await RestartAsync(starter, cancellation);
            }
            catch (UpgradeException e)
            {
                Console.Error.WriteLine($"bramble: the upgrade was not made: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("bramble: given up; the version that runs stays.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"bramble: the upgrade was not made: {e.Message}");
            }

            return ExitCode.Failure;
        });
        return command;
    }

    /// <summary>That the last upgrade was tried and did not hold, in a sentence; empty if it did, or there was none.</summary>
    public static string Failure(string bootFolder) =>
        RunningSystem() is { } slots && Starter(bootFolder).HasFailed(slots.Other)
            ? $"The version in system {slots.Other} was tried and did not serve. Version {slots.Version} runs again, with everything as it was."
            : "";

    /// <summary>The boot loader of this machine: a Raspberry Pi's firmware has its config.txt there.</summary>
    public static ISystemStarter Starter(string bootFolder) =>
        File.Exists(Path.Combine(bootFolder, "config.txt")) ? new FirmwareConfig(bootFolder) : new LoaderEntries(bootFolder);

    private static SystemSlots? RunningSystem() => SystemSlots.Read(ReadText("/proc/cmdline"), ReadText("/usr/lib/os-release"));

    private static async Task RunAsync(SystemSlots slots, ISystemStarter starter, string source, bool untried, CancellationToken cancellation)
    {
        if (!starter.IsKept(slots.Running))
        {
            throw new UpgradeException($"version {slots.Version} is itself on trial still. It is kept when it has served for a while; try again in some minutes.");
        }

        if (!starter.CanTry && !untried)
        {
            throw new UpgradeException("the kernel that runs cannot ask the Raspberry Pi's firmware to start a version for one try. With --without-trial the new version is started from now on; 'bramble upgrade --help' says what to do if it does not start.");
        }

        Directory.CreateDirectory(LockFolder);
        using FileStream alone = OpenAlone(Path.Combine(LockFolder, "lock"));
        var writer = new UpgradeWriter(slots.Other, starter, $"/dev/disk/by-partlabel/bramble-{slots.Other}", BootFolder, SignatureCheck.OfThisBox.VerifyAsync);
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        UpgradeManifest? written = null;
        await using (await UpdatingNotice.ShowAsync(static () => BusConnection.TryOpenSystem(out _)))
        using (var progress = new ProgressLine())
        {
            await ReadAsync(source, async (stream, token) => written = await writer.WriteAsync(stream, architecture, progress, token), cancellation);
        }

        if (!starter.CanTry)
        {
            starter.Keep(slots.Other);
            Console.WriteLine($"Version {written!.Version} is written beside version {slots.Version}, and starts from now on.");
            return;
        }

        string restart = starter.RestartParameter.Length > 0 ? $"systemctl reboot --reboot-argument=\"{starter.RestartParameter}\"" : "systemctl reboot";
        Console.WriteLine($"Version {written!.Version} is written beside version {slots.Version}. It is tried by: {restart}\nIf it does not serve, version {slots.Version} comes back by itself.");
    }

    private static FileStream OpenAlone(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new UpgradeException("another one is being written", e);
        }
    }

    private static async Task ReadAsync(string source, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        if (source == "-")
        {
            await using Stream input = Console.OpenStandardInput();
            await read(input, cancellation);
        }
        else if (Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            try
            {
                await Download.ReadAsync(address, read, cancellation);
            }
            catch (StorageException e)
            {
                throw new UpgradeException(e.Message, e);
            }
        }
        else
        {
            await using FileStream file = File.OpenRead(source);
            await read(file, cancellation);
        }
    }

    private static async Task<int> RestartAsync(ISystemStarter starter, CancellationToken cancellation)
    {
        Console.WriteLine("Starting again.");
        string[] parameter = starter.RestartParameter.Length > 0 ? ["--reboot-argument=" + starter.RestartParameter] : [];
        ProcessResult restart = await ChildProcess.RunAsync("systemctl", ["--no-block", .. parameter, "reboot"], cancellation);
        if (!restart.Succeeded)
        {
            Console.Error.WriteLine($"bramble: {restart.Words}");
        }

        return restart.Succeeded ? ExitCode.Success : ExitCode.Failure;
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
