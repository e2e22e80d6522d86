using System.Diagnostics;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Kernel;
using Bramble.VirtualPi.Link;

namespace Bramble.VirtualPi;

/// <summary>Boots one virtual board on a network interface.</summary>
public static class VirtualPiBoot
{
    /// <summary>Switches a board on and follows it to its end.</summary>
    /// <param name="options">The board.</param>
    /// <param name="progress">Takes each stage event, on the board's own thread.</param>
    /// <param name="cancellation">Cuts the power; a running QEMU is ended.</param>
    /// <exception cref="InvalidOperationException">There is no such interface.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The interface cannot be opened (CAP_NET_RAW is missing).</exception>
    /// <exception cref="OperationCanceledException">The power was cut.</exception>
    public static Task<VirtualPiResult> RunAsync(
        VirtualPiOptions options, IProgress<StageEvent> progress, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(
            () => Run(options, progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static VirtualPiResult Run(VirtualPiOptions options, IProgress<StageEvent> progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        StageEvent? fault = null;
        void onEvent(StageEvent stage)
        {
            fault = stage.Stage == BootStage.Fault ? stage : fault;
            progress.Report(stage);
        }

        LoadedSystem? loaded = LoadFiles(options, clock, onEvent, cancellation);
        if (loaded is null)
        {
            return new VirtualPiResult(false, null, fault);
        }

        if (options.KernelRun is null)
        {
            return new VirtualPiResult(true, loaded, null);
        }

        using var run = new QemuKernelRun(options.KernelRun, options.Identity, loaded, clock, onEvent);
        bool reached = run.Follow(cancellation);
        return new VirtualPiResult(reached, loaded, fault, run.KeptPid);
    }

    private static LoadedSystem? LoadFiles(VirtualPiOptions options, Stopwatch clock, Action<StageEvent> onEvent, CancellationToken cancellation)
    {
        using var port = new EthernetPort(
            options.Interface, clock,
            new Impairment(options.Seed * 2, options.LossPercent, options.DuplicationPercent, options.ReorderingPercent),
            new Impairment((options.Seed * 2) + 1, options.LossPercent, options.DuplicationPercent, options.ReorderingPercent));
        var settings = new PiBootSettings
        {
            Profile = options.Profile,
            Identity = options.Identity,
            Expected = options.Expected ?? AnyFiles.Instance,
            Seed = options.Seed,
            Attempts = options.Attempts,
            LinkDelay = options.LinkDelay,
            TftpServer = options.TftpServer,
            Mtu = options.Mtu,
            Netconsole = options.Netconsole,
            JudgesDuplicates = options.DuplicationPercent == 0,
        };
        var pi = new PiBoot(settings, port.Send, onEvent, Saver(options.SaveFolder));
        BoardDriver.Run(pi, port, clock, options.Timeout, cancellation);
        return pi.Fault is null ? pi.Loaded : null;
    }

    private static Action<string, ReadOnlyMemory<byte>>? Saver(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        string root = Path.GetFullPath(folder);
        return (name, content) =>
        {
            // Names come out of a served config.txt: none may lead out of the folder.
            string path = Path.GetFullPath(Path.Combine(root, name));
            if (path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, content.Span);
            }
        };
    }
}
